"""A session that took place without the portal is written down in one go, so that it counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused
from portal.core.events import publish
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import Decision, Publication
from portal.ideas.models import AgeGroup, Idea
from portal.policy import Actor, Permission, require
from portal.programs import scheduling
from portal.programs.closing import Count, move_ideas
from portal.programs.events import SessionEnded
from portal.programs.lifecycle import ProgramStage, SessionStage
from portal.programs.models import Admission, Program, ProgramIdea, Session
from portal.programs.paths import program_path
from portal.programs.scheduling import When

OLDEST = timedelta(days=10 * 366)


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    title: str
    when: When
    count: Count
    age_group: AgeGroup = AgeGroup.GENERAL
    topic_id: int | None = None
    idea_id: int | None = None


def enter(held: Held, *, by: Actor) -> Program:
    """It was held, with so many people. It was never announced: nobody is asked about it, and no
    results are owed but to an idea behind it, which has happened now."""
    _check_day(held.when)
    values = scheduling.values_of(held.when)
    if values["ends_at"] > clock.now():
        raise _not_over()
    program = Program(
        title=held.title,
        planner_id=by.signed_in_id,
        branch_id=values["branch_id"],
        topic_id=held.topic_id,
        age_group=held.age_group,
        stage=ProgramStage.DONE,
        step=5,
        alone=True,
        admission=Admission.OPEN,
    )
    require(by, Permission.PROGRAM_PLAN, program)
    db.session.add(program)
    db.session.flush()
    session = _add_session(program, held, values, by_id=by.signed_in_id)
    record("session.enter", actor_id=by.id, thing=("session", session.id))
    if held.idea_id is not None:
        _lead(program, held.idea_id, ended_at=session.ends_at, by=by)
    publish(SessionEnded(session_id=session.id, program_id=program.id))
    return program


def _check_day(when: When) -> None:
    """Before its instant is looked for: the first and the last day of the calendar have none."""
    ago = clock.now().date() - when.day
    if ago > OLDEST:
        raise Refused(_("This day is too long ago."), _("Choose a day of the last ten years."))
    if ago < -timedelta(days=1):
        raise _not_over()
    scheduling.refuse_no_time(when)


def _not_over() -> Refused:
    return Refused(_("It is not over yet."), _("What is to come begins as a new event."))


def _add_session(program: Program, held: Held, values: scheduling.Values, *, by_id: int) -> Session:
    count = held.count
    session = Session(
        program_id=program.id,
        number=1,
        stage=SessionStage.HELD,
        head_count=count.heads,
        online_count=count.online,
        staff_minutes=count.staff_minutes,
        cost=count.cost,
        note=count.note,
        closed_by=by_id,
        closed_at=clock.now(),
        **values,
    )
    db.session.add(session)
    db.session.flush()
    return session


def _lead(program: Program, idea_id: int, *, ended_at: datetime, by: Actor) -> None:
    idea = db.session.get(Idea, idea_id)
    if idea is None or idea.publication is not Publication.PUBLISHED:
        raise Refused(
            _("There is no public idea number %(n)s.", n=idea_id),
            _("The number stands on the page of the idea. Leave it empty if there was none."),
        )
    require(by, Permission.PROGRAM_PLAN, idea)
    db.session.add(ProgramIdea(program_id=program.id, idea_id=idea_id))
    program.results_owed_since = ended_at
    db.session.flush()
    line = Line(link=program_path(program.id, program.title))
    move_ideas(program.id, Decision.HOLD, by=by.id, line=line)
