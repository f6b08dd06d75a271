"""The door: who came, and a count of seats that stays true whatever is pressed, and how often."""

import pytest

from portal.core.database import db
from portal.core.errors import Refused
from portal.policy import Actor, Role
from portal.programs import checkin, invariants, registering
from portal.programs.models import Session
from portal.programs.registering import Party
from tests import factories

pytestmark = pytest.mark.usefixtures("app")

STAFF = Actor(grants=frozenset({(Role.LIBRARIAN, None)}))


def session(capacity: int) -> Session:
    made = factories.session(factories.program(), capacity=capacity)
    db.session.commit()
    return made


def guest(n: int, seats: int = 1) -> Party:
    return Party(name=f"Guest {n}", email=f"g{n}@example.org", seats=seats)


def is_true(at: Session) -> bool:
    db.session.flush()
    return [*invariants.seats(), *invariants.free_seats()] == []


def test_a_walk_in_taken_back_twice_frees_its_seats_once() -> None:
    at = session(capacity=4)
    registering.register(at.id, guest(1, seats=2))
    came = checkin.walk_in(at.id, name="Mo", people=2, by=STAFF)

    checkin.undo(at.id, came.id, by=STAFF)
    checkin.undo(at.id, came.id, by=STAFF)

    assert (came.state, came.arrived, at.taken) == ("cancelled", 0, 2)
    assert is_true(at)


def test_the_seats_of_a_walk_in_taken_back_go_to_the_waitlist() -> None:
    at = session(capacity=2)
    came = checkin.walk_in(at.id, name="Mo", people=2, by=STAFF)
    waits = registering.register(at.id, guest(1, seats=2))

    checkin.undo(at.id, came.id, by=STAFF)

    assert (waits.state, waits.offered_seats) == ("offered", 2)
    assert is_true(at)


def test_who_comes_with_more_than_were_offered_takes_the_seats_of_all() -> None:
    at = session(capacity=3)
    first = registering.register(at.id, guest(1, seats=2))
    large = registering.register(at.id, guest(2, seats=3))
    assert (large.state, large.offered_seats, at.taken) == ("offered", 1, 3)
    with pytest.raises(Refused, match="taken or promised"):
        checkin.check_in_guest(at.id, large.id, by=STAFF)

    registering.set_capacity(at.id, 5, by=STAFF)
    checkin.check_in_guest(at.id, large.id, by=STAFF)

    assert (large.state, large.arrived, at.taken) == ("attended", 3, 5)
    assert is_true(at)
    checkin.undo(at.id, large.id, by=STAFF)
    registering.cancel(large.id)
    registering.cancel(first.id)
    assert at.taken == 0
