"""For somebody who stands at the desk and has no e-mail."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit.models import Entry
from portal.core.checking import registered
from portal.core.database import db
from portal.core.errors import Forbidden, Missing
from portal.ideas import voting, writing
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea, Revision, Vote
from portal.ideas.writing import Draft
from portal.mail.models import Outgoing
from portal.policy import Actor, Role
from portal.programs import registering
from portal.programs.lifecycle import SeatState
from portal.programs.models import Registration, Session
from portal.programs.registering import Party
from portal.settings.models import Library
from tests import factories
from tests.conftest import Client

IDEA = {"title": "Seed swap", "happens": "We swap seeds.", "need": "Gardens are empty."}


def count(*which: object) -> int:
    return db.session.scalar(select(func.count()).where(*which)) or 0  # type: ignore[arg-type]


def drifts() -> list[str]:
    db.session.rollback()
    return [sentence for check in registered for sentence in check.find()]


# Ideas ------------------------------------------------------------------------------------------


def test_an_idea_from_the_desk_is_public_and_nobody_s_vote(client: Client) -> None:
    staff = factories.librarian()
    client.sign_in(staff)
    answer = client.post("/staff/ideas/new", data=IDEA)
    idea = db.session.scalars(select(Idea)).one()

    assert (answer.status_code, answer.location) == (303, f"/ideas/{idea.id}-seed-swap")
    assert (idea.publication, idea.at_desk, idea.author_id) == (Publication.PUBLISHED, True, None)
    assert (idea.votes, idea.desk_votes, count(Vote.idea_id == idea.id)) == (0, 1, 0)
    revision = db.session.scalars(select(Revision)).one()
    assert (revision.by_id, revision.approved_by) == (staff.id, staff.id)
    assert db.session.scalars(select(Entry.action)).all() == ["idea.enter"]
    assert drifts() == []
    page = client.get(answer.location).text
    assert f"It is public, as idea {idea.id}." in page
    assert "<b>a neighbor</b>, at the desk" in page
    assert "And 1 person at the desk, without an email, counted apart and towards the goal." in page
    assert "1 at the desk" in client.get("/ideas").text
    assert "Seed swap" in client.get("/ideas?q=seeds").text


def test_a_double_press_writes_down_one_idea(client: Client) -> None:
    client.sign_in(factories.librarian())
    first, second = (client.post("/staff/ideas/new", data=IDEA).location for _ in range(2))

    assert first == second
    assert db.session.scalars(select(Idea.desk_votes)).all() == [1]


def test_where_one_is_enough_the_clock_starts_with_the_idea(app: Flask) -> None:
    library = db.session.get_one(Library, 1)
    library.vote_goal, library.version = 1, library.version + 1
    staff = Actor(id=factories.librarian().id, grants=frozenset({(Role.LIBRARIAN, None)}))
    idea = writing.enter(Draft(title="x", happens="y", need="z"), by=staff)

    assert (idea.stage, idea.answer_due_on is not None) == (Stage.UNDER_REVIEW, True)


def test_what_is_wrong_is_said_and_nothing_is_lost(client: Client) -> None:
    client.sign_in(factories.librarian())
    answer = client.post("/staff/ideas/new", data=IDEA | {"need": " "})

    assert answer.status_code == 422
    assert "Tell us why it matters here" in answer.text
    assert "We swap seeds." in answer.text
    assert count(Idea.id > 0) == 0


def test_staff_of_one_branch_write_down_ideas_for_it(client: Client) -> None:
    main, east = factories.branch(), factories.branch("EAST")
    client.sign_in(factories.person(Role.LIBRARIAN, branch_id=east.id))
    elsewhere = client.post("/staff/ideas/new", data=IDEA | {"branch": str(main.id)})
    here = client.post("/staff/ideas/new", data=IDEA | {"branch": str(east.id)})

    assert (elsewhere.status_code, here.status_code) == (422, 303)
    assert "Seed swap" in elsewhere.text


def test_what_looks_the_same_counts_them_and_not_the_librarian(client: Client) -> None:
    client.sign_in(factories.librarian())
    client.post("/staff/ideas/new", data=IDEA)
    for path in ("/staff/ideas/new?title=seed", "/ideas/similar?desk=1&title=seed+swap"):
        assert "/vote" not in client.get(path).text
    fragment = client.get("/ideas/similar?desk=1&title=seed+swap").text
    found = re.search(r'formaction="(/staff/ideas/\d+/support)"', fragment)
    assert found
    client.post(found[1], data=IDEA)
    db.session.rollback()
    idea = db.session.scalars(select(Idea)).one()

    assert (idea.desk_votes, idea.votes) == (2, 0)
    assert "/vote" in client.get("/ideas/similar?title=seed+swap").text


def test_support_is_counted_and_taken_back_and_never_below_none(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian())
    seen = []
    for sent in ({"more": "1"}, {"more": "1"}, {"less": "1"}, {"less": "1"}, {"less": "1"}):
        assert client.post(f"/staff/ideas/{idea.id}/support", data=sent).status_code == 303
        db.session.rollback()
        seen.append(db.session.get_one(Idea, idea.id).desk_votes)

    assert seen == [1, 2, 1, 0, 0]
    assert count(Entry.action == "idea.support_at_desk") == 5


def test_it_counts_towards_the_goal_and_not_as_a_vote(app: Flask) -> None:
    staff = Actor(id=factories.librarian().id, grants=frozenset({(Role.LIBRARIAN, None)}))
    idea = factories.idea()
    for _ in range(20):
        voting.cast(idea.id, person_id=factories.person().id)
    voting.support_at_desk(idea.id, by=staff, people=4)
    assert idea.goal_reached_at is None
    voting.support_at_desk(idea.id, by=staff, people=1)

    assert idea.goal_reached_at is not None
    assert (idea.votes, idea.desk_votes, idea.stage) == (20, 5, Stage.UNDER_REVIEW)


def test_residents_write_nothing_down(app: Flask) -> None:
    idea, resident = factories.idea(), Actor(id=factories.person().id)
    with pytest.raises(Forbidden):
        writing.enter(Draft(title="x", happens="y", need="z"), by=resident)
    with pytest.raises(Forbidden):
        voting.support_at_desk(idea.id, by=resident, people=1)


# Seats ------------------------------------------------------------------------------------------


def seat_page(at: Session) -> str:
    return f"/staff/events/{at.program_id}/{at.number}/seat"


def test_a_seat_by_name_alone_and_the_ticket_to_print(client: Client) -> None:
    at = factories.session(factories.program())
    client.sign_in(factories.librarian())
    assert f'href="{seat_page(at)}"' in client.get(f"/staff/events/{at.program_id}").text
    sent = {"name": "Rosa", "seats": "2", "needs": "555-1234"}
    answer = client.post(seat_page(at), data=sent)
    seat = db.session.scalars(select(Registration)).one()

    assert answer.location == f"/t/{seat.code}"
    assert (seat.at_desk, seat.name, seat.party, seat.state) == (True, "Rosa", 2, "registered")
    assert (seat.email, seat.person_id, seat.remind) == (None, None, False)
    assert db.session.get_one(Session, at.id).taken == 2
    assert count(Outgoing.id > 0) == 0
    assert drifts() == []
    ticket = client.get(answer.location).text
    assert "The seat is saved. Print the ticket for them." in ticket
    assert "It was saved at the desk." in ticket
    assert "by email" not in ticket
    assert "Tell us at any desk" in ticket
    assert "From the desk" in client.get(f"/staff/events/{at.program_id}/1/door").text


def test_the_question_of_the_event_is_asked_at_the_desk_too(client: Client) -> None:
    at = factories.session(factories.program(question="Which language do you speak?"))
    client.sign_in(factories.librarian())
    assert "Which language do you speak?" in client.get(seat_page(at)).text
    client.post(seat_page(at), data={"name": "Rosa", "seats": "1", "answer": "Polish"})

    assert db.session.scalars(select(Registration.answer)).one() == "Polish"


def test_two_of_one_name_are_two(client: Client) -> None:
    at = factories.session(factories.program())
    client.sign_in(factories.librarian())
    for _ in range(2):
        client.post(seat_page(at), data={"name": "Rosa", "seats": "1"})

    assert count(Registration.name == "Rosa") == 2


def test_a_double_press_is_one_seat_and_the_back_button_another(client: Client) -> None:
    at = factories.session(factories.program())
    client.sign_in(factories.librarian())
    drawn = re.search(r'name="drawn"[^>]*value="([^"]+)"', client.get(seat_page(at)).text)
    assert drawn
    sent = {"name": "Rosa", "seats": "1", "drawn": drawn[1]}
    first, second = (client.post(seat_page(at), data=sent).location for _ in range(2))
    third = client.post(seat_page(at), data=sent | {"name": "Gus"}).location

    assert first == second == f"/t/{drawn[1][:8]}"
    assert third != first
    db.session.rollback()
    assert db.session.get_one(Session, at.id).taken == 2


def test_where_it_is_full_nobody_waits_without_an_address(client: Client) -> None:
    at = factories.session(factories.program(), capacity=2)
    factories.registration(at)
    client.sign_in(factories.librarian())
    answer = client.post(seat_page(at), data={"name": "Rosa", "seats": "2"})

    assert answer.status_code == 422
    assert "There are not so many free seats." in answer.text
    assert 'value="Rosa"' in answer.text
    assert count(Registration.at_desk) == 0


def test_nobody_is_seated_past_those_who_wait(client: Client) -> None:
    at = factories.session(factories.program(), capacity=3)
    factories.registration(at, party=2)
    db.session.commit()
    waits = registering.register(at.id, Party(name="Gus", email="gus@example.org", seats=3))
    registering.wait_on(waits.id)
    client.sign_in(factories.librarian())

    assert client.post(seat_page(at), data={"name": "Rosa", "seats": "1"}).status_code == 422


@pytest.mark.parametrize("sent", [{}, {"name": " "}, {"name": "R", "seats": "9"}])
def test_bad_input_comes_back_with_a_sentence(client: Client, sent: dict[str, str]) -> None:
    at = factories.session(factories.program(), capacity=20)
    client.sign_in(factories.librarian())
    answer = client.post(seat_page(at), data={"seats": "1"} | sent)

    assert answer.status_code == 422
    assert 'id="errors"' in answer.text


def test_it_is_given_back_where_it_was_saved_and_only_there(client: Client) -> None:
    at = factories.session(factories.program(), capacity=1)
    client.sign_in(factories.librarian())
    client.post(seat_page(at), data={"name": "Rosa", "seats": "1"})
    seat = db.session.scalars(select(Registration)).one()
    next_one = registering.register(at.id, Party(name="Gus", email="gus@example.org"))
    other = factories.session(factories.program())
    path = f"{seat_page(at)}/{seat.id}/cancel"
    assert f'action="{path}"' in client.get(f"/t/{seat.code}").text
    assert client.post(f"{seat_page(other)}/{seat.id}/cancel").status_code == 404
    assert client.post(f"{seat_page(at)}/{next_one.id}/cancel").status_code == 404
    assert client.post(path).status_code == 303
    db.session.rollback()

    assert db.session.get_one(Registration, seat.id).state is SeatState.CANCELLED
    assert db.session.get_one(Registration, next_one.id).state is SeatState.OFFERED


def test_who_gave_no_address_is_called_when_the_date_is_cancelled(client: Client) -> None:
    at = factories.session(factories.program())
    client.sign_in(factories.librarian())
    client.post(seat_page(at), data={"name": "Rosa", "seats": "1", "needs": "555-1234"})
    guest = factories.registration(at)
    page = f"/staff/events/{at.program_id}"
    assert "555-1234" not in client.get(page).text
    client.post(f"{page}/1/cancel", data={"reason": "The roof leaks."})

    assert "Rosa: 555-1234" in client.get(page).text
    east = factories.branch("EAST").id
    client.sign_in(factories.person(Role.LIBRARIAN, branch_id=east))
    assert "Rosa" not in client.get(page).text
    assert db.session.scalars(select(Outgoing.address)).all() == [guest.email]


def test_seats_of_another_branch_are_not_theirs(app: Flask) -> None:
    at = factories.session(factories.program())
    seat = factories.registration(at, email=None, at_desk=True)
    east = factories.branch("EAST").id
    stranger = Actor(id=factories.person().id, grants=frozenset({(Role.LIBRARIAN, east)}))
    db.session.commit()
    with pytest.raises(Forbidden):
        registering.register_at_desk(at.id, Party(name="Rosa"), by=stranger)
    with pytest.raises(Forbidden):
        registering.cancel_at_desk(at.id, seat.id, by=stranger)
    with pytest.raises(Missing):
        registering.cancel_at_desk(
            at.id,
            factories.registration(at).id,
            by=Actor(id=1, grants=frozenset({(Role.LIBRARIAN, None)})),
        )
