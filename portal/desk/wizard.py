"""From idea to event in five steps, each saved, to be left and resumed."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.identity import current_actor, requires
from portal.agreements import queries as agreements
from portal.core.errors import Missing, Refused
from portal.core.forms import Form
from portal.desk import branches, steps
from portal.desk.dating import DateForm, as_it_is
from portal.notifications import queries as notifications
from portal.policy import Permission, require
from portal.programs import (
    agreeing,
    announcing,
    matching,
    planning,
    plans,
    queries,
    repeating,
    scheduling,
)
from portal.programs.models import Admission, Program
from portal.programs.paths import plan_path, program_path

DATE_STEP = 3

blueprint = Blueprint("wizard", __name__, url_prefix="/staff")
OF_IDEA, PLAIN = "/ideas/<int:idea_id>/plan", "/events/<int:program_id>/plan"


@blueprint.route("/events/new", methods=["GET", "POST"])
@requires(Permission.PROGRAM_PLAN)
def new() -> ResponseReturnValue:
    form = steps.PlainForm()
    if form.sent():
        program = planning.begin_plain(form.value(), by=current_actor())
        return redirect(f"{plan_path(program.id, None)}/{DATE_STEP}", 303)
    branches.offer_own(form.branch, Permission.PROGRAM_PLAN)
    return render_template("desk/new.html", form=form), 422 if form.errors else 200


@blueprint.post("/events/<int:program_id>/again")
@requires(Permission.PROGRAM_PLAN)
def again(program_id: int) -> ResponseReturnValue:
    program = repeating.plan_again(program_id, by=current_actor())
    if program.admission is Admission.ELSEWHERE:
        flash(_("A new plan, filled in as before. The date is missing, and the link to sign up."))
    else:
        flash(_("A new plan, filled in as before. Only the date is missing."))
    return redirect(f"{plan_path(program.id, plans.idea_of(program.id))}/{program.step}", 303)


@blueprint.post("/events/<int:program_id>/discard")
@requires(Permission.PROGRAM_PLAN)
def discard(program_id: int) -> ResponseReturnValue:
    planning.discard(program_id, by=current_actor())
    flash(_("Discarded. A room that it held is free again."))
    return redirect("/staff", 303)


@blueprint.post(OF_IDEA)
@requires(Permission.PROGRAM_PLAN)
def begin(idea_id: int) -> ResponseReturnValue:
    program = planning.begin(idea_id, by=current_actor())
    return redirect(f"{plan_path(program.id, idea_id)}/{program.step}", 303)


@blueprint.route(f"{OF_IDEA}/<int:step>", methods=["GET", "POST"])
@blueprint.route(f"{PLAIN}/<int:step>", methods=["GET", "POST"])
@requires(Permission.PROGRAM_PLAN)
def show(step: int, idea_id: int | None = None, program_id: int = 0) -> ResponseReturnValue:
    program = _found(idea_id, program_id)
    if program is None and idea_id and request.method == "GET":
        return render_template("desk/begin.html", idea_id=idea_id)
    if program is None or step not in FORMS:
        raise Missing(_("There is nothing here, or it is no longer public."))
    require(current_actor(), Permission.PROGRAM_PLAN, program)
    form = FORMS[step](program, idea_id)
    if step < planning.STEPS and form.sent() and _save(step, program, form):
        following = planning.STEPS if plans.has_date(program.id) else step + 1
        return redirect(f"{plan_path(program.id, idea_id)}/{following}", 303)
    return _page(idea_id, step, program, form)


@blueprint.post(f"{OF_IDEA}/agreement")
@blueprint.post(f"{PLAIN}/agreement")
@requires(Permission.AGREEMENT_SEND)
def send_agreement(idea_id: int | None = None, program_id: int = 0) -> ResponseReturnValue:
    program = _plan(idea_id, program_id)
    agreeing.send(program.id, by=current_actor())
    flash(_("Sent. The partner gets an email today, and signs the agreement or sends it back."))
    return redirect(f"{plan_path(program.id, idea_id)}/{planning.STEPS}", 303)


@blueprint.post(f"{OF_IDEA}/publish")
@blueprint.post(f"{PLAIN}/publish")
@requires(Permission.PROGRAM_PLAN)
def publish(idea_id: int | None = None, program_id: int = 0) -> ResponseReturnValue:
    program = _plan(idea_id, program_id)
    form = steps.PublishForm()
    if not form.sent():
        return _page(idea_id, planning.STEPS, program, form)
    try:
        announcing.announce(program.id, by=current_actor(), reason=form.reason.data or "")
    except Refused as refused:
        form.reason.errors = [f"{refused} {refused.next_step}"]
        return _page(idea_id, planning.STEPS, program, form)
    told = _("On the calendar. Those who follow the idea are told now.")
    flash(told if idea_id else _("On the calendar."))
    return redirect(program_path(program.id, program.title), 303)


def _found(idea_id: int | None, program_id: int) -> Program | None:
    return plans.of_idea(idea_id) if idea_id else plans.without_idea(program_id)


def _plan(idea_id: int | None, program_id: int) -> Program:
    program = _found(idea_id, program_id)
    if program is None:
        raise Missing(_("This plan is finished, or was never begun."))
    require(current_actor(), Permission.PROGRAM_PLAN, program)
    return program


def _save(step: int, program: Program, form: Any) -> bool:
    """Keep a step; what the services refuse stands on the form, which stays as it was."""
    by = current_actor()
    try:
        if step == 1:
            planning.set_goal(program.id, form.value(), by=by)
        elif step == 2:
            planning.set_partners(program.id, form.value(), by=by)
        elif step == 3:
            planning.set_admission(program.id, form.way(), form.calendar_link.data or "", by=by)
            scheduling.schedule(program.id, form.when(), by=by, more=form.days())
        else:
            planning.set_sign_up(program.id, form.value(), by=by)
    except Refused as refused:
        form.tell(refused)
        return False
    return True


def _page(idea_id: int | None, step: int, program: Program, form: Form) -> ResponseReturnValue:
    shown = queries.shown(program.id, staff=True)
    day = _day(step, form, shown)
    page = render_template(
        f"desk/step{step}.html",
        idea_id=idea_id,
        base=f"{plan_path(program.id, idea_id)}/",
        step=step,
        program=program,
        form=form,
        shown=shown,
        **(_before_publishing(program, idea_id) if step == planning.STEPS else {}),
        others=scheduling.others_that_day(day, program_id=program.id) if day else [],
    )
    return page, 422 if form.errors or form.form_errors else 200


def _before_publishing(program: Program, idea_id: int | None) -> dict[str, Any]:
    """What the last step says of agreements, and of those who will be told."""
    partners = set(queries.partner_ids(program.id))
    papers = agreements.state_for(program.id)
    return {
        "papers": [one for one in papers if one.organisation_id in partners],
        "unsigned": announcing.unsigned(program),
        "unsent": partners - {one.organisation_id for one in papers},
        "outdated": agreeing.outdated(program),
        "told": notifications.count_by_reason(idea_id) if idea_id else {},
        "people": notifications.follower_count(idea_id) if idea_id else 0,
        "place": program,
        "waited_for": plans.is_waited_for(program.id),
    }


def _day(step: int, form: Any, shown: queries.Shown) -> date | None:
    """The day whose other events the step shows: as it was typed, else as it was saved."""
    if step == DATE_STEP:
        typed: date | None = form.day.data
        return typed
    if step == planning.STEPS and shown.sittings:
        return shown.sittings[0].starts_local.date()
    return None


def _goal(program: Program, _idea_id: int | None) -> Form:
    values: dict[str, Any] = {
        "title": program.title,
        "goal": program.goal,
        "summary": program.summary,
        "age_group": program.age_group.value if program.age_group else "general",
    }
    for end, one in zip(steps.ENDS, plans.tasks_and_measures(program.id)[1], strict=False):
        values |= {f"measure{end}": one.what, f"target{end}": one.target, f"kind{end}": one.kind}
    return steps.GoalForm(data=values)


def _partners(program: Program, idea_id: int | None) -> Form:
    kept, chosen = plans.tasks_and_measures(program.id)[0], queries.partner_ids(program.id)
    tasks = {one: [t.what for t in kept if t.organisation_id == one] for one in chosen}
    values = {
        "partners": [str(one) for one in chosen] or ([steps.ALONE] if program.alone else []),
        "library_tasks": "\n".join(t.what for t in kept if t.organisation_id is None),
    }
    return steps.partner_form(
        values,
        offers=agreements.offers_for(idea_id) if idea_id else [],
        matches=matching.matches(program),
        tasks=tasks,
    )


def _date(program: Program, _idea_id: int | None) -> Form:
    sittings = queries.shown(program.id, staff=True).sittings
    way = {"admission": program.admission, "calendar_link": program.calendar_link}
    if not sittings:
        return DateForm(data=way | {"seats": 20}, branch_id=program.branch_id)
    first, *others = sittings
    more = "\n".join(one.starts_local.date().isoformat() for one in others)
    values = way | {"more": more, "seats": first.capacity or 20}
    return DateForm(data=as_it_is(first) | values, branch_id=program.branch_id)


def _sign_up(program: Program, _idea_id: int | None) -> Form:
    opens = queries.opening(program)
    chosen = {
        "instrument": str(program.instrument_id or ""),
        "opens_day": opens.date() if opens else None,
        "opens_time": opens.time() if opens else None,
    }
    return steps.SignUpForm(obj=program, data=chosen, topic_id=program.topic_id)


def _publishing(_program: Program, _idea_id: int | None) -> Form:
    return steps.PublishForm()


FORMS: dict[int, Callable[[Program, int | None], Any]] = {
    1: _goal,
    2: _partners,
    3: _date,
    4: _sign_up,
    5: _publishing,
}
