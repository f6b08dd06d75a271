"""A program is planned in steps, each saved, to be left and resumed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from portal.agreements import queries as agreements
from portal.agreements import signing
from portal.agreements.events import OfferAnswered, PartnershipEnded
from portal.agreements.lifecycle import OfferState
from portal.core import clock
from portal.core.database import db, lock
from portal.core.errors import Refused
from portal.core.events import on
from portal.core.locale import SkippedTime, to_local, to_utc
from portal.core.text import host_of, render
from portal.ideas import deciding, voting
from portal.ideas.deciding import Line
from portal.ideas.events import IdeaDecided
from portal.ideas.lifecycle import PROMISED, STAGES, Decision, Publication, Stage
from portal.ideas.models import AgeGroup, Idea
from portal.policy import Actor, Permission, may, require
from portal.programs import plans, queries, repeating
from portal.programs.lifecycle import PROGRAM, ProgramMove, ProgramStage
from portal.programs.models import (
    Admission,
    Measure,
    Program,
    ProgramIdea,
    ProgramPartner,
    Session,
    Task,
)
from portal.settings.queries import current as library

USUAL_VISITS = 20
LATEST_OPENING = timedelta(days=2 * 366)
NO = frozenset({Stage.NOT_NOW, Stage.NOT_MOVING, Stage.ALREADY})
STEPS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Aim:
    """One thing to be counted, how many of it, and where the result comes from: visits, an item of
    the survey, or words."""

    what: str
    target: int
    kind: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    title: str
    goal: str
    summary: str
    age_group: AgeGroup
    measures: Sequence[Aim]


@dataclass(frozen=True, kw_only=True, slots=True)
class Partnering:
    """Who runs it: organisations, or the library alone; and who does what."""

    organisations: Sequence[int]
    library_tasks: Sequence[str] = ()
    partner_tasks: Mapping[int, Sequence[str]] = field(default_factory=dict)  # by organisation


@dataclass(frozen=True, kw_only=True, slots=True)
class SignUp:
    followers_first: bool
    waitlist: bool
    party_limit: int
    question: str = ""
    instrument_id: int | None = None
    opens: datetime | None = None  # local wall time; none: at once


@dataclass(frozen=True, kw_only=True, slots=True)
class Plain:
    """An event that no idea asked for."""

    title: str
    summary: str
    age_group: AgeGroup
    topic_id: int | None = None
    branch_id: int | None = None


def begin_plain(plain: Plain, *, by: Actor) -> Program:
    """A plan without an idea: the library's own, so it begins at the date."""
    program = Program(
        title=plain.title,
        planner_id=by.signed_in_id,
        summary=plain.summary,
        summary_html=render(plain.summary),
        goal=plain.summary,
        branch_id=plain.branch_id,
        topic_id=plain.topic_id,
        age_group=plain.age_group,
        alone=True,
        step=3,
    )
    require(by, Permission.PROGRAM_PLAN, program)
    db.session.add(program)
    db.session.flush()
    _add_measures(program.id, [Aim(what=_("Visits"), target=USUAL_VISITS, kind="visits")])
    return program


def begin(idea_id: int, *, by: Actor) -> Program:
    """The plan of this idea that is under way; or a new one, filled in from the plan that was
    called off, else from the idea: with one accepted offer it begins at the date."""
    idea = lock(Idea, idea_id)
    require(by, Permission.PROGRAM_PLAN, idea)
    if (found := plans.of_idea(idea_id)) is not None:
        return found
    if idea.publication is not Publication.PUBLISHED or idea.stage not in PROMISED:
        raise Refused(
            _("This idea cannot be planned at the moment."),
            _("Its page says where it stands."),
        )
    old = plans.called_off(idea_id)
    if old is not None and may(by, Permission.PROGRAM_PLAN, old):
        return repeating.plan_again(old.id, by=by)
    program = Program(
        title=idea.title,
        planner_id=by.signed_in_id,
        summary=idea.happens,
        summary_html=idea.happens_html,
        goal=idea.need,
        branch_id=idea.branch_id,
        topic_id=idea.topic_id,
        age_group=idea.age_group or AgeGroup.GENERAL,
    )
    db.session.add(program)
    db.session.flush()
    db.session.add(ProgramIdea(program_id=program.id, idea_id=idea.id))
    _add_measures(program.id, [Aim(what=_("Visits"), target=USUAL_VISITS, kind="visits")])
    _take_over_offer(program, idea_id)
    return program


def _take_over_offer(program: Program, idea_id: int) -> None:
    offers = agreements.offers_for(idea_id)
    accepted = [one for one in offers if one.state is OfferState.ACCEPTED]
    if len(accepted) == 1:
        one = accepted[0]
        db.session.add(
            ProgramPartner(
                program_id=program.id, organisation_id=one.organisation_id, offer_id=one.id
            )
        )
        _add_tasks(program.id, [one.words[:250]], organisation_id=one.organisation_id)
        program.step = 3


@on(OfferAnswered)
def lose_partner(event: OfferAnswered) -> None:
    """A partner takes its offer back: what it agreed to ends with it."""
    if event.state == OfferState.WITHDRAWN:
        for program_id in queries.run_by(event.organisation_id, idea_id=event.idea_id):
            signing.break_off(program_id, organisation_id=event.organisation_id)


@on(PartnershipEnded)
def lose_signed_partner(event: PartnershipEnded) -> None:
    """While the plan is one, the idea looks for a partner again. After the announcement the desk
    is only warned."""
    program = lock(Program, event.program_id)
    if program.stage is ProgramStage.PLANNING:
        _lose(program, event.organisation_id)


def _lose(program: Program, organisation_id: int) -> None:
    gone = delete(ProgramPartner).where(
        ProgramPartner.program_id == program.id,
        ProgramPartner.organisation_id == organisation_id,
    )
    if db.session.execute(gone.returning(ProgramPartner.program_id)).first() is None:
        return
    program.step = min(program.step, 2)
    ideas = select(ProgramIdea.idea_id).where(ProgramIdea.program_id == program.id)
    for idea_id in sorted(db.session.scalars(ideas)):
        if Decision.LOSE_PARTNER in STAGES.moves_from(db.session.get_one(Idea, idea_id).stage):
            line = Line(until=voting.promised_day())
            deciding.decide(idea_id, Decision.LOSE_PARTNER, by=None, line=line)


@on(IdeaDecided)
def give_up(event: IdeaDecided) -> None:
    """The library says no to an idea that it was planning: the room is free again, and a partner
    hears that nothing is to be signed. Its steps are kept, for when the idea comes back."""
    if event.became not in NO or (program := plans.of_idea(event.idea_id)) is None:
        return
    _end(lock(Program, program.id))


def discard(program_id: int, *, by: Actor) -> None:
    """End a plan that was begun by mistake: its room is free again, and a partner hears that
    nothing is to be signed. An idea that waits for it is answered instead."""
    program = editable(program_id, by=by)
    if plans.is_waited_for(program_id):
        raise Refused(
            _("An idea waits for this plan."), _("Answer the idea: a no gives up the plan, too.")
        )
    _end(program)


def _end(program: Program) -> None:
    program.stage = PROGRAM.target(ProgramMove.CANCEL, program.stage)
    db.session.execute(delete(Session).where(Session.program_id == program.id))
    for organisation_id in sorted(agreements.asked(program.id)):
        signing.break_off(program.id, organisation_id=organisation_id)


def set_goal(program_id: int, goal: Goal, *, by: Actor) -> Program:
    program = editable(program_id, by=by)
    program.title, program.goal = goal.title, goal.goal
    program.summary, program.summary_html = goal.summary, render(goal.summary)
    program.age_group = goal.age_group
    db.session.execute(delete(Measure).where(Measure.program_id == program_id))
    _add_measures(program_id, goal.measures)
    return _reached(program, 2)


def set_partners(program_id: int, partnering: Partnering, *, by: Actor) -> Program:
    program = editable(program_id, by=by)
    dropped = set(queries.partner_ids(program_id)) - set(partnering.organisations)
    program.alone = not partnering.organisations
    for table in (ProgramPartner, Task):
        db.session.execute(delete(table).where(table.program_id == program_id))
    for organisation_id in partnering.organisations:
        partner = ProgramPartner(program_id=program_id, organisation_id=organisation_id)
        db.session.add(partner)
    _add_tasks(program_id, partnering.library_tasks, organisation_id=None)
    for organisation_id in partnering.organisations:
        tasks = partnering.partner_tasks.get(organisation_id, ())
        _add_tasks(program_id, tasks, organisation_id=organisation_id)
    db.session.flush()
    for organisation_id in sorted(dropped & agreements.asked(program_id)):
        signing.break_off(program_id, organisation_id=organisation_id, by=by.id)
    return _reached(program, 3)


def set_admission(program_id: int, admission: Admission, link: str, *, by: Actor) -> Program:
    """How people come to be there; with the address where they sign up, if that is elsewhere."""
    program = editable(program_id, by=by)
    if admission is Admission.ELSEWHERE and not host_of(link):
        raise Refused(
            _("This is not the address of a page."),
            _("Copy it whole from your calendar. It begins with https://"),
            field="calendar_link",
        )
    program.admission = admission
    program.calendar_link = link if admission is Admission.ELSEWHERE else ""
    if admission is not Admission.SEATS:
        program.opens_at = None
    return program


def set_sign_up(program_id: int, sign_up: SignUp, *, by: Actor) -> Program:
    program = editable(program_id, by=by)
    program.followers_first = sign_up.followers_first
    program.waitlist = sign_up.waitlist
    program.party_limit = sign_up.party_limit
    program.question = sign_up.question
    program.instrument_id = sign_up.instrument_id
    program.opens_at = _opening(sign_up.opens) if sign_up.opens else None
    refuse_late_opening(program)
    return _reached(program, 5)


def _opening(local: datetime) -> datetime | None:
    """The instant of this wall time; none where it is past, for then sign-up opens at once."""
    now = to_local(clock.now(), library().timezone)
    if local <= now:
        return None
    if local > now + LATEST_OPENING:
        raise Refused(_("Choose a day within two years for sign-up to open."), field="opens_day")
    return instant(local, library().timezone)


def instant(local: datetime, zone: str) -> datetime:
    """Of a wall time that somebody chose."""
    try:
        return to_utc(local, zone)
    except SkippedTime as error:
        raise Refused(
            _("The clocks are put forward then: this time does not exist."),
            _("Choose a time an hour later."),
        ) from error


def refuse_late_opening(program: Program) -> None:
    """Sign-up opens before the first session begins."""
    if program.opens_at is None:
        return
    first = select(func.min(Session.starts_at)).where(Session.program_id == program.id)
    starts_at = db.session.scalar(first)
    if starts_at is not None and program.opens_at >= starts_at:
        raise Refused(
            _("Sign-up would open when it has begun already."),
            _("Choose an earlier time."),
            field="opens_day",
        )


def editable(program_id: int, *, by: Actor) -> Program:
    """The plan, held, while it is one."""
    program = lock(Program, program_id)
    require(by, Permission.PROGRAM_PLAN, program)
    if program.stage is not ProgramStage.PLANNING:
        raise Refused(
            _("This is on the calendar already."), _("Its page among the events can be changed.")
        )
    program.version += 1
    return program


def _reached(program: Program, step: int) -> Program:
    program.step = max(program.step, step)
    return program


def _add_measures(program_id: int, measures: Sequence[Aim]) -> None:
    for one in measures:
        measure = Measure(program_id=program_id, what=one.what, target=one.target, kind=one.kind)
        db.session.add(measure)


def _add_tasks(program_id: int, tasks: Sequence[str], *, organisation_id: int | None) -> None:
    for what in tasks:
        task = Task(program_id=program_id, what=what, organisation_id=organisation_id)
        db.session.add(task)
