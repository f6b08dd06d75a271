"""By a link or a code from a mail: within minutes, once, in the browser that asked."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.core import clock
from portal.core.database import db
from tests.accounts.conftest import (
    another,
    ask,
    people,
    sign_out,
    signed_in,
)
from tests.conftest import Client


def test_the_code_signs_in_and_makes_the_account(client: Client) -> None:
    letter = ask(client, at="/sign-in?next=/ideas")

    answer = client.post("/sign-in/code", data={"code": letter.code})

    assert (answer.status_code, answer.location) == (303, "/ideas")
    assert signed_in(client) == "maria@example.org"
    person = db.session.scalars(select(Person)).one()
    assert person.confirmed_at is not None


@pytest.mark.parametrize("typed", ["{} {}", " {}-{} ", "{}.{}"])
def test_a_code_may_be_typed_with_a_gap(client: Client, typed: str) -> None:
    code = ask(client).code

    client.post("/sign-in/code", data={"code": typed.format(code[:3], code[3:])})

    assert signed_in(client) == "maria@example.org"


def test_the_link_does_nothing_when_it_is_opened(client: Client) -> None:
    letter = ask(client)
    for _ in range(2):
        page = client.get(letter.link)
        assert (page.status_code, "maria@example.org" in page.text) == (200, True)

    assert (signed_in(client), people()) == (None, [])


def test_the_link_signs_in_at_the_press_of_its_button(client: Client) -> None:
    letter = ask(client, at="/sign-in?next=/ideas")

    assert client.post(letter.link).location == "/ideas"
    assert signed_in(client) == "maria@example.org"


def test_a_link_is_used_once(client: Client) -> None:
    letter = ask(client)
    client.post(letter.link)
    sign_out(client)
    answer = client.post(letter.link, follow_redirects=True)

    assert (answer.status_code, "This link has run out" in answer.text) == (410, True)
    assert signed_in(client) is None


def test_a_used_link_takes_its_owner_on(client: Client) -> None:
    letter = ask(client, at="/sign-in?next=/ideas")
    client.post(letter.link)

    assert client.get(letter.link).location == "/ideas"


def test_the_code_is_dead_when_the_link_was_used(client: Client) -> None:
    letter = ask(client)
    with client.session_transaction() as session:
        browser = session["browser"]
    client.post(letter.link)
    sign_out(client)
    with client.session_transaction() as session:
        session["browser"] = browser

    assert client.post("/sign-in/code", data={"code": letter.code}).status_code == 422
    assert signed_in(client) is None


def test_ten_minutes_are_all(client: Client) -> None:
    letter = ask(client)
    with clock.moved_to(clock.now() + timedelta(minutes=10)):
        page = client.get(letter.link)
        late = client.post("/sign-in/code", data={"code": letter.code})
        client.post(letter.link)

    assert (page.status_code, late.status_code) == (410, 422)
    assert "That code has run out. Send a new one." in late.text
    assert signed_in(client) is None


def test_five_wrong_codes_are_all(client: Client) -> None:
    letter = ask(client)
    wrong = "000000" if letter.code != "000000" else "000001"
    said = [client.post("/sign-in/code", data={"code": wrong}).text for _ in range(5)]

    assert "You have 4 more tries." in said[0]
    assert "You have 1 more try." in said[3]
    assert "That code has run out. Send a new one." in said[4]
    assert client.post("/sign-in/code", data={"code": letter.code}).status_code == 422
    assert client.post(letter.link, follow_redirects=True).status_code == 410
    assert signed_in(client) is None


def test_the_fifth_try_may_be_the_right_one(client: Client) -> None:
    letter = ask(client)
    wrong = "000000" if letter.code != "000000" else "000001"
    for _ in range(4):
        client.post("/sign-in/code", data={"code": wrong})
    client.post("/sign-in/code", data={"code": letter.code})

    assert signed_in(client) == "maria@example.org"


def test_the_code_of_the_first_of_two_mails_does_too(client: Client) -> None:
    first = ask(client)
    ask(client)
    client.post("/sign-in/code", data={"code": first.code})

    assert signed_in(client) == "maria@example.org"


def test_a_code_is_worth_nothing_in_another_browser(client: Client) -> None:
    letter = ask(client)
    other = another(client)

    assert other.post("/sign-in/code", data={"code": letter.code}).status_code == 422
    ask(other, "eve@example.org")
    assert other.post("/sign-in/code", data={"code": letter.code}).status_code == 422
    assert signed_in(other) is None


def test_a_wrong_code_elsewhere_costs_no_try_here(client: Client) -> None:
    letter = ask(client)
    eve = another(client)
    ask(eve, "eve@example.org")
    for _ in range(6):
        eve.post("/sign-in/code", data={"code": "1"})
    client.post("/sign-in/code", data={"code": letter.code})

    assert signed_in(client) == "maria@example.org"


def test_a_link_signs_nobody_in_in_another_browser(client: Client) -> None:
    letter = ask(client)
    other = another(client)
    page = other.get(letter.link)

    assert "Open this link where you asked for it" in page.text
    assert '<form method="post" action="/sign-in/link' not in page.text
    assert other.post(letter.link).location == letter.link
    assert (signed_in(other), people()) == (None, [])
    assert "Set-Cookie" not in page.headers


def test_the_link_of_nobody_has_run_out(client: Client) -> None:
    assert client.get("/sign-in/link/unknown").status_code == 410
    assert client.post("/sign-in/link/unknown", follow_redirects=True).status_code == 410
