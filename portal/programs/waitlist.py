"""Who is next. A freed seat is offered to the first on the list until a set time, then to the
next; a seat on offer counts as taken; the order is strict.

Everything here is called by somebody who holds the session's row.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.mail import outbox
from portal.programs.lifecycle import SEAT, SeatMove, SeatState, SessionStage
from portal.programs.models import Registration, Session

LONGEST_OFFER = timedelta(hours=24)
SHORTEST_OFFER = timedelta(minutes=15)


def anybody_waits(session: Session) -> bool:
    waits = select(Registration.id).where(
        Registration.session_id == session.id, Registration.state == SeatState.WAITLISTED
    )
    return db.session.scalar(waits.limit(1)) is not None


def join(session: Session) -> int:
    """A number on the list: given once, kept for good."""
    session.places_given += 1
    return session.places_given


def offer_free_seats(session: Session) -> None:
    """No seat stays free that the first party could use. A party is asked again only for more
    seats than it said it would rather not take."""
    if session.stage is not SessionStage.SCHEDULED or session.starts_at <= clock.now():
        return
    db.session.flush()
    while (free := session.capacity - session.taken) > 0:
        party = _next(session, free)
        if party is None:
            return
        _offer(session, party, min(party.party, free))
        db.session.flush()


def _next(session: Session, free: int) -> Registration | None:
    """The first on the list that could use so many free seats. The list may be long, and others
    wait for the session's row: no more than this one is read."""
    first = (
        select(Registration)
        .where(
            Registration.session_id == session.id,
            Registration.state == SeatState.WAITLISTED,
            Registration.waits_for_more_than < free,
            Registration.waits_for_more_than < Registration.party,
        )
        .order_by(Registration.place, Registration.id)
        .limit(1)
    )
    return db.session.scalars(first).first()


def _offer(session: Session, party: Registration, seats: int) -> None:
    party.state = SEAT.target(SeatMove.OFFER, party.state)
    party.offered_seats = seats
    party.offers += 1
    party.offered_until = clock.now() + _time_to_answer(session)
    session.taken += seats
    outbox.queue(
        "seat_offered",
        key=f"offered:{party.id}:{party.offers}",
        to=party.person_id or party.email or "",
        context={"registration_id": party.id, "offer": party.offers},
    )


def take_back_offers(session: Session) -> None:
    """There is no date to answer for: whoever was asked waits again, at their place."""
    for party in _offered(session):
        session.taken -= party.offered_seats
        party.state = SEAT.target(SeatMove.WAIT_ON, party.state)
        party.offered_until = None


def shorten_offers(session: Session) -> None:
    """Nobody is asked until a time at which it has begun."""
    for party in _offered(session):
        if party.offered_until is not None and party.offered_until >= session.starts_at:
            party.offered_until = clock.now() + _time_to_answer(session)


def _offered(session: Session) -> Sequence[Registration]:
    return db.session.scalars(
        select(Registration)
        .where(Registration.session_id == session.id, Registration.state == SeatState.OFFERED)
        .order_by(Registration.place, Registration.id)
    ).all()


def _time_to_answer(session: Session) -> timedelta:
    """A day; near the start a quarter of the time that is left, at least 15 minutes."""
    quarter = (session.starts_at - clock.now()) / 4
    return min(LONGEST_OFFER, max(SHORTEST_OFFER, quarter))
