"""A guest is known by an address alone, which anybody may have typed."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core import clock
from portal.core.database import db
from portal.mail import sending
from portal.programs import registering
from portal.programs.lifecycle import SeatState
from portal.programs.models import Registration, Session
from portal.programs.paths import seat_path
from tests import factories
from tests.conftest import Client
from tests.mail.conftest import Sink, sink

__all__ = ["sink"]

KNOWN, NEW = "rosa@example.org", "gust@example.org"  # of one length
DAY = timedelta(days=1)


def ask(client: Client, at: Session, email: str) -> TestResponse:
    guest = {"name": "Somebody", "email": email, "seats": "1"}
    return client.post(f"/events/{at.program_id}/1", data=guest)


def at_an_event(capacity: int = 2, **values: Any) -> Session:
    """The known address has one seat of so many."""
    at = factories.session(factories.program(**values), capacity=capacity)
    factories.registration(at, email=KNOWN, name="Rosa")
    return at


def on_a_list(known: SeatState) -> Session:
    at = factories.session(factories.program(), capacity=1)
    factories.registration(at)
    at.places_given = 2
    factories.registration(at, email="ada@example.org", state=SeatState.WAITLISTED, place=1)
    until = clock.now() + DAY if known is SeatState.OFFERED else None
    factories.registration(at, email=KNOWN, state=known, place=2, offered_until=until)
    return at


def begun() -> Session:
    at = at_an_event()
    at.starts_at = clock.now() - DAY
    return at


HOW_IT_STANDS: dict[str, Callable[[], Session]] = {
    "free": at_an_event,
    "full": lambda: at_an_event(1),
    "full, without a list": lambda: at_an_event(1, waitlist=False),
    "waiting": lambda: on_a_list(SeatState.WAITLISTED),
    "offered": lambda: on_a_list(SeatState.OFFERED),
    "came": lambda: on_a_list(SeatState.ATTENDED),
    "given back": lambda: on_a_list(SeatState.CANCELLED),
    "not open": lambda: at_an_event(opens_at=clock.now() + DAY),
    "followers first": lambda: at_an_event(first_seats_over=False),
    "begun": begun,
}


@pytest.mark.parametrize("how", HOW_IT_STANDS)
def test_nobody_learns_from_the_answer_whether_an_address_has_a_seat(
    client: Client, how: str
) -> None:
    at = HOW_IT_STANDS[how]()

    known, new = (ask(client, at, email) for email in (KNOWN, NEW))

    assert known.text.replace(KNOWN, NEW) == new.text
    assert (known.status, list(known.headers)) == (new.status, list(new.headers))
    assert "Rosa" not in known.text
    assert "Set-Cookie" not in known.headers


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("free", "Your ticket: {code}"),
        ("waiting", "You are on the waitlist, number 2."),
        ("offered", "We hold them until"),
    ],
)
def test_the_owner_of_an_address_reads_what_they_have_each_time_it_is_asked(
    client: Client, sink: Sink, how: str, said: str
) -> None:
    at = HOW_IT_STANDS[how]()
    before = db.session.scalars(select(Registration.id)).all()
    for _ in range(2):
        ask(client, at, KNOWN.upper())
    sending.send_due()

    mine = db.session.scalars(select(Registration).where(Registration.email == KNOWN)).one()
    assert db.session.scalars(select(Registration.id)).all() == before
    assert [mail["To"] for mail in sink.mails] == [KNOWN, KNOWN]
    for mail in sink.mails:
        assert "Somebody, perhaps you, asked for a seat with your address again." in words(mail)
        assert said.format(code=mine.code) in words(mail)
        assert seat_path(mine.id, mine.version) in words(mail)


def test_a_guest_is_sent_the_ticket_and_the_page_has_nothing_of_it(
    client: Client, sink: Sink
) -> None:
    at = factories.session(factories.program())
    page = ask(client, at, NEW).text
    sending.send_due()

    made = db.session.scalars(select(Registration)).one()
    assert f"Your ticket: {made.code}" in words(sink.mails[0])
    assert "was it not you?" in words(sink.mails[0])
    assert made.code not in page
    assert f"/{made.id}/" not in page.partition("<main")[2]


def test_a_person_sees_the_ticket_at_once_and_twice_the_same(client: Client) -> None:
    at = factories.session(factories.program())
    client.sign_in(factories.person())

    answers = [client.post(f"/events/{at.program_id}/1", data={"seats": "1"}) for _ in range(2)]

    made = db.session.scalars(select(Registration)).one()
    assert [answer.location for answer in answers] == [f"/t/{made.code}"] * 2


def refused(answer: TestResponse) -> bool:
    """A refusal is told on the form, and nothing that was typed is lost."""
    if answer.status_code == 200:
        return False
    assert answer.status_code == 422
    assert "That was too often in a short time. After" in answer.text
    assert 'value="Somebody"' in answer.text
    return True


def test_one_address_is_asked_for_so_often_a_day_and_then_again_the_next(client: Client) -> None:
    """However often it has a seat already: who counts the refusals learns nothing of that."""
    noon = clock.now().replace(hour=12)
    sessions = [at_an_event() for _ in range(2)]
    spellings = (KNOWN, "ROSA@example.org")
    with clock.moved_to(noon):
        for n in range(registering.ASKED_A_DAY):
            assert not refused(ask(client, sessions[n % 2], spellings[n % 2]))
        assert refused(ask(client, sessions[0], KNOWN))
        assert refused(ask(client, factories.session(factories.program()), KNOWN))
        assert not refused(ask(client, sessions[0], NEW))
    with clock.moved_to(noon + DAY):
        assert not refused(ask(client, sessions[0], KNOWN))


def test_one_network_asks_for_so_many_seats_an_hour_and_an_account_is_not_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registering, "ASKED_AN_HOUR", 2)
    at = factories.session(factories.program(), capacity=40)
    with clock.moved_to(clock.now().replace(minute=30)):
        asked = [refused(ask(client, at, f"g{n}@example.org")) for n in range(3)]
        assert asked == [False, False, True]
        db.session.refresh(at)
        assert at.taken == 2

        client.sign_in(factories.person())
        signed_in = client.post(f"/events/{at.program_id}/1", data={"seats": "1"})
        assert signed_in.status_code == 303
