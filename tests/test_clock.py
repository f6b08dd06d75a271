"""A clock that is wrong for a while, and the two days of the year on which every clock changes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.mail import sending
from portal.mail.models import MailState, Outgoing
from portal.programs.models import Registration, Session
from tests import factories
from tests.addresses import PAGES, world
from tests.conftest import Client
from tests.mail.conftest import Sink, sink

__all__ = ["sink"]

HOUR = timedelta(hours=1)
SKIPPED = datetime(2027, 3, 14, 7, 30, tzinfo=UTC)  # in New York 2:30 does not come
TWICE = datetime(2027, 11, 7, 6, 30, tzinfo=UTC)  # 1:30, for the second time


def _saves(client: Client, session: Session, name: str) -> int:
    guest = {"name": name, "email": f"{name}@example.org", "seats": "1"}
    return client.post(f"/events/{session.program_id}/1", data=guest).status_code


def _broken(client: Client) -> list[str]:
    made = world()
    client.sign_in(made.everybody)
    paths = [path for of in PAGES.values() for path in of(made)] + ["/events.ics"]
    return [path for path in paths if client.get(path, follow_redirects=True).status_code >= 500]


def test_an_hour_back_and_forth_loses_nothing_and_sends_nothing_twice(
    client: Client, sink: Sink
) -> None:
    session, now = factories.session(factories.program(), capacity=9), clock.now()
    reader = client.application.test_client()
    assert isinstance(reader, Client)
    for by, name in ((HOUR, "late"), (-HOUR, "early"), (timedelta(), "right")):
        with clock.moved_to(now + by):
            if by:
                reader.sign_in(factories.person())
            assert _saves(client, session, name) == 200
            assert reader.get("/me").status_code == 200
            sending.send_due()

    db.session.rollback()
    places = select(Registration.name, Registration.place).order_by(Registration.id)
    assert db.session.execute(places).all() == [("late", None), ("early", None), ("right", None)]
    assert {mail["To"] for mail in sink.mails} == {
        f"{name}@example.org" for name in ("late", "early", "right")
    }
    assert len(sink.mails) == 3
    assert set(db.session.scalars(select(Outgoing.state))) == {MailState.SENT}


@pytest.mark.parametrize("moment", [SKIPPED, TWICE])
def test_every_page_answers_in_the_hour_in_which_the_clocks_change(
    client: Client, moment: datetime
) -> None:
    with clock.moved_to(moment - HOUR):
        session = factories.session(factories.program(), starts=moment)
        path = f"/events/{session.program_id}/1"
    with clock.moved_to(moment):
        assert _broken(client) == []
        assert client.get(path).status_code == 200
        assert f"DTSTART:{moment:%Y%m%dT%H%M%S}Z" in client.get(f"{path}.ics").text
