"""My page: mine alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts import identity
from portal.accounts.models import Device
from portal.core import clock
from portal.core.database import db
from portal.ideas import voting
from portal.ideas.lifecycle import Publication
from portal.notifications import queries as notifications
from portal.notifications import subscribing
from portal.notifications.models import Reason
from portal.programs.lifecycle import SeatState, SessionStage
from portal.programs.models import Registration
from tests import factories
from tests.conftest import Client


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    answer = client.get("/me")

    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/me")


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_for_one_and_for_many(
    client: Client, statements: list[str], number: int
) -> None:
    me = factories.person()
    for _ in range(number):
        voting.cast(factories.idea(author_id=me.id).id, person_id=me.id)
        session = factories.session(factories.program())
        factories.registration(session, person_id=me.id, email=None)
        factories.device(me)
    client.sign_in(me)
    client.get("/me")
    statements.clear()
    page = client.get("/me")

    assert page.status_code == 200
    assert page.text.count("You voted on") == number
    assert page.text.count("Seat saved") == number
    assert page.text.count("Sign out there") == number
    assert len(statements) == 8


def test_a_seat_can_be_given_back_there(client: Client) -> None:
    me = factories.person()
    seat = factories.registration(
        factories.session(factories.program()), person_id=me.id, email=None
    )
    client.sign_in(me)
    page = client.get("/me")
    assert f'action="/me/seats/{seat.id}"' in page.text
    assert client.post(f"/me/seats/{seat.id}", data={"do": "cancel"}).status_code == 303
    db.session.rollback()

    assert db.session.get_one(Registration, seat.id).state is SeatState.CANCELLED


def test_a_seat_that_came_to_nothing_cannot_be_given_back(client: Client) -> None:
    me = factories.person()
    called_off = factories.session(factories.program(), stage=SessionStage.CANCELLED)
    over = factories.session(factories.program(), starts=clock.now() - timedelta(days=3))
    for session in (called_off, over):
        factories.registration(session, person_id=me.id, email=None)
    client.sign_in(me)

    page = client.get("/me").text

    assert "Does not take place" in page
    assert "It is over" in page
    assert "/me/seats/" not in page


def test_one_name_for_everybody_to_see(client: Client) -> None:
    me = factories.person(name="Rosa")
    client.sign_in(me)
    assert 'value="Rosa"' in client.get("/me/name").text
    empty = client.post("/me/name", data={"name": "  "})
    assert empty.status_code == 422
    assert "Write the name you want to be shown with." in empty.text

    assert client.post("/me/name", data={"name": "Rosa M."}).location == "/me"
    assert "Rosa M." in client.get("/me").text


def alive(person_id: int) -> int:
    db.session.rollback()
    mine = select(Device.id).where(Device.person_id == person_id, Device.ended_at.is_(None))
    return len(db.session.scalars(mine).all())


def test_devices_are_ended_one_by_one_or_all_at_once_and_only_ones_own(client: Client) -> None:
    me, other = factories.person(), factories.person()
    for owner in (me, me, other):
        factories.device(owner)
    client.sign_in(me)
    db.session.commit()
    ids = db.session.scalars(select(Device.id).order_by(Device.id)).all()

    client.post("/me/devices", data={"device": ids[0]})
    client.post("/me/devices", data={"device": ids[2]})
    client.post("/me/devices", data={})
    assert (alive(me.id), alive(other.id)) == (2, 1)
    client.post("/me/devices/all")

    assert (alive(me.id), alive(other.id)) == (0, 1)
    assert client.get("/me").status_code == 303


def test_a_shared_computer_is_listed_no_longer_than_it_is_signed_in(client: Client) -> None:
    me, ago = factories.person(), clock.now() - identity.IDLE_SHARED - timedelta(minutes=1)
    factories.device(me)
    db.session.execute(update(Device).values(shared=True, label="Library, desk", used_at=ago))
    client.sign_in(me)
    assert "Library, desk" not in client.get("/me").text
    db.session.execute(update(Device).values(used_at=clock.now()))

    assert "Library, desk" in client.get("/me").text


# What I hear ------------------------------------------------------------------------------------


def told(person_id: int, *ideas: int) -> list[bool]:
    """Whether they are told of each of these ideas."""
    db.session.rollback()
    hear = [set(db.session.scalars(notifications.followers(idea_id))) for idea_id in ideas]
    return [person_id in people for people in hear]


def test_mail_about_one_idea_is_stopped_and_started_again(client: Client) -> None:
    me, idea, other = factories.person(), factories.idea(title="Seed swap"), factories.idea()
    voting.cast(idea.id, person_id=me.id)
    subscribing.follow(other.id, person_id=me.id, reason=Reason.FOLLOWS)
    client.sign_in(me)
    page = client.get("/me/mail").text
    assert "You voted for it" in page
    assert "You follow it" in page

    for one in (idea, other):
        assert client.post(f"/me/mail/ideas/{one.id}", data={"stop": "1"}).status_code == 303
    assert told(me.id, idea.id, other.id) == [False, False]
    assert client.get("/me/mail").text.count("Hear again") == 2
    for one in (idea, other):
        client.post(f"/me/mail/ideas/{one.id}", data={"start": "1"})
    assert told(me.id, idea.id, other.id) == [True, True]


def test_all_mail_is_stopped_and_started_again_and_single_stops_stay(client: Client) -> None:
    me, idea, other = factories.person(), factories.idea(), factories.idea()
    for one in (idea, other):
        voting.cast(one.id, person_id=me.id)
    client.sign_in(me)
    client.post(f"/me/mail/ideas/{other.id}", data={"stop": "1"})
    client.post("/me/mail", data={"stop": "1"})
    assert "You said no to all mail that can be stopped" in client.get("/me/mail").text
    assert "You said no to all mail that can be stopped" in client.get("/me").text
    assert told(me.id, idea.id, other.id) == [False, False]
    client.post("/me/mail", data={"start": "1"})

    assert told(me.id, idea.id, other.id) == [True, False]


@pytest.mark.parametrize("do", ["stop", "start"])
def test_an_idea_that_they_do_not_hear_about_is_none_of_theirs(client: Client, do: str) -> None:
    me, idea = factories.person(), factories.idea()
    client.sign_in(me)
    answers = [client.post(f"/me/mail/ideas/{n}", data={do: "1"}) for n in (idea.id, 999_999)]

    assert [one.status_code for one in answers] == [404 if do == "stop" else 303] * 2
    assert told(me.id, idea.id) == [False]


def test_a_title_that_is_not_public_is_not_told(client: Client) -> None:
    me = factories.person()
    idea = factories.idea(title="Xylograph")
    own = factories.idea(title="My own", author_id=me.id, publication=Publication.HIDDEN)
    voting.cast(idea.id, person_id=me.id)
    subscribing.follow(own.id, person_id=me.id, reason=Reason.WROTE)
    idea.publication = Publication.HIDDEN
    page = client.sign_in(me).get("/me/mail").text

    assert "Xylograph" not in page
    assert f"Idea {idea.id}" in page
    assert "My own" in page


@pytest.mark.parametrize("number", [1, 3, 21])
def test_what_i_hear_costs_the_same_for_one_and_for_many(
    client: Client, statements: list[str], number: int
) -> None:
    me = factories.person()
    for _ in range(number):
        voting.cast(factories.idea().id, person_id=me.id)
    client.sign_in(me).get("/me/mail")
    statements.clear()
    page = client.get("/me/mail").text

    assert page.count("You voted for it") == min(number, 20)
    assert ("?after=" in page) == (number > 20)
    assert len(statements) == 4
