"""Branches, rooms, topics and the days on which the library is closed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts.identity import current_actor, requires
from portal.core.errors import Forbidden, Missing, Refused
from portal.core.text import fold, one_line
from portal.core.web import id_argument
from portal.policy import Permission, may
from portal.settings import hours, placing
from portal.settings import queries as settings
from portal.settings.models import Branch, Room, Topic
from portal.settings.place_forms import (
    AREAS,
    BRANCH_KINDS,
    CLOTHS,
    BranchForm,
    ClosedDaysForm,
    RoomForm,
    TopicForm,
    branch_values,
)
from portal.settings.placing import Place
from portal.settings.queries import BranchFacts, RoomFacts, TopicFacts
from portal.settings.queries import current as library

blueprint = Blueprint("desk_places", __name__, url_prefix="/staff/settings")
MANY = 8
WORDS = {"branch_kinds": BRANCH_KINDS, "cloths": CLOTHS, "areas": AREAS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What the pages of branches, rooms and topics differ in."""

    model: type[Branch | Room | Topic]
    facts: Callable[[], Mapping[int, Any]]
    form: Callable[..., Any]  # of what is kept; None for a new one
    keep: Callable[..., int]
    saved: Any


def _branch_form(kept: BranchFacts | None, **sent: Any) -> BranchForm:
    """Its place in lists is the whole library's to say."""
    others = [one for one in library().branches.values() if one != kept]
    before = others[-1:] if kept is None else _before(kept)
    values = {"after": str(before[0].id if before else 0)} | (branch_values(kept) if kept else {})
    orders = others if may(current_actor(), Permission.SETTINGS_CHANGE) else None
    return BranchForm(data=values, others=orders, **sent)


def _before(kept: BranchFacts) -> list[BranchFacts]:
    """The branch that stands before this one in lists, where one does."""
    order = list(library().branches.values())
    at = order.index(kept)
    return order[at - 1 : at] if at else []


def _room_form(kept: RoomFacts | None, **sent: Any) -> RoomForm:
    """A room stays in its branch; a new one is put where this person may."""
    if kept:
        there = library().branches[kept.branch_id]
        return RoomForm(obj=kept, data={"branch": str(there.id)}, branches=[there], **sent)
    if not (branches := _own_branches()):
        raise Refused(_("A room belongs to a branch, and none is open."), _("Add a branch first."))
    wanted = {"branch": str(id_argument("branch") or "")}
    return RoomForm(data=wanted, branches=branches)


def _topic_form(kept: TopicFacts | None, **sent: Any) -> TopicForm:
    return TopicForm(obj=kept, data=None if kept else {"cloth": "make"}, **sent)


def _own() -> set[int]:
    """The branches of which this person may change what there is."""
    by, change = current_actor(), Permission.PLACE_CHANGE
    return {one for one in library().branches if may(by, change, Place(branch_id=one))}


def _own_branches() -> list[BranchFacts]:
    own = _own()
    return [one for one in library().open_branches if one.id in own]


KINDS = {
    "branches": Kind(
        model=Branch,
        facts=lambda: library().branches,
        form=_branch_form,
        keep=placing.keep_branch,
        saved=_l("Saved. Free times in its rooms follow its hours from now on."),
    ),
    "rooms": Kind(
        model=Room,
        facts=lambda: library().rooms,
        form=_room_form,
        keep=placing.keep_room,
        saved=_l("Saved. It can be chosen for events from now on."),
    ),
    "topics": Kind(
        model=Topic,
        facts=lambda: library().topics,
        form=_topic_form,
        keep=placing.keep_topic,
        saved=_l("Saved. It can be chosen for ideas from now on."),
    ),
}
MOVES: dict[str, tuple[Callable[..., None], Any]] = {
    "close": (placing.close, _l("Closed. It is not offered any more; you can open it again.")),
    "reopen": (placing.reopen, _l("Open again. It can be chosen from now on.")),
    "remove": (placing.remove, _l("Removed.")),
}


@blueprint.get("/<any(branches, rooms, topics):kind>")
@requires(Permission.PLACE_CHANGE)
def index(kind: str) -> ResponseReturnValue:
    facts = list(KINDS[kind].facts().values())
    words = one_line(request.args.get("q", ""))
    shown = [one for one in facts if fold(words) in fold(one.name)]
    return render_template(
        f"settings/{kind}.html",
        shown=shown,
        many=len(facts) > MANY,
        own=_own(),
        opening=hours.told,
        **WORDS,
    )


@blueprint.route("/<any(branches, rooms, topics):kind>/new", methods=["GET", "POST"])
@blueprint.route("/<any(branches, rooms, topics):kind>/<int:id>", methods=["GET", "POST"])
@requires(Permission.PLACE_CHANGE)
def edit(kind: str, id: int | None = None) -> ResponseReturnValue:
    kept = _kept(kind, id)
    form = KINDS[kind].form(kept)
    if form.sent():
        try:
            KINDS[kind].keep(form.draft(), by=current_actor(), id=id)
        except Forbidden:
            raise
        except Refused as refusal:
            form.tell(refusal)
        else:
            flash(str(KINDS[kind].saved))
            return redirect(f"/staff/settings/{kind}", 303)
    return _page(kind, kept, form)


def _kept(kind: str, id: int | None) -> Any:
    """What is there, where this person may change it; None for a new one."""
    kept = KINDS[kind].facts().get(id) if id else None
    if id and kept is None:
        raise Missing(_("There is nothing here, or it was removed."), _("Choose from the list."))
    branch_id = id if kind == "branches" else getattr(kept, "branch_id", None)
    placing.require_change(KINDS[kind].model, branch_id, by=current_actor())
    return kept


def _page(kind: str, kept: Any, form: Any, refused: Refused | None = None) -> ResponseReturnValue:
    page = render_template(
        f"settings/{kind}_edit.html", form=form, kept=kept, refused=refused, **WORDS
    )
    return page, 422 if form.errors or refused else 200


@blueprint.post("/<any(branches, rooms, topics):kind>/<int:id>/<any(close, reopen, remove):what>")
@requires(Permission.PLACE_CHANGE)
def move(kind: str, id: int, what: str) -> ResponseReturnValue:
    act, said = MOVES[what]
    kept = _kept(kind, id)
    try:
        act(KINDS[kind].model, id, by=current_actor())
    except (Forbidden, Missing):
        raise
    except Refused as refusal:
        return _page(kind, kept, KINDS[kind].form(kept, formdata=None), refusal)
    flash(str(said))
    return redirect(f"/staff/settings/{kind}", 303)


@blueprint.route("/closed-days", methods=["GET", "POST"])
@requires(Permission.PLACE_CHANGE)
def closed_days() -> ResponseReturnValue:
    by = current_actor()
    today, everywhere = settings.today(), may(by, Permission.SETTINGS_CHANGE)
    form = ClosedDaysForm(branches=_own_branches(), everywhere=everywhere, since=today)
    if form.sent():
        try:
            placing.close_days(form.value(), by=by)
        except Refused as refusal:
            form.refuse("first", refusal)
        else:
            flash(_("Saved. No event can be planned there on these days."))
            return redirect("/staff/settings/closed-days", 303)
    coming = [one for one in library().closed_days if one.last >= today]
    page = render_template("settings/closed_days.html", form=form, coming=coming, own=_own())
    return page, 422 if form.errors else 200


@blueprint.post("/closed-days/<int:closed_id>/open")
@requires(Permission.PLACE_CHANGE)
def open_days(closed_id: int) -> ResponseReturnValue:
    placing.open_days(closed_id, by=current_actor())
    flash(_("Open again on these days."))
    return redirect("/staff/settings/closed-days", 303)
