"""The first administrator comes from the command line, and signs in by its link."""

from datetime import timedelta

from click.testing import Result
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Grant, Person, SignIn
from portal.audit.models import Entry
from portal.core import clock
from portal.core.database import db
from portal.policy import Role
from tests import factories
from tests.conftest import Client


def run(app: Flask, *words: str) -> Result:
    db.session.commit()
    return app.test_cli_runner().invoke(args=["portal", *words])


def test_somebody_new_becomes_staff(app: Flask) -> None:
    words = ("person", "ada@example.org", "--role", "administrator", "--role", "librarian")
    for _ in range(2):
        result = run(app, *words, "--name", "Ada\nL.")
        assert result.exit_code == 0, result.output

    person = db.session.scalars(select(Person)).one()
    assert (person.email, person.name) == ("ada@example.org", "Ada L.")
    roles = db.session.scalars(select(Grant.role).order_by(Grant.id)).all()
    assert roles == [Role.ADMINISTRATOR, Role.LIBRARIAN]
    assert db.session.scalars(select(Entry.action)).all() == ["person.grant"] * 2
    assert "flask portal link ada@example.org" in result.output


def test_somebody_known_keeps_their_name(app: Flask) -> None:
    known = factories.person(name="Ada")
    run(app, "person", str(known.email).upper(), "--role", "librarian")

    db.session.refresh(known)
    assert known.name == "Ada"
    assert db.session.scalars(select(Grant.person_id)).all() == [known.id]


def test_what_is_wrong_is_said_and_nothing_done(app: Flask) -> None:
    for words in (
        ("person", "ada", "--role", "librarian"),
        ("person", "ada@example.org"),
        ("person", "ada@example.org", "--role", "king"),
        ("person", "ada@example.org", "--role", "resident"),
        ("link", "ada"),
    ):
        result = run(app, *words)
        assert result.exit_code == 2
        assert "Traceback" not in result.output

    assert db.session.scalars(select(Person)).all() == []


def test_a_link_signs_in_once_in_any_browser(app: Flask, client: Client) -> None:
    known = factories.person(Role.MANAGER)
    result = run(app, "link", str(known.email))
    address = result.stdout.strip()

    assert address.startswith("http://localhost/sign-in/link/")
    assert str(known.email) in client.get(address).text
    assert client.post(address).location == "/"
    assert client.get("/me/password").status_code == 200
    other = app.test_client()
    assert other.post(address).location == address.removeprefix("http://localhost")
    assert other.get("/me/password").status_code == 303


def test_a_link_lasts_ten_minutes(app: Flask, client: Client) -> None:
    known = factories.person()
    address = run(app, "link", str(known.email)).stdout.strip()
    with clock.moved_to(clock.now() + timedelta(minutes=10)):
        assert client.get(address).status_code == 410


def test_no_code_signs_in_for_a_link_that_was_printed(app: Flask, client: Client) -> None:
    known = factories.person()
    run(app, "link", str(known.email))

    assert client.post("/sign-in/code", data={"code": "000000"}).status_code == 422
    assert db.session.scalars(select(SignIn.tries)).all() == [0]


def test_nobody_gets_no_link(app: Flask) -> None:
    result = run(app, "link", "nobody@example.org")

    assert result.exit_code == 1
    assert "flask portal person nobody@example.org" in result.output


def test_a_library_begins_with_its_administrator(app: Flask) -> None:
    for _ in range(2):
        result = run(app, "init", "--administrator", "ada@example.org")
        assert result.exit_code == 0, result.output

    ada = db.session.scalars(select(Person)).one()
    assert (ada.email, db.session.scalars(select(Grant.role)).all()) == (
        "ada@example.org",
        [Role.ADMINISTRATOR],
    )
    assert "There is a library here already" in result.output
    assert "flask portal link ada@example.org" in result.output
    assert run(app, "init", "--administrator", "ada").exit_code == 2
