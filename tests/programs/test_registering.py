"""Seats: never more than there are, in strict order, and none free that the first could use."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.core import clock
from portal.core.database import db, transaction
from portal.core.errors import Missing, Refused
from portal.mail.models import Outgoing
from portal.notifications import subscribing
from portal.notifications.models import Reason
from portal.policy import Actor, Role
from portal.programs import due, first_seats, registering
from portal.programs.lifecycle import ProgramStage, SeatState
from portal.programs.models import Program, Registration, Session
from portal.programs.registering import Party
from tests import factories

pytestmark = pytest.mark.usefixtures("app")

STAFF = Actor(grants=frozenset({(Role.LIBRARIAN, None)}))


def session(**values: object) -> Session:
    made = factories.session(factories.program(), **values)  # type: ignore[arg-type]
    db.session.commit()
    return made


def guest(n: int, seats: int = 1) -> Party:
    return Party(name=f"Guest {n}", email=f"g{n}@example.org", seats=seats)


def states(at: Session) -> list[SeatState]:
    rows = select(Registration.state).where(Registration.session_id == at.id)
    return list(db.session.scalars(rows.order_by(Registration.id)))


def test_who_comes_after_the_last_seat_waits_in_order() -> None:
    at = session(capacity=2)
    made = [registering.register(at.id, guest(n)) for n in range(4)]

    assert states(at) == ["registered", "registered", "waitlisted", "waitlisted"]
    assert [one.place for one in made] == [None, None, 1, 2]
    assert at.taken == 2


def test_a_party_too_large_for_what_is_free_is_offered_that_at_once() -> None:
    at = session(capacity=4)
    registering.register(at.id, guest(1, seats=3))

    large = registering.register(at.id, guest(2, seats=3))

    assert (large.state, large.offered_seats, at.taken) == (SeatState.OFFERED, 1, 4)


def test_the_same_person_gets_what_they_have() -> None:
    at, who = session(), factories.person()
    party = Party(name="Ada", person_id=who.id)

    assert registering.register(at.id, party).id == registering.register(at.id, party).id
    assert at.taken == 1


def test_who_takes_an_offered_seat_is_sent_the_ticket() -> None:
    at = session(capacity=1)
    first, second = (registering.register(at.id, guest(n)) for n in range(2))
    registering.cancel(first.id)

    for _ in range(2):
        registering.take(second.id)

    kinds = select(Outgoing.kind).where(Outgoing.address == "g1@example.org")
    assert list(db.session.scalars(kinds.order_by(Outgoing.id))) == [
        "seat_waitlisted",
        "seat_offered",
        "seat_saved",
    ]


@pytest.mark.parametrize("email", ["g1@example.org", "G1@example.org", "g1@EXAMPLE.org"])
def test_one_address_however_it_is_written_is_one_guest(email: str) -> None:
    at = session()
    first = registering.register(at.id, guest(1))

    assert registering.register(at.id, Party(name="Gus", email=email)).id == first.id
    assert at.taken == 1


def test_who_presses_twice_for_the_last_seat_has_it() -> None:
    at = factories.session(factories.program(waitlist=False), capacity=1)
    party = Party(name="Ada", person_id=factories.person().id)
    first = registering.register(at.id, party)

    assert registering.register(at.id, party).id == first.id
    with pytest.raises(Refused, match="full"):
        registering.register(at.id, guest(1))


def test_a_freed_seat_is_offered_to_the_first_and_counts_as_taken() -> None:
    at = session(capacity=1)
    first, second, third = (registering.register(at.id, guest(n)) for n in range(3))
    registering.cancel(first.id)

    assert (second.state, third.state, at.taken) == ("offered", "waitlisted", 1)
    registering.take(second.id)
    assert (second.state, at.taken) == ("registered", 1)


def test_nobody_takes_a_free_seat_past_those_who_wait() -> None:
    at = session(capacity=3)
    registering.register(at.id, guest(1, seats=2))
    big = registering.register(at.id, guest(2, seats=3))

    assert (big.state, big.offered_seats) == ("offered", 1)
    small = registering.register(at.id, guest(3))
    assert small.state == "waitlisted"

    registering.wait_on(big.id)
    assert (big.state, small.state) == ("waitlisted", "offered")
    assert registering.register(at.id, guest(4)).state == "waitlisted"


def test_a_party_may_take_fewer_seats_or_wait_and_keep_its_place() -> None:
    at = session(capacity=4)
    full = registering.register(at.id, guest(1, seats=4))
    big = registering.register(at.id, guest(2, seats=3))
    small = registering.register(at.id, guest(3, seats=1))
    registering.set_capacity(at.id, 5, by=STAFF)
    assert (big.state, big.offered_seats, small.state) == ("offered", 1, "waitlisted")

    registering.wait_on(big.id)
    assert (big.state, big.place, small.state) == ("waitlisted", 1, "offered")

    registering.cancel(full.id)
    assert (big.state, big.offered_seats) == ("offered", 3)


def test_fewer_seats_that_are_taken_leave_the_rest_to_the_next() -> None:
    at = session(capacity=2)
    full = registering.register(at.id, guest(1, seats=2))
    big = registering.register(at.id, guest(2, seats=4))
    registering.cancel(full.id)

    registering.take(big.id)

    assert (big.party, at.taken) == (2, 2)


def test_an_offer_that_lapses_is_cancelled_and_the_next_is_asked() -> None:
    at = session(capacity=1)
    first, second, third = (registering.register(at.id, guest(n)) for n in range(3))
    registering.cancel(first.id)
    db.session.commit()
    clock.move(timedelta(hours=24, minutes=1))
    with pytest.raises(Refused, match="run out"):
        registering.take(second.id)
    db.session.rollback()

    due.lapse_offers()

    assert (second.state, third.state) == ("cancelled", "offered")


@pytest.mark.parametrize(
    ("ahead", "held"),
    [
        (timedelta(days=7), timedelta(hours=24)),
        (timedelta(hours=8), timedelta(hours=2)),
        (timedelta(minutes=20), timedelta(minutes=15)),
    ],
)
def test_near_the_start_an_offer_is_shorter(ahead: timedelta, held: timedelta) -> None:
    at = session(capacity=1, starts=clock.now() + ahead)
    first, second = (registering.register(at.id, guest(n)) for n in range(2))
    registering.cancel(first.id)

    assert second.offered_until is not None
    assert abs(second.offered_until - clock.now() - held) < timedelta(minutes=2)


def test_each_offer_is_mailed_once() -> None:
    at = session(capacity=1)
    first, second = (registering.register(at.id, guest(n)) for n in range(2))
    registering.cancel(first.id)
    registering.cancel(first.id)

    kinds = db.session.scalars(select(Outgoing.kind).order_by(Outgoing.id)).all()
    assert kinds == ["seat_saved", "seat_waitlisted", "seat_offered"]
    assert second.offers == 1


def test_fewer_seats_than_are_taken_are_refused() -> None:
    at = session(capacity=3)
    registering.register(at.id, guest(1, seats=2))

    with pytest.raises(Refused, match="2 seats are taken"):
        registering.set_capacity(at.id, 1, by=STAFF)


def test_seats_of_a_plan_or_of_the_past_cannot_be_saved() -> None:
    plan = factories.session(factories.program(stage=ProgramStage.PLANNING))
    with pytest.raises(Missing):
        registering.register(plan.id, guest(1))

    over = session(starts=clock.now() - timedelta(hours=3))
    with pytest.raises(Refused, match="any more"):
        registering.register(over.id, guest(1))


def test_followers_come_first_for_72_hours_after_their_mails_left() -> None:
    idea, follower = factories.idea(), factories.person()
    program = factories.program(idea, first_seats_over=False)
    at = factories.session(program)
    subscribing.follow(idea.id, person_id=follower.id, reason=Reason.VOTED)
    db.session.commit()
    with pytest.raises(Refused, match="first seats"):
        registering.register(at.id, guest(1))
    db.session.rollback()
    fan = Party(name="Fan", person_id=follower.id)
    assert registering.register(at.id, fan).state == "registered"
    db.session.commit()

    first_seats.move_on()
    db.session.refresh(program)
    assert program.first_seats_until is not None
    clock.move(timedelta(hours=72, minutes=1))
    first_seats.move_on()

    assert registering.register(at.id, guest(1)).state == "registered"


@pytest.mark.parametrize("silent", ["this idea", "all mail"])
def test_who_wants_no_mail_has_the_first_seats_too(silent: str) -> None:
    idea, voter = factories.idea(), factories.person()
    at = factories.session(factories.program(idea, first_seats_over=False))
    subscribing.follow(idea.id, person_id=voter.id, reason=Reason.VOTED)
    if silent == "this idea":
        subscribing.stop(idea.id, person_id=voter.id)
    else:
        subscribing.stop_all(voter.id)

    seat = registering.register(at.id, Party(name="Vi", person_id=voter.id))

    assert seat.state is SeatState.REGISTERED


def test_the_72_hours_do_not_start_while_a_mail_waits() -> None:
    idea = factories.idea()
    program = factories.program(idea, first_seats_over=False)
    mail = factories.kept(
        Outgoing(
            dedupe_key=f"idea:{idea.id}:program:{program.id}:7",
            kind="seats_open",
            due_at=clock.now(),
            address="x@example.org",
        )
    )
    db.session.commit()
    first_seats.move_on()
    assert db.session.get_one(Program, program.id).first_seats_until is None

    mail.state = "failed"  # type: ignore[assignment]
    db.session.commit()
    first_seats.move_on()
    db.session.refresh(program)
    assert program.first_seats_until is not None


def test_a_reminder_comes_the_day_before_once() -> None:
    at = session(starts=clock.now() + timedelta(hours=20))
    registering.register(at.id, guest(1))
    db.session.commit()
    clock.move(timedelta(hours=19))
    due.remind()
    due.remind()

    kinds = select(func.count()).where(Outgoing.kind == "seat_reminder")
    assert db.session.scalar(kinds) == 1


def test_24_seats_are_24_whoever_comes_at_once(app: Flask) -> None:
    at_id = session(capacity=24).id
    db.session.commit()

    def register(n: int) -> None:
        with app.app_context(), transaction():
            registering.register(at_id, guest(n))

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(register, range(60)))

    at = db.session.get_one(Session, at_id)
    assert (at.taken, states(at).count(SeatState.WAITLISTED)) == (24, 36)
    places = select(Registration.place).where(Registration.place.is_not(None))
    assert list(db.session.scalars(places.order_by(Registration.place))) == list(range(1, 37))


def test_nobody_saves_a_seat_before_sign_up_opens_but_followers_who_have_the_first() -> None:
    opens = clock.now() + timedelta(days=2)
    idea, fan = factories.idea(), factories.person()
    subscribing.follow(idea.id, person_id=fan.id, reason=Reason.FOLLOWS)
    first = factories.session(
        factories.program(idea, opens_at=opens, first_seats_over=False), capacity=9
    )
    later = factories.session(factories.program(opens_at=opens), capacity=9)

    assert registering.register(first.id, Party(name="", person_id=fan.id)).party == 1
    with pytest.raises(Refused, match="cannot be saved yet"):
        registering.register(later.id, guest(1))
    with clock.moved_to(opens + timedelta(minutes=1)):
        assert registering.register(later.id, guest(1)).state is SeatState.REGISTERED


def test_whoever_joins_a_long_waitlist_reads_nobody_else_s_place(statements: list[str]) -> None:
    """It may be hundreds, and others wait for the session's row meanwhile."""
    full = session(capacity=1)
    for n in range(5):
        registering.register(full.id, guest(n))
    statements.clear()
    registering.register(full.id, guest(5))

    read = [one for one in statements if "FROM registrations" in one]
    assert [one for one in read if "LIMIT" not in one and "lower(" not in one] == []
