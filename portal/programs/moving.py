"""A session on the calendar gets another time or place, or none for now. Whoever has a seat keeps
it, whoever waits keeps their place, and everybody hears what changed, partners too."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db, lock
from portal.core.errors import Refused
from portal.policy import Actor, Permission, require
from portal.programs import agreeing, places, planning, registering, scheduling, waitlist
from portal.programs.closing import check_reason
from portal.programs.lifecycle import SESSION, ProgramStage, SessionMove
from portal.programs.lifecycle import SessionStage as Stage
from portal.programs.models import Admission, Program, Session
from portal.programs.registering import refuse_too_few
from portal.programs.scheduling import Values, When
from portal.programs.telling import tell_guests, tell_partners

_WHERE_AND_WHEN = ("starts_local", "ends_local", "room_id", "place")


def move(session_id: int, when: When, *, reason: str, by: Actor) -> Session:
    """Another time, place or number of seats. Where only the seats change, no guest needs to hear
    of it and no reason is needed."""
    session, program = _to_come(session_id, by)
    values = _fitted(session, program, when)
    was = facts(session)
    if session.stage is Stage.POSTPONED:
        session.stage = SESSION.target(SessionMove.RESCHEDULE, session.stage)
    elif not _moves(session, values):
        return _resize(session, values["capacity"], by=by)
    check_reason(reason)
    scheduling.put(session, values)
    session.reason, session.moved_at = reason, clock.now()
    session.version += 1
    record("session.move", actor_id=by.id, thing=("session", session.id))
    db.session.flush()
    planning.refuse_late_opening(program)
    waitlist.shorten_offers(session)
    change = {"was": was, "moved_at": session.moved_at.isoformat()}
    tell_guests("session_moved", session, **change)
    tell_partners("partner_session_moved", session, **change)
    waitlist.offer_free_seats(session)
    agreeing.renew(program, by=by)
    return session


def postpone(session_id: int, *, reason: str, by: Actor) -> Session:
    """It does not take place then, and there is no other date yet. What is on offer waits, too."""
    session, _program = _to_come(session_id, by)
    check_reason(reason)
    session.stage = SESSION.target(SessionMove.POSTPONE, session.stage)
    session.reason = reason
    session.version += 1
    waitlist.take_back_offers(session)
    record("session.postpone", actor_id=by.id, thing=("session", session.id))
    db.session.flush()
    tell_guests("session_postponed", session)
    tell_partners("partner_session_postponed", session)
    return session


def facts(session: Session) -> Mapping[str, Any]:
    """When and where it is and for how many, as a mail can carry it along."""
    return {
        "starts": session.starts_local.isoformat(),
        "ends": session.ends_local.isoformat(),
        "room_id": session.room_id,
        "place": session.place,
        "seats": session.capacity,
    }


def _to_come(session_id: int, by: Actor) -> tuple[Session, Program]:
    session = lock(Session, session_id)
    require(by, Permission.SESSION_RUN, places.of(session))
    program = db.session.get_one(Program, session.program_id)
    if program.stage is ProgramStage.PLANNING:
        raise Refused(_("This is not on the calendar yet."), _("Change the date in its plan."))
    if session.stage in (Stage.HELD, Stage.CANCELLED):
        raise Refused(_("This session is closed or does not take place."))
    if session.stage is Stage.SCHEDULED and session.starts_at <= clock.now():
        raise Refused(_("It has begun already."), _("Count who came, or cancel this date."))
    return session, program


def _fitted(session: Session, program: Program, when: When) -> Values:
    if program.admission is Admission.SEATS:
        refuse_too_few(session, when.seats)
    else:
        when = replace(when, seats=0)
    return scheduling.fitted([when], but=Session.id == session.id)[0]


def _moves(session: Session, values: Values) -> bool:
    return any(getattr(session, name) != values[name] for name in _WHERE_AND_WHEN)


def _resize(session: Session, seats: int, *, by: Actor) -> Session:
    if seats == session.capacity:
        raise Refused(
            _("Nothing is different yet."), _("Change the date, the time, the place or the seats.")
        )
    return registering.set_capacity(session.id, seats, by=by)
