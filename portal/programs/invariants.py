"""What is always true of seats (PRODUCT.md section 3), as ``flask portal check`` tests it."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import case, func, select, update

from portal.core import clock
from portal.core.checking import checks
from portal.core.database import db
from portal.programs import clearing
from portal.programs.lifecycle import TAKING, ProgramStage, SeatState, SessionStage
from portal.programs.models import Admission, Program, Registration, Session

_SEATS = case(
    (Registration.state == SeatState.OFFERED, Registration.offered_seats), else_=Registration.party
)
_TAKEN = (
    select(func.coalesce(func.sum(_SEATS), 0))
    .where(Registration.session_id == Session.id, Registration.state.in_(TAKING))
    .scalar_subquery()
)


def recount_seats() -> None:
    db.session.execute(
        update(Session).values(taken=_TAKEN).execution_options(synchronize_session=False)
    )


@checks("never more seats are taken than there are, and each is counted", mend=recount_seats)
def seats() -> Iterable[str]:
    wrong = select(Session.id, Session.taken, _TAKEN).where(Session.taken != _TAKEN)
    for session_id, counted, there in db.session.execute(wrong):
        yield f"session {session_id} says {counted} seats are taken, its registrations {there}"


@checks("no seat is free that the first on the waitlist could use")
def free_seats() -> Iterable[str]:
    first = (
        select(func.min(Registration.place))
        .where(
            Registration.session_id == Session.id,
            Registration.state == SeatState.WAITLISTED,
            Registration.waits_for_more_than == 0,
        )
        .scalar_subquery()
    )
    idle = select(Session.id).where(
        Session.stage == SessionStage.SCHEDULED,
        Session.starts_at > clock.now(),
        Session.taken < Session.capacity,
        first.is_not(None),
    )
    for session_id in db.session.scalars(idle):
        yield f"session {session_id} has a free seat while somebody waits"


@checks("an announced program has a session")
def announced() -> Iterable[str]:
    sessions = select(Session.id).where(Session.program_id == Program.id).exists()
    bare = select(Program.id).where(Program.stage == ProgramStage.ANNOUNCED, ~sessions)
    for program_id in db.session.scalars(bare):
        yield f"program {program_id} is on the calendar without a date"


@checks("where nobody saves a seat there are none")
def no_seats() -> Iterable[str]:
    wrong = (
        select(Session.id)
        .join(Program, Program.id == Session.program_id)
        .where(Program.admission != Admission.SEATS, Session.capacity > 0)
    )
    for session_id in db.session.scalars(wrong):
        yield f"session {session_id} has seats that nobody can save"


@checks("each place on a waitlist is given once")
def places() -> Iterable[str]:
    twice = (
        select(Registration.session_id, Registration.place)
        .where(Registration.place.is_not(None))
        .group_by(Registration.session_id, Registration.place)
        .having(func.count() > 1)
    )
    for session_id, place in db.session.execute(twice):
        yield f"session {session_id} has given place {place} on its waitlist twice"
    beyond = (
        select(Session.id)
        .distinct()
        .join(Registration, Registration.session_id == Session.id)
        .where(Registration.place > Session.places_given)
    )
    for session_id in db.session.scalars(beyond):
        yield f"session {session_id} has a place on its waitlist that it did not give"


@checks("a guest is forgotten as many days after the session as the library says")
def forgotten_guests() -> Iterable[str]:
    a_day_late = clearing.names_kept() + timedelta(days=1)
    kept = (
        select(Registration.id)
        .join(Session, Session.id == Registration.session_id)
        .where(clearing.long_over(by=a_day_late), clearing.names_somebody())
    )
    for registration_id in db.session.scalars(kept):
        yield f"registration {registration_id} still says whose it was"
