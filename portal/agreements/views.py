"""Offers are made from an idea; agreements are read, signed and sent back."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import signing_in
from portal.accounts.identity import current_actor, requires
from portal.agreements import offering, queries, signing
from portal.agreements.forms import (
    FirstOfferForm,
    MemberOfferForm,
    SendBackForm,
    SentenceForm,
    SignForm,
)
from portal.agreements.models import Side
from portal.agreements.offering import Help
from portal.core.errors import Missing, Refused
from portal.core.forms import number
from portal.core.web import id_argument
from portal.ideas import queries as ideas
from portal.ideas.lifecycle import VOTABLE
from portal.ideas.queries import Card, Wanted
from portal.organisations import queries as organisations
from portal.policy import Permission, may

blueprint = Blueprint("agreements", __name__)

OPEN_TO_OFFERS = Wanted(stages=VOTABLE)


@blueprint.route("/partners/offer", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def offer() -> ResponseReturnValue:
    idea_id = id_argument("idea")
    if idea_id is None:
        return _choose()
    card, actor = ideas.card(idea_id, reader_id=None), current_actor()
    if request.method == "GET":
        offering.refuse_if_settled(card.stage)
    known = organisations.active_of(actor.signed_in_id) if actor.organisations else []
    form = MemberOfferForm(known=known) if known else FirstOfferForm()
    if form.sent():
        try:
            return _send(form, card)
        except Refused as refusal:
            form.refuse("words", refusal)
    page = render_template("agreements/offer.html", form=form, idea=card, known=known)
    return page, 422 if form.errors else 200


def _choose() -> ResponseReturnValue:
    page = ideas.listed(OPEN_TO_OFFERS, reader_id=None, cursor=request.args.get("after"))
    return render_template("agreements/choose.html", page=page)


def _send(form: MemberOfferForm | FirstOfferForm, card: Card) -> ResponseReturnValue:
    actor = current_actor()
    help_ = Help(idea_id=card.id, words=form.words.data or "", brings=tuple(form.brings.data or ()))
    if isinstance(form, MemberOfferForm):
        offering.make(help_, organisation_id=form.organisation_id(), by=actor)
    elif actor.id is None:
        offering.refuse_if_settled(card.stage)
        payload = {
            "idea_id": card.id,
            "words": help_.words,
            "brings": list(help_.brings),
            "organisation": form.organisation.data,
        }
        return signing_in.begin("offer", payload, "/partner")
    else:
        name = form.organisation.data or ""
        offering.offer_first(help_, organisation=name, person_id=actor.id)
    flash(_("Thank you. The library reads your offer and answers by email."))
    return redirect("/partner", 303)


@blueprint.post("/partner/offers/<int:offer_id>/withdraw")
@requires(Permission.ORGANISATION_WORK)
def withdraw(offer_id: int) -> ResponseReturnValue:
    offering.withdraw(offer_id, by=current_actor())
    flash(_("You took your offer back."))
    return redirect("/partner/offers", 303)


@blueprint.get("/partner/agreements/<int:agreement_id>")
@requires(Permission.OWN_PAGE)
def paper(agreement_id: int) -> ResponseReturnValue:
    return _paper(agreement_id, SignForm(), SendBackForm())


def _paper(
    agreement_id: int, form: SignForm, back: SendBackForm, end: SentenceForm | None = None
) -> ResponseReturnValue:
    actor = current_actor()
    found = queries.paper(agreement_id, n=id_argument("version"))
    place = signing.place_of(found.agreement)
    partner = may(actor, Permission.ORGANISATION_WORK, found.agreement)
    if not partner and not may(actor, Permission.AGREEMENT_READ, place):
        raise Missing(_("There is nothing here, or it is no longer public."))
    form.seen.data = back.seen.data = str(found.n)
    forms = {"form": form, "back": back, "end": end or SentenceForm(None, prefix="end-")}
    page = render_template(
        "agreements/paper.html",
        paper=found,
        partner=partner,
        place=place,
        **forms,
    )
    return page, 422 if any(one.errors for one in forms.values()) else 200


@blueprint.post("/partner/agreements/<int:agreement_id>/sign")
@requires(Permission.OWN_PAGE)
def sign(agreement_id: int) -> ResponseReturnValue:
    form = SignForm()
    if not form.sent():
        return _paper(agreement_id, form, SendBackForm(None))
    side = Side.LIBRARY if request.form.get("side") == "library" else Side.PARTNER
    signing.sign(
        agreement_id,
        side=side,
        name=form.name.data or "",
        seen=number(form.seen.data),
        by=current_actor(),
    )
    flash(_("Signed. Thank you."))
    return redirect(f"/partner/agreements/{agreement_id}", 303)


@blueprint.post("/partner/agreements/<int:agreement_id>/send-back")
@requires(Permission.ORGANISATION_WORK)
def send_back(agreement_id: int) -> ResponseReturnValue:
    form = SendBackForm()
    if not form.sent():
        return _paper(agreement_id, SignForm(None), form)
    signing.send_back(
        agreement_id,
        sentence=form.sentence.data or "",
        seen=form.seen_version(),
        by=current_actor(),
    )
    flash(_("Sent back with your sentence."))
    return redirect(f"/partner/agreements/{agreement_id}", 303)


@blueprint.post("/partner/agreements/<int:agreement_id>/end")
@requires(Permission.OWN_PAGE)
def end(agreement_id: int) -> ResponseReturnValue:
    form = SentenceForm(prefix="end-")
    if not form.sent():
        return _paper(agreement_id, SignForm(None), SendBackForm(None), form)
    signing.end(agreement_id, by=current_actor(), sentence=form.sentence.data or "")
    flash(_("Ended. Both sides see it, and what was signed stays to be read."))
    return redirect(f"/partner/agreements/{agreement_id}", 303)
