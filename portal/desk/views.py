"""Today and the lists of staff."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.identity import current_actor, requires
from portal.agreements import queries as agreements
from portal.core import config, qr
from portal.core.errors import Forbidden, Refused
from portal.core.forms import number as read_number
from portal.core.forms import trimmed
from portal.core.text import one_line
from portal.desk import beginning
from portal.desk.forms import CountForm, WalkInForm
from portal.ideas import owed as owed_answers
from portal.ideas import queries as ideas
from portal.organisations import queries as organisations
from portal.policy import Permission, may
from portal.programs import checkin, closing, guests, plans, queries, registering
from portal.settings import queries as settings
from portal.surveys import queries as surveys
from portal.surveys import wall

blueprint = Blueprint("desk", __name__, url_prefix="/staff")


@blueprint.get("")
@requires(Permission.DESK_READ)
def today() -> ResponseReturnValue:
    due, quiet = owed_answers.due_and_quiet()
    return render_template(
        "desk/today.html",
        offers=agreements.unanswered(),
        papers=plans.papers_open(),
        unfinished=queries.unfinished(),
        coming=queries.next_of_desk(),
        due=due,
        applied=organisations.unverified(),
        owed=surveys.owed(),
        plans=plans.under_way(),
        quiet=quiet,
        today=settings.today(),
        first_steps=_first_steps(),
        commands=beginning.COMMANDS if settings.current().demo else (),
    )


def _first_steps() -> list[beginning.Step]:
    """For whoever can take them; a demo has taken its own."""
    begins = may(current_actor(), Permission.SETTINGS_CHANGE) and not settings.current().demo
    return beginning.steps() if begins else []


@blueprint.get("/ideas")
@requires(Permission.DESK_READ)
def idea_list() -> ResponseReturnValue:
    page = ideas.for_staff(cursor=request.args.get("after"))
    return render_template("desk/ideas.html", page=page)


@blueprint.get("/events")
@requires(Permission.DESK_READ)
def event_list() -> ResponseReturnValue:
    held = request.args.get("show") == "held"
    page = queries.of_desk(held=held, cursor=request.args.get("after"))
    return render_template("desk/events.html", page=page, held=held)


@blueprint.get("/events/<int:program_id>")
@requires(Permission.SESSION_RUN)
def event(program_id: int) -> ResponseReturnValue:
    return _event(program_id)


def _event(program_id: int, refused: Refused | None = None) -> ResponseReturnValue:
    page = render_template(
        "desk/event.html",
        shown=queries.shown(program_id, staff=True),
        idea_id=plans.idea_of(program_id),
        counts={
            one.number: closing.counts_for_statistics(one) for one in queries.counted(program_id)
        },
        papers=agreements.state_for(program_id),
        told=surveys.came_of([program_id]),
        to_call=guests.to_call(program_id, reader=current_actor()),
        hangs=wall.hangs,
        refused=refused,
    )
    return page, 422 if refused else 200


@blueprint.get("/events/<int:program_id>/<int:number>/code")
@requires(Permission.SESSION_RUN)
def code(program_id: int, number: int) -> ResponseReturnValue:
    one = queries.to_run(program_id, number, by=current_actor())
    base = config.current().base_url
    return render_template(
        "desk/code.html",
        one=one,
        closes_at=wall.closes_at(one),
        picture=qr.svg(base + wall.picture(one.id)),
        address=base.partition("://")[2] + wall.address(one.id),
    )


@blueprint.post("/events/<int:program_id>/<int:number>/seats")
@requires(Permission.SESSION_RUN)
def seats(program_id: int, number: int) -> ResponseReturnValue:
    one = queries.to_run(program_id, number, by=current_actor())
    wanted = read_number(request.form.get("seats"))
    try:
        registering.set_capacity(one.id, wanted, by=current_actor())
    except Refused as refused:
        return _event(program_id, refused)
    flash(_("Saved. Free seats go to the waitlist first."))
    return redirect(f"/staff/events/{program_id}", 303)


@blueprint.post("/events/<int:program_id>/<int:number>/cancel")
@requires(Permission.SESSION_RUN)
def cancel(program_id: int, number: int) -> ResponseReturnValue:
    one = queries.to_run(program_id, number, by=current_actor())
    reason = trimmed(request.form.get("reason")) or ""
    try:
        closing.cancel(one.id, reason=reason, by=current_actor())
    except Refused as refused:
        return _event(program_id, refused)
    flash(_("Cancelled. Everybody registered is told."))
    return redirect(f"/staff/events/{program_id}", 303)


@blueprint.route("/events/<int:program_id>/<int:number>/door", methods=["GET", "POST"])
@requires(Permission.SESSION_RUN)
def door(program_id: int, number: int) -> ResponseReturnValue:
    one, walk_in = queries.to_run(program_id, number, by=current_actor()), WalkInForm()
    said, status = None, 200
    asks = request.method == "POST" and _is_early(one) and not _is_sure()
    if asks:
        status = 422
    elif request.method == "POST":
        try:
            said = _at_the_door(one.id, walk_in)
        except Refused as refused:
            said, status = refused, 422
    like = one_line(request.args.get("q", ""))
    expected = guests.expected(one.id, like=like, reader=current_actor())
    here = guests.arrived(one.id)
    page = render_template(
        "desk/door.html",
        one=one,
        guests=expected,
        here=here,
        said=said,
        asks=asks,
        walk_in=walk_in,
        early=_is_early(one),
    )
    return page, status


def _is_early(one: queries.Sitting) -> bool:
    """Whether its day is still to come: then this is perhaps the wrong door, and it is asked."""
    return one.seated and one.starts_local.date() > settings.today()


def _is_sure() -> bool:
    """Whether that was asked already. What is taken back needs no asking."""
    return "early" in request.values or request.form.get("do") == "undo"


def _at_the_door(session_id: int, walk_in: WalkInForm) -> object:
    """One press at the door; gives the guest whom it was about."""
    by, form = current_actor(), request.form
    if form.get("do") == "walk_in":
        if not walk_in.sent():
            raise Refused(str(next(said for of_one in walk_in.errors.values() for said in of_one)))
        people = walk_in.people.data or 1
        return checkin.walk_in(session_id, name=walk_in.name.data or "", people=people, by=by)
    if "guest" in form:
        act = checkin.undo if form.get("do") == "undo" else checkin.check_in_guest
        return act(session_id, read_number(form.get("guest")), by=by)
    return checkin.check_in(session_id, form.get("code", ""), by=by)


@blueprint.route("/events/<int:program_id>/<int:number>/close", methods=["GET", "POST"])
@requires(Permission.SESSION_RUN)
def close(program_id: int, number: int) -> ResponseReturnValue:
    one = queries.to_run(program_id, number, by=current_actor())
    form = CountForm(data={"heads": guests.arrived(one.id)} if one.seated else None)
    status = 200
    if form.sent():
        try:
            closing.close(one.id, form.value(), by=current_actor())
        except Forbidden:
            raise
        except Refused as refused:
            form.tell(refused)
            status = refused.status
        else:
            flash(_("Closed. Below is whether it counts for the library statistics."))
            return redirect(f"/staff/events/{program_id}", 303)
    elif form.errors:
        status = 422
    return render_template("desk/close.html", one=one, form=form), status
