"""Browsers in which somebody is signed in, and how that ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Device, SignIn
from portal.core import clock
from portal.core.database import db
from portal.core.tokens import digest
from tests import factories
from tests.accounts.conftest import (
    another,
    ask,
    sign_out,
    signed_in,
    with_token,
)
from tests.conftest import Client


def test_a_shared_computer_forgets_after_15_quiet_minutes(client: Client) -> None:
    letter = ask(client, shared="y")
    answer = client.post("/sign-in/code", data={"code": letter.code})
    assert "expires" not in answer.headers["Set-Cookie"].lower()

    start = clock.now()
    with clock.moved_to(start + timedelta(minutes=14)):
        assert client.get("/sign-in").status_code == 303
    with clock.moved_to(start + timedelta(minutes=28)):
        assert client.get("/sign-in").status_code == 303
    with clock.moved_to(start + timedelta(minutes=43, seconds=1)):
        page = client.get("/sign-in")
    assert page.status_code == 200
    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get_cookie("session") is None


@pytest.mark.parametrize(("shared", "cleared"), [({"shared": "y"}, True), ({}, False)])
def test_a_shared_computer_is_left_with_nothing(
    client: Client, shared: dict[str, str], cleared: bool
) -> None:
    client.post(ask(client, **shared).link)
    answer = with_token(client).post("/sign-out")

    assert ("Clear-Site-Data" in answer.headers) is cleared
    assert client.get_cookie("session") is None


def test_who_signs_in_ends_what_this_browser_was_before(client: Client) -> None:
    client.post(ask(client).link)
    row = SignIn(
        email="jane@example.org",
        token_hash=digest("another"),
        expires_at=clock.now() + timedelta(minutes=10),
    )
    factories.kept(row)
    with_token(client).post("/sign-in/link/another")
    ended = db.session.scalars(select(Device).order_by(Device.id)).all()

    assert signed_in(client) == "jane@example.org"
    assert [device.ended_at is None for device in ended] == [False, True]


def test_another_computer_remembers_for_a_month(client: Client) -> None:
    letter = ask(client)
    answer = client.post("/sign-in/code", data={"code": letter.code})
    assert "expires" in answer.headers["Set-Cookie"].lower()

    with clock.moved_to(clock.now() + timedelta(days=29)):
        assert client.get("/sign-in").status_code == 303
    with clock.moved_to(clock.now() + timedelta(days=31)):
        assert client.get("/sign-in").status_code == 200


def test_signing_out_ends_the_row_so_that_a_copy_of_the_cookie_is_worth_nothing(
    client: Client,
) -> None:
    letter = ask(client)
    client.post("/sign-in/code", data={"code": letter.code})
    copied = client.get_cookie("session")
    assert copied is not None
    sign_out(client)
    thief = another(client)
    thief.set_cookie("session", copied.value)

    assert client.get_cookie("session") is None
    assert thief.get("/sign-in").status_code == 200


def test_every_sign_in_has_a_new_key_and_forgets_what_the_browser_held(client: Client) -> None:
    with client.session_transaction() as session:
        session["_user_id"] = "chosen by somebody else"
        session["planted"] = "here"
    keys = []
    for _ in range(2):
        with client.session_transaction() as session:
            session.pop("_user_id")
        letter = ask(client)
        client.post("/sign-in/code", data={"code": letter.code})
        with client.session_transaction() as session:
            keys.append(session["_user_id"])
            assert "planted" not in session
            assert "browser" not in session

    assert len({"chosen by somebody else", *keys}) == 3


def test_a_cookie_of_a_device_that_ended_is_a_strangers(client: Client) -> None:
    client.sign_in(factories.person())
    device = db.session.scalars(select(Device)).one()
    device.ended_at = clock.now()
    client.token = ""
    page = client.get("/sign-in")

    assert (page.status_code, "csrf_token" in page.text) == (200, False)
    assert ask(client).to == "maria@example.org"


def test_somebody_signed_in_needs_no_sign_in_page(client: Client) -> None:
    client.sign_in(factories.person())

    assert client.get("/sign-in?next=/ideas").location == "/ideas"
    assert client.get("/sign-in/password?next=/ideas").location == "/ideas"


def test_a_page_that_is_not_for_strangers_asks_and_comes_back(client: Client) -> None:
    answer = client.get("/me/password?x=1")

    assert answer.location == "/sign-in?next=/me/password?x%3D1"


def test_a_form_sent_after_signing_out_comes_back_to_its_page(client: Client) -> None:
    answer = client.post("/me/password", headers={"Referer": "http://localhost/me/password?x=1"})

    assert answer.location == "/sign-in?next=/me/password?x%3D1"
