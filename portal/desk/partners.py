"""Staff look after partners: verify who they are, answer what they offer, sign what was agreed."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.identity import current_actor, requires
from portal.agreements import offering
from portal.agreements import queries as agreements
from portal.agreements.forms import SentenceForm
from portal.agreements.lifecycle import OfferMove
from portal.core.errors import Forbidden, Missing, Refused
from portal.organisations import queries as organisations
from portal.organisations import verifying
from portal.organisations.lifecycle import LIFE, Move
from portal.policy import Permission
from portal.programs import plans

blueprint = Blueprint("desk_partners", __name__, url_prefix="/staff/partners")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """What was not taken, and where it stands on the page."""

    field: str
    typed: str
    said: str


@blueprint.get("")
@requires(Permission.ORGANISATION_VERIFY)
def index() -> ResponseReturnValue:
    return _waiting()


def _waiting(wrong: Wrong | None = None) -> ResponseReturnValue:
    applied, offers = organisations.unverified(), agreements.unanswered()
    fields = [*(f"s-org-{one.id}" for one in applied), *(f"s-offer-{one.id}" for one in offers)]
    page = render_template(
        "desk/partners.html",
        organisations=applied,
        offers=offers,
        papers=plans.papers_due(),
        wrong=wrong,
        lost=wrong and wrong.field not in fields,
    )
    return page, 422 if wrong else 200


@blueprint.get("/all")
@requires(Permission.ORGANISATION_VERIFY)
def everybody() -> ResponseReturnValue:
    return _everybody(request.args.get("after"))


def _everybody(cursor: str | None, wrong: Wrong | None = None) -> ResponseReturnValue:
    page = organisations.listed(cursor=cursor)
    fields = [f"s-org-{one.id}" for one in page.items if LIFE.moves_from(one.standing)]
    lost = wrong and wrong.field not in fields
    shown = render_template(
        "desk/organisations.html", page=page, after=cursor, wrong=wrong, lost=lost
    )
    return shown, 422 if wrong else 200


@blueprint.post("/<int:organisation_id>")
@requires(Permission.ORGANISATION_VERIFY)
def move(organisation_id: int) -> ResponseReturnValue:
    cursor = request.form.get("after")

    def do(what: str, form: SentenceForm) -> None:
        verifying.move(
            organisation_id,
            Move(what),
            by=current_actor(),
            sentence=form.sentence.data or "",
            seen=form.seen_version(),
        )

    if wrong := _refused(f"s-org-{organisation_id}", set(Move), do):
        return _waiting(wrong) if cursor is None else _everybody(cursor, wrong)
    flash(_("Done. The organization hears of it by email."))
    return redirect("/staff/partners" if cursor is None else "/staff/partners/all", 303)


@blueprint.post("/offers/<int:offer_id>")
@requires(Permission.OFFER_DECIDE)
def answer(offer_id: int) -> ResponseReturnValue:
    def do(what: str, form: SentenceForm) -> None:
        offering.answer(
            offer_id,
            OfferMove(what),
            by=current_actor(),
            sentence=form.sentence.data or "",
            seen=form.seen_version(),
        )

    if wrong := _refused(f"s-offer-{offer_id}", set(OfferMove), do):
        return _waiting(wrong)
    flash(_("Done. Whoever made the offer hears of it by email."))
    return redirect("/staff/partners", 303)


def _refused(
    field: str, moves: set[Move] | set[OfferMove], do: Callable[[str, SentenceForm], None]
) -> Wrong | None:
    """Do what the button says; what stands in its way is told beside what was typed."""
    form, what = SentenceForm(), request.form.get("move", "")
    typed, said = form.sentence.data or "", _("Choose one of the buttons.")
    if not form.sent():
        return Wrong(field=field, typed=typed, said=next(iter(form.sentence.errors), said))
    if what not in moves:
        return Wrong(field=field, typed=typed, said=said)
    try:
        do(what, form)
    except (Forbidden, Missing):
        raise
    except Refused as refused:
        return Wrong(field=field, typed=typed, said=f"{refused} {refused.next_step}".strip())
    return None
