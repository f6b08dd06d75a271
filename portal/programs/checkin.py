"""At the door: who came, who walked in."""

from flask_babel import gettext as _
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db, lock
from portal.core.errors import Missing, Refused
from portal.core.tokens import draw_word
from portal.policy import Actor, Permission, require
from portal.programs import places, waitlist
from portal.programs.lifecycle import SEAT, SeatMove, SeatState, SessionStage
from portal.programs.models import Registration, Session
from portal.programs.registering import CODE_LETTERS, refuse_without_seats, seats_held


def check_in(session_id: int, code: str, *, by: Actor) -> Registration:
    """Whoever has this ticket came. Twice does no harm."""
    session = _running(session_id, by)
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    registration = db.session.scalars(
        select(Registration).where(
            Registration.session_id == session.id, Registration.code == plain
        )
    ).first()
    if not plain:
        raise Refused(_("Scan a ticket, or type its code."))
    if registration is None:
        raise Missing(
            _("No ticket for this event has the code %(code)s.", code=plain[:20]),
            _("Look for the name instead, or add a walk-in."),
        )
    return _arrive(registration, session)


def check_in_guest(session_id: int, registration_id: int, *, by: Actor) -> Registration:
    session = _running(session_id, by)
    return _arrive(_of(session, registration_id), session)


def undo(session_id: int, registration_id: int, *, by: Actor) -> Registration:
    """A check-in by mistake. A walk-in has no seat without it. Twice does no harm."""
    session = _running(session_id, by)
    registration = _of(session, registration_id)
    if registration.state is not SeatState.ATTENDED:
        return registration
    back = SeatMove.UNDO_WALK_IN if registration.walk_in else SeatMove.UNDO_CHECK_IN
    registration.state = SEAT.target(back, registration.state)
    registration.arrived, registration.checked_in_at = 0, None
    if registration.walk_in:
        session.taken -= registration.party
        waitlist.offer_free_seats(session)
    return registration


def walk_in(session_id: int, *, name: str, people: int, by: Actor) -> Registration:
    """Somebody without a seat came, and there is room."""
    session = _running(session_id, by)
    if session.capacity - session.taken < people:
        raise Refused(
            _("All seats are taken or promised."),
            _("Raise the number of seats first if the room holds more people."),
        )
    session.taken += people
    registration = Registration(
        session_id=session.id,
        code=draw_word(CODE_LETTERS),
        party=people,
        state=SeatState.ATTENDED,
        name=name,
        walk_in=True,
        arrived=people,
        checked_in_at=clock.now(),
        remind=False,
    )
    db.session.add(registration)
    db.session.flush()
    return registration


def _arrive(registration: Registration, session: Session) -> Registration:
    if registration.state is SeatState.ATTENDED:
        return registration
    _find_room(registration, session)
    registration.state = SEAT.target(SeatMove.CHECK_IN, registration.state)
    registration.offered_until = None
    registration.arrived = registration.party
    registration.checked_in_at = clock.now()
    return registration


def _find_room(registration: Registration, session: Session) -> None:
    """Somebody came who has no seat yet, or fewer than they are."""
    if registration.state is SeatState.CANCELLED:
        raise Refused(_("This seat was given back."), _("Add them as a walk-in."))
    missing = registration.party - seats_held(registration)
    if session.capacity - session.taken < missing:
        raise Refused(_("All seats are taken or promised."), _("They are on the waitlist."))
    session.taken += missing


def _running(session_id: int, by: Actor) -> Session:
    session = lock(Session, session_id)
    require(by, Permission.SESSION_RUN, places.of(session))
    if session.stage is not SessionStage.SCHEDULED:
        raise Refused(_("This session is closed or does not take place."))
    refuse_without_seats(session)
    return session


def _of(session: Session, registration_id: int) -> Registration:
    registration = lock(Registration, registration_id)
    if registration.session_id != session.id:
        raise Missing(_("There is nothing here, or it is no longer public."))
    return registration
