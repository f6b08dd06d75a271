"""A guest has no account, and says no all the same."""

import re
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import String, cast, select

from portal.accounts import joining
from portal.accounts.models import Person
from portal.core.database import db
from portal.mail import sending
from portal.mail.models import MailState, Outgoing
from portal.notifications import subscribing
from portal.notifications.models import GuestStop
from portal.programs import registering
from portal.programs.lifecycle import SeatState
from portal.programs.models import Session
from portal.programs.registering import Party
from portal.surveys import asking, instruments, keys
from portal.surveys.models import Survey
from tests import factories
from tests.conftest import Client
from tests.mail.conftest import Sink, sink
from tests.surveys.conftest import held

__all__ = ["sink"]

GUS = "gus@example.org"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}


def mails_after(sink: Sink, at: Session) -> dict[str, EmailMessage]:
    """Those that ask how it was, by address."""
    before = len(sink.mails)
    instruments.seed()
    assert asking.ask(at.id) is not None
    db.session.commit()
    sending.send_due()
    return {mail["To"]: mail for mail in sink.mails[before:]}


def came(address: str | None = GUS, **values: object) -> Session:
    """An event to which six came, one of them with this address."""
    at = held(5)
    factories.registration(at, state=SeatState.ATTENDED, email=address, **values)
    return at


def ticket_to(sink: Sink, address: str) -> EmailMessage:
    at = factories.session(factories.program())
    registering.register(at.id, Party(name="Gus", email=address))
    db.session.commit()
    sending.send_due()
    return sink.mails[-1]


def stop_path(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(
        r"Stop mail I did not ask for: http://localhost(/stop/\S+)", body.get_content()
    )
    assert found is not None
    return found[1]


@pytest.fixture(autouse=True)
def _no_key_stays(app: Flask) -> Iterator[None]:
    yield
    for survey_id in keys.kept():
        keys.destroy(survey_id)


def test_a_guest_who_stops_with_one_click_is_asked_no_more_and_still_gets_tickets(
    client: Client, sink: Sink
) -> None:
    mails = mails_after(sink, came())
    path = stop_path(mails[GUS])
    assert mails[GUS]["List-Unsubscribe"] == f"<http://localhost{path}>"
    assert mails[GUS]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len({stop_path(mail) for mail in mails.values()}) == 6

    assert client.post(path, data=ONE_CLICK, headers=ELSEWHERE).status_code == 200
    assert client.post(path, data=ONE_CLICK, headers=ELSEWHERE).status_code == 200

    later = mails_after(sink, came("Gus@Example.org"))
    assert len(later) == 5
    assert "Gus@Example.org" not in later
    assert db.session.scalars(select(Survey.invited)).all() == [6, 6]
    assert "Your seat is saved" in ticket_to(sink, GUS)["Subject"]


def test_every_mail_about_a_seat_leads_there_and_is_not_stopped_by_a_mail_program(
    client: Client, sink: Sink
) -> None:
    mail = ticket_to(sink, GUS)
    assert "List-Unsubscribe" not in mail
    path = stop_path(mail)

    assert "Stop mail you did not ask for?" in client.get(path).text
    assert db.session.scalars(select(GuestStop.mailbox)).all() == []
    assert "Done. No more of these." in client.post(path).text
    assert "You said no to this mail." in client.get(path).text
    assert GUS not in mails_after(sink, came())

    assert "We write to you again." in client.post(path, data={"do": "start"}).text
    assert GUS in mails_after(sink, came())


def test_a_code_to_sign_in_has_no_such_link(client: Client, sink: Sink) -> None:
    client.post("/sign-in", data={"email": GUS})
    sending.send_due()

    assert "/stop/" not in sink.mails[0].as_string()


def test_nobody_reads_from_the_table_who_said_no(client: Client, sink: Sink) -> None:
    path = stop_path(ticket_to(sink, GUS))
    client.post(path)

    kept = db.session.scalars(select(cast(GuestStop.mailbox, String))).one()
    assert "gus" not in (kept + path).lower()
    assert len(kept) == 22


def test_a_link_that_is_not_whole_stops_nothing_for_a_guest(client: Client, sink: Sink) -> None:
    gus, ada = (stop_path(ticket_to(sink, who)) for who in (GUS, "ada@example.org"))
    mixed = f"{gus.rpartition('/')[0]}/{ada.rpartition('/')[2]}"

    assert client.post(mixed).status_code == client.get(mixed).status_code == 404
    assert db.session.scalars(select(GuestStop.mailbox)).all() == []


def test_the_no_of_a_guest_goes_on_when_they_make_an_account(client: Client, sink: Sink) -> None:
    client.post(stop_path(ticket_to(sink, GUS)))
    person_id = joining.confirm(GUS)
    db.session.commit()

    person = db.session.get_one(Person, person_id)
    assert person.mail_stopped_at is not None
    assert db.session.scalars(select(GuestStop.mailbox)).all() == []
    assert len(mails_after(sink, came(None, person_id=person_id))) == 5

    subscribing.start_all(person_id)
    joining.confirm(GUS)
    db.session.commit()
    assert len(mails_after(sink, came(None, person_id=person_id))) == 6


def test_who_saves_a_seat_without_signing_in_has_said_no_in_their_account(
    client: Client, sink: Sink
) -> None:
    person = factories.person()
    person.email = GUS
    db.session.commit()
    client.post(stop_path(ticket_to(sink, GUS)))

    db.session.refresh(person)
    assert person.mail_stopped_at is not None
    assert db.session.scalars(select(GuestStop.mailbox)).all() == []
    assert GUS not in mails_after(sink, came())
    db.session.rollback()
    states = select(Outgoing.state).where(Outgoing.kind == "survey_invitation")
    assert sorted(db.session.scalars(states)) == [MailState.CANCELLED, *[MailState.SENT] * 5]
