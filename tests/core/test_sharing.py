"""A stranger's page is given to the next stranger until anything is written, and to nobody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from portal.app import create_app
from portal.core import clock, sharing
from portal.core.config import Config
from portal.core.database import db, transaction
from portal.core.sharing import shared
from portal.core.web import open_to_all
from portal.ideas import voting
from portal.ideas.lifecycle import Publication
from tests import factories
from tests.conftest import Client

Asks = Callable[..., int]
LONGEST = sharing.LONGEST


@pytest.fixture
def asks(client: Client, statements: list[str], monkeypatch: pytest.MonkeyPatch) -> Asks:
    """How many statements an answer took: none where it was there already."""
    monkeypatch.setattr(sharing, "LONGEST", LONGEST)

    def ask(path: str, *, who: Client = client, status: int = 200, **headers: str) -> int:
        db.session.commit()
        statements.clear()
        assert who.get(path, headers=headers).status_code == status
        return len(statements)

    return ask


@pytest.mark.parametrize("path", ["/", "/ideas", "/ideas/{}", "/events", "/results", "/help"])
def test_the_next_stranger_gets_the_same(client: Client, asks: Asks, path: str) -> None:
    path = client.get(path.format(factories.idea().id), follow_redirects=True).request.path
    first = client.get(path)

    assert asks(path) == 0
    second = client.get(path)
    assert (second.data, second.headers.to_wsgi_list()) == (
        first.data,
        first.headers.to_wsgi_list(),
    )


def test_whatever_is_written_is_seen_at_once(app: Flask, client: Client) -> None:
    idea = factories.idea(title="Repair evenings")
    path = client.get(f"/ideas/{idea.id}").headers["Location"]
    assert "Repair evenings" in client.get(path).text

    with transaction():
        voting.cast(idea.id, person_id=factories.person().id)
    assert "<b>1</b><span>vote</span>" in client.get(path).text

    with transaction():
        idea.title = "Repair mornings"
    assert client.get(path).status_code == 301


def test_of_the_address_the_question_and_the_colours_there_are_pages_of_their_own(
    app: Flask, client: Client, asks: Asks
) -> None:
    factories.idea()
    assert asks("/ideas") > 0
    assert asks("/ideas") == 0
    assert asks("/ideas?stage=open") > 0
    assert asks("/ideas", **{"Accept-Encoding": "gzip"}) > 0
    assert asks("/ideas", **{"HX-Request": "true"}) > 0
    client.set_cookie("theme", "dark")
    assert asks("/ideas") > 0
    assert 'data-theme="dark"' in client.get("/ideas").text
    assert asks("/ideas") == 0


def test_who_is_known_or_brings_a_cookie_gets_their_own(app: Flask, asks: Asks) -> None:
    factories.idea()
    known, other = app.test_client(), app.test_client()
    assert isinstance(known, Client)
    assert isinstance(other, Client)
    known.sign_in(factories.person(name="Rosa Meyer"))
    other.set_cookie("waiting", "x")
    for path in ("/", "/ideas"):
        asks(path)
        assert asks(path) == 0
        assert asks(path, who=known) > 0
        assert "Rosa Meyer" in known.get(path).text
        assert asks(path, who=other) > 0
        assert asks(path) == 0


def test_what_is_wrong_or_leads_elsewhere_is_not_kept(asks: Asks) -> None:
    idea = factories.idea()
    for _twice in range(2):
        assert asks(f"/ideas/{idea.id}", status=301) > 0
        assert asks("/ideas/2000000", status=404) > 0


def test_pages_speak_of_time_so_they_are_made_again(asks: Asks) -> None:
    asks("/events")
    assert asks("/events") == 0
    clock.move(LONGEST)
    assert asks("/events") > 0
    assert asks("/events") == 0
    clock.move(-timedelta(hours=1))
    assert asks("/events") > 0


def test_what_is_written_while_a_page_is_made_makes_it_old(app: Flask, settings: Config) -> None:
    """By another process, as it were: on a connection of its own."""
    writes = [False, True]
    other, elsewhere = create_app(settings, TESTING=True), create_engine(settings.database_url)

    @other.get("/probe")
    @open_to_all
    @shared
    def probe() -> str:
        found = db.session.scalar(text("SELECT name FROM libraries"))
        if writes.pop():  # an answer that was kept does not come here
            with elsewhere.begin() as connection:
                connection.execute(text("UPDATE libraries SET name = 'Written'"))
        return str(found)

    reader = other.test_client()
    assert reader.get("/probe").text != "Written"
    assert [reader.get("/probe").text for _ in range(2)] == ["Written"] * 2
    assert writes == []
    elsewhere.dispose()
    with other.app_context():
        db.engine.dispose()


def test_what_was_hidden_is_hidden_for_strangers_at_once(app: Flask, client: Client) -> None:
    idea = factories.idea(title="Repair evenings")
    path = client.get(f"/ideas/{idea.id}").headers["Location"]
    assert client.get(path).status_code == 200
    assert "Repair evenings" in client.get("/ideas").text

    with transaction():
        idea.publication = Publication.HIDDEN
    assert client.get(path).status_code == 404
    assert "Repair evenings" not in client.get("/ideas").text


def test_no_more_than_so_many_are_kept(app: Flask, client: Client) -> None:
    for n in range(sharing.MOST + 5):
        client.get(f"/help?{n}")

    assert len(app.extensions["sharing"].pages) == sharing.MOST


def test_where_the_database_does_not_say_it_every_page_is_made(
    app: Flask, asks: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks("/events")
    wrong = dict.fromkeys(sharing.MARKS, "SELECT nothing_of_this_name")
    monkeypatch.setattr(sharing, "MARKS", wrong)
    assert asks("/events") > 0
    monkeypatch.undo()
    assert asks("/events") > 0
    assert asks("/events") == 0
