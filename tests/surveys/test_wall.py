"""The code on the wall: whoever opens it answers once, and nothing says who that was."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import clock, config
from portal.core.database import db
from portal.policy import Role
from portal.programs import closing
from portal.programs.closing import Count
from portal.programs.lifecycle import ProgramStage, SessionStage
from portal.programs.models import Admission, Program, Session
from portal.surveys import answering, counting, guessing, invariants, reporting, wall
from portal.surveys.models import Answer, Survey, Ticket, WayIn
from tests import factories
from tests.conftest import Client
from tests.surveys.conftest import Asked, agreeing, held, session_program
from tests.surveys.test_views import TICKS


def begun(minutes_ago: int = 60, *, number: int = 1, **values: Any) -> Session:
    """A session of two hours to which people just come."""
    usual: dict[str, Any] = {"admission": Admission.OPEN, "planner_id": factories.librarian().id}
    starts = clock.now() - timedelta(minutes=minutes_ago)
    made = factories.session(
        factories.program(**usual | values), starts=starts, capacity=0, number=number
    )
    db.session.commit()
    return made


def browser(app: Flask) -> Client:
    made = app.test_client()
    assert isinstance(made, Client)
    return made


def drawn(client: Client, session: Session) -> str:
    page = client.post(wall.picture(session.id))
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert (page.status_code, found is not None) == (200, True)
    return found[1] if found else ""


def sent(client: Client, session: Session, ticket: str) -> int:
    path = f"{wall.picture(session.id)}/answer"
    return client.post(path, data=TICKS | {"ticket": ticket}).status_code


def answered(session: Session, number: int) -> None:
    """So many who came have answered."""
    for reply in agreeing(number):
        answering.answer(wall.draw_ticket(session.id), reply, at_wall_of=session.id)
    db.session.commit()


def kept() -> list[WayIn]:
    db.session.rollback()
    return list(db.session.scalars(select(Answer.way)))


@pytest.mark.parametrize("way_there", [wall.picture, wall.address])
def test_from_the_wall_to_thank_you(client: Client, way_there: Any) -> None:
    at = begun()
    path = way_there(at.id)
    first = client.get(path)
    assert (first.status_code, "How was “Repair café”?" in first.text) == (200, True)
    assert db.session.scalars(select(Survey)).all() == []
    page = client.post(path)
    assert page.text.count('type="radio"') == 25
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket
    empty = client.post(f"{path}/answer", data={"ticket": ticket[1]})
    assert (empty.status_code, f'action="{path}/answer"' in empty.text) == (422, True)

    done = client.post(f"{path}/answer", data=TICKS | {"ticket": ticket[1]})

    assert (done.status_code, done.location) == (303, "/s/thanks")
    assert kept() == [WayIn.WALL]
    [survey] = db.session.scalars(select(Survey))
    assert (survey.way, survey.invited, survey.opened_at) == (WayIn.WALL, 0, at.starts_at)
    assert survey.closes_at == at.ends_at + timedelta(days=14)
    assert db.session.scalars(select(Ticket)).all() == []


def test_a_browser_that_has_answered_says_so_and_no_more(client: Client, app: Flask) -> None:
    at, other = begun(), begun()
    done = client.post(f"{wall.picture(at.id)}/answer", data=TICKS | {"ticket": drawn(client, at)})
    [cookie] = done.headers.getlist("Set-Cookie")
    said = {part.strip().partition("=")[0]: part.partition("=")[2] for part in cookie.split(";")}
    assert (said["answered"], said["Path"]) == ("yes", f"/s/{at.id}")
    assert {"answered", "Path", "Expires", "Max-Age", "HttpOnly", "SameSite"} == said.keys()

    for again in (client.get(wall.address(at.id)), client.post(wall.picture(at.id))):
        assert (again.status_code, "answered already" in again.text) == (410, True)
    ticket = drawn(browser(app), at)
    assert sent(client, at, ticket) == 410
    assert sent(client, other, drawn(client, other)) == 303
    assert sent(browser(app), at, ticket) == 303
    assert kept() == [WayIn.WALL] * 3


def test_a_ticket_is_good_once_and_by_the_way_it_came(app: Flask, ask: Asked) -> None:
    at, other = begun(), begun()
    [mailed, *_rest] = ask(held(5))
    ticket = drawn(browser(app), at)

    assert sent(browser(app), at, mailed) == 410
    assert sent(browser(app), other, ticket) == 410
    assert browser(app).post("/s/answer", data=TICKS | {"ticket": ticket}).status_code == 410
    assert kept() == []
    assert sent(browser(app), at, ticket) == 303
    assert sent(browser(app), at, ticket) == 410
    assert kept() == [WayIn.WALL]


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (lambda at: clock.move(-timedelta(hours=2)), 403, "It has not begun yet."),
        (lambda at: clock.move(timedelta(days=14, hours=2)), 410, "This survey has closed."),
        (lambda at: setattr(at, "stage", SessionStage.CANCELLED), 410, "does not take place"),
        (
            lambda at: setattr(session_program(at), "admission", Admission.SEATS),
            404,
            "There is nothing here",
        ),
        (
            lambda at: setattr(session_program(at), "stage", ProgramStage.PLANNING),
            404,
            "There is nothing here",
        ),
    ],
)
def test_it_is_open_from_the_start_until_the_survey_closes_and_for_who_just_came(
    client: Client, change: Any, status: int, words: str
) -> None:
    at = begun(minutes_ago=1)
    assert client.get(wall.picture(at.id)).status_code == 200
    ticket = drawn(client, at)
    change(at)

    for answer in (client.get(wall.address(at.id)), client.post(wall.picture(at.id))):
        assert (answer.status_code, words in answer.text) == (status, True)
    assert sent(client, at, ticket) == status
    assert kept() == []


def test_what_was_held_without_the_portal_has_no_code(client: Client) -> None:
    at = begun(stage=ProgramStage.DONE, announced_at=None)

    assert client.get(wall.picture(at.id)).status_code == 404


def test_guesses_at_its_letters_are_few_and_the_picture_is_never_held_back(
    client: Client,
) -> None:
    at, other = begun(), begun()
    wrong = wall.address(other.id).replace(f"/{other.id}/", f"/{at.id}/")
    for _ in range(guessing.MISSES):
        assert client.get(wrong).status_code == 404

    assert client.get(wall.address(at.id)).status_code == 429
    assert client.get(wall.picture(at.id)).status_code == 200
    assert client.get(wall.picture(other.id).replace(str(other.id), str(at.id))).status_code == 429
    clock.move(timedelta(minutes=1))
    assert client.get(f"/s/{at.id}/{wall.letters(at.id).lower()}").status_code == 200


def test_from_one_address_two_hundred_an_hour_and_more_where_many_share_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guessing.DRAWN == 200
    monkeypatch.setattr(guessing, "DRAWN", 3)
    at = begun()

    def draw(address: str) -> int:
        source = {"REMOTE_ADDR": address}
        return browser(app).post(wall.picture(at.id), environ_base=source).status_code

    assert [draw("203.0.113.9") for _ in range(4)] == [200, 200, 200, 429]
    assert draw("203.0.113.10") == 200
    clock.move(timedelta(hours=1))
    assert draw("203.0.113.9") == 200
    settings: config.Config = app.extensions["portal"]
    trusted = config.read({"PORTAL_TRUSTED_SOURCES": "203.0.113.0/24"}).trusted_sources
    fields = {name: getattr(settings, name) for name in config.Config.__dataclass_fields__}
    shared = config.Config(**fields | {"trusted_sources": trusted})
    monkeypatch.setitem(app.extensions, "portal", shared)
    assert [draw("203.0.113.9") for _ in range(4)] == [200] * 4


def test_of_few_nobody_is_asked_and_no_more_answer_than_were_counted(client: Client) -> None:
    few, many = begun(180), begun(180)
    answered(many, 5)
    for at, heads in ((few, 4), (many, 6)):
        closing.close(at.id, Count(heads=heads), by=factories.actor(Role.LIBRARIAN))
    db.session.commit()

    assert "So few came that anybody could be guessed." in client.get(wall.picture(few.id)).text
    assert sent(client, many, drawn(client, many)) == 303
    late = client.application.test_client().get(wall.picture(many.id))
    assert (late.status_code, "As many have answered as came." in late.text) == (410, True)


def test_who_is_signed_in_is_neither_read_nor_written(
    client: Client, statements: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    at = begun()
    client.sign_in(factories.person())
    clock.move(timedelta(minutes=30))  # so that a look at the device would be marked
    statements.clear()
    with caplog.at_level(logging.DEBUG):
        ticket = drawn(client, at)
        assert sent(client, at, ticket) == 303

    assert not [one for one in statements if "devices" in one or " people " in one]
    written = {" ".join(one.split()[:3]) for one in statements if not one.startswith("SELECT")}
    assert written == {
        *("UPDATE instruments SET", "INSERT INTO surveys", "INSERT INTO survey_tickets"),
        *("DELETE FROM survey_tickets", "INSERT INTO survey_answers"),
    }
    assert caplog.records == []


def test_tickets_that_nobody_used_go_when_it_closes_and_the_rules_hold(app: Flask) -> None:
    at = begun()
    answered(at, 6)
    for _ in range(4):
        wall.draw_ticket(at.id)
    db.session.commit()
    assert [*invariants.tickets(), *invariants.ways()] == []
    clock.move(timedelta(days=15))
    counting.count_due()

    assert db.session.scalars(select(Ticket)).all() == []
    [survey] = db.session.scalars(select(Survey))
    assert (survey.tallied, survey.complete) == (6, True)
    assert [*invariants.tickets(), *invariants.counted(), *invariants.ways()] == []


def closed(answers: int, heads: int) -> Program:
    at = begun(180)
    answered(at, answers)
    closing.close(at.id, Count(heads=heads), by=factories.actor(Role.LIBRARIAN))
    db.session.commit()
    counting.count_due()
    return session_program(at)


def test_results_say_how_many_answers_and_how_many_people_and_make_no_rate(
    client: Client,
) -> None:
    program = closed(answers=12, heads=31)
    client.sign_in(factories.librarian())
    page = client.get(f"/staff/events/{program.id}/1/answers").text
    assert "12 answers came by the code at the event; 31 people were counted there." in page
    assert "people asked" not in page
    reporting.save(
        program.id,
        by=factories.actor(Role.LIBRARIAN),
        sentence="Good.",
        next_step="Again.",
        delivered={},
    )
    reporting.publish(program.id, by=factories.actor(Role.LIBRARIAN))
    db.session.commit()

    public = client.get(f"/results/{program.id}").text

    assert "12 answers came by a code at the event, without a name." in public
    assert "31 people were counted there." in public
    assert "answers from 31 visits" in public
    assert "people asked" not in public


def test_more_answers_than_people_are_told_as_what_they_are(client: Client) -> None:
    program = closed(answers=12, heads=10)
    page = client.sign_in(factories.librarian()).get(f"/staff/events/{program.id}/1/answers").text

    assert "12 answers came by the code at the event; 10 people were counted there." in page
    assert "More answers than people" in page


def test_the_sheet_has_the_address_and_the_event_leads_to_it(client: Client) -> None:
    at, seated = begun(-60), factories.session(factories.program())
    client.sign_in(factories.librarian())
    path = f"/staff/events/{at.program_id}"
    assert f'href="{path}/1/code"' in client.get(path).text
    page = client.get(f"{path}/1/code").text
    assert f"localhost{wall.address(at.id)}" in page
    assert "<svg" in page
    assert client.get(f"/staff/events/{seated.program_id}/1/code").status_code == 404
    assert "/1/code" not in client.get(f"/staff/events/{seated.program_id}").text
    assert "Nobody has answered yet" in client.get(f"{path}/1/answers").text
    clock.move(timedelta(days=16))
    assert client.get(f"{path}/1/code").status_code == 404
