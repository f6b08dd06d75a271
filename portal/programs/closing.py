"""A session is over: heads are counted, and what follows from it begins. Or it does not take
place, and everybody registered hears so."""

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import aliased

from portal.audit.recording import record
from portal.core import clock
from portal.core.database import checked, db, lock
from portal.core.errors import Refused
from portal.core.events import publish
from portal.ideas import deciding
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import STAGES, Decision
from portal.ideas.models import Idea
from portal.policy import Actor, Permission, require
from portal.programs import places, queries
from portal.programs.events import SessionCancelled, SessionEnded
from portal.programs.lifecycle import (
    PROGRAM,
    SESSION,
    ProgramMove,
    ProgramStage,
    SeatState,
    SessionMove,
)
from portal.programs.lifecycle import SessionStage as Stage
from portal.programs.models import Program, ProgramIdea, Registration, Session
from portal.programs.telling import tell_guests, tell_partners

LONGEST_REASON = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """What is known at the end. Staff time in minutes, cost in minor units."""

    heads: int
    online: int | None = None
    staff_minutes: int | None = None
    cost: int | None = None
    note: str = ""


def close(session_id: int, count: Count, *, by: Actor) -> Session:
    """The session was held, with so many people."""
    session = lock(Session, session_id)
    require(by, Permission.SESSION_RUN, places.of(session))
    if session.starts_at > clock.now():
        raise Refused(_("It has not begun yet."), _("Come back when it is over."))
    session.stage = SESSION.target(SessionMove.HOLD, session.stage)
    session.head_count, session.online_count = count.heads, count.online
    session.staff_minutes, session.cost = count.staff_minutes, count.cost
    session.note = count.note
    session.closed_by, session.closed_at = by.id, clock.now()
    session.version += 1
    _settle_seats(session)
    record("session.close", actor_id=by.id, thing=("session", session.id))
    db.session.flush()
    program = lock(Program, session.program_id)  # of two that are closed at once, one is last
    if not queries.goes_on(program.id):
        _finish(program, by_id=by.id)
    publish(SessionEnded(session_id=session.id, program_id=session.program_id))
    return session


def cancel(session_id: int, *, reason: str, by: Actor) -> Session:
    """It does not take place: everybody registered and the partners hear why; the idea, if this was
    its last session, is in planning again."""
    session = lock(Session, session_id)
    require(by, Permission.SESSION_RUN, places.of(session))
    check_reason(reason)
    session.stage = SESSION.target(SessionMove.CANCEL, session.stage)
    session.reason = reason
    session.version += 1
    tell_guests("session_cancelled", session)
    tell_partners("partner_session_cancelled", session)
    record("session.cancel", actor_id=by.id, thing=("session", session.id))
    db.session.flush()
    program = lock(Program, session.program_id)
    if not queries.goes_on(program.id):
        _end(program, reason=reason, by_id=by.id)
    publish(SessionCancelled(session_id=session.id, program_id=session.program_id))
    return session


def _finish(program: Program, *, by_id: int | None) -> None:
    program.stage = PROGRAM.target(ProgramMove.FINISH, program.stage)
    ended = select(func.max(Session.ends_at)).where(Session.program_id == program.id)
    program.results_owed_since = db.session.scalar(ended)
    move_ideas(program.id, Decision.HOLD, by=by_id)


def _end(program: Program, *, reason: str, by_id: int | None) -> None:
    """Nothing is to come any more: it is over if any of it was held, else called off."""
    if _any_held(program.id):
        _finish(program, by_id=by_id)
        return
    program.stage = PROGRAM.target(ProgramMove.CANCEL, program.stage)
    line, others = Line(sentence=reason), _on_calendar_elsewhere(program.id)
    move_ideas(program.id, Decision.CALL_OFF, by=by_id, line=line, but=others)


def _on_calendar_elsewhere(program_id: int) -> set[int]:
    """Those of its ideas that another program on the calendar came from, too."""
    other = aliased(ProgramIdea)
    ideas = (
        select(ProgramIdea.idea_id)
        .join(other, other.idea_id == ProgramIdea.idea_id)
        .join(Program, Program.id == other.program_id)
        .where(ProgramIdea.program_id == program_id, Program.stage == ProgramStage.ANNOUNCED)
    )
    return set(db.session.scalars(ideas))


def counts_for_statistics(session: Session) -> tuple[bool, str]:
    """Whether the session counts as a program of the US Public Libraries Survey (FY2024), and
    why: planned, live, for a group, held, and given staff time or money. How many came does not
    matter: one that nobody came to counts as well."""
    if session.stage is not Stage.HELD:
        return False, _("It was not held.")
    if session.staff_minutes == 0 and not session.cost:
        return False, _("The library gave neither staff time nor money.")
    return True, _("Planned, live, for a group, held, with the library’s time or money.")


def _settle_seats(session: Session) -> None:
    """Registered and not seen: no-shows, where anybody was checked in at all."""
    anyone = exists().where(
        Registration.session_id == session.id, Registration.state == SeatState.ATTENDED
    )
    if db.session.scalar(select(anyone)):
        db.session.execute(
            update(Registration)
            .where(
                Registration.session_id == session.id,
                Registration.state == SeatState.REGISTERED,
            )
            .values(state=SeatState.NO_SHOW)
        )


def check_reason(reason: str) -> None:
    if not reason:
        raise Refused(_("Say why, in a sentence that everybody registered reads."))
    if len(reason) > LONGEST_REASON:
        raise Refused(_("Make the reason shorter: up to %(n)s letters.", n=LONGEST_REASON))


def _any_held(program_id: int) -> bool:
    held = select(Session.id).where(
        Session.program_id == program_id, checked(Session.stage == Stage.HELD)
    )
    return db.session.scalar(held.limit(1)) is not None


def move_ideas(
    program_id: int,
    move: Decision,
    *,
    by: int | None,
    line: Line = deciding.SILENT,
    but: Collection[int] = (),
) -> None:
    ids = db.session.scalars(
        select(ProgramIdea.idea_id).where(ProgramIdea.program_id == program_id)
    ).all()
    for idea_id in sorted(set(ids).difference(but)):
        idea = db.session.get_one(Idea, idea_id)
        if move in STAGES.moves_from(idea.stage):
            deciding.decide(idea_id, move, by=by, line=line)
