from sqlalchemy import select

from portal.core.database import db
from portal.core.tokens import sign
from portal.notifications.models import Stop
from tests import factories
from tests.conftest import Client

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def test_one_click_of_a_mail_program_stops_mail_about_an_idea(client: Client) -> None:
    person, idea = factories.person(), factories.idea()
    path = f"/stop/{person.id}/{idea.id}/{sign(f'stop-idea-{person.id}', idea.id)}"

    answer = client.post(path, data=ONE_CLICK, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200
    assert db.session.scalars(select(Stop.person_id)).all() == [person.id]


def test_a_link_that_is_not_whole_stops_nothing(client: Client) -> None:
    person, other = factories.person(), factories.person()
    signature = sign("stop-all", other.id)

    assert client.post(f"/stop/{person.id}/{signature}", data=ONE_CLICK).status_code == 404
    assert person.mail_stopped_at is None


def test_opening_the_link_asks_first(client: Client) -> None:
    person = factories.person()
    path = f"/stop/{person.id}/{sign('stop-all', person.id)}"

    assert "Yes, stop it" in client.get(path).text
    assert person.mail_stopped_at is None
    assert client.post(path).status_code == 200
    db.session.refresh(person)
    assert person.mail_stopped_at is not None
