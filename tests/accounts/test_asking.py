"""Who asks for a mail: the form, its quotas, and what nobody learns from it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Person, SignIn
from portal.core import clock
from portal.core.database import db
from portal.core.tokens import digest
from tests import factories
from tests.accounts.conftest import (
    another,
    ask,
    people,
    signed_in,
    waits_for,
)
from tests.conftest import Client


def test_a_person_known_by_another_spelling_is_the_same(client: Client) -> None:
    for spelling in ("jane.doe@gmail.com", "JaneDoe+library@googlemail.com"):
        letter = ask(client, spelling)
        assert letter.to.lower() == spelling.lower()
        client.post("/sign-in/code", data={"code": letter.code})
        client.delete_cookie("session")

    assert people() == [("jane.doe@gmail.com", "")]


def test_a_name_is_kept_from_the_first_time_only(client: Client) -> None:
    for name in ("Maria", "Somebody else"):
        letter = ask(client, name=name)
        client.post("/sign-in/code", data={"code": letter.code})
        client.delete_cookie("session")

    assert people() == [("maria@example.org", "Maria")]


def test_an_account_is_confirmed_by_its_first_sign_in(client: Client) -> None:
    confirmed = []
    for days in range(3):
        with clock.moved_to(clock.now() + timedelta(days=days)):
            client.post(ask(client).link)
        client.delete_cookie("session")
        db.session.expire_all()
        confirmed.append(db.session.scalars(select(Person.confirmed_at)).one())

    assert len(set(confirmed)) == 1


@pytest.mark.parametrize(
    "typed", ["", "maria", "maria@", "@example.org", "a b@example.org", "a@b", "x" * 250 + "@e.org"]
)
def test_what_is_no_address_comes_back_as_it_was(client: Client, typed: str) -> None:
    answer = client.post("/sign-in?next=/ideas", data={"email": typed, "shared": "y"})

    assert answer.status_code == 422
    assert "<title>Error: Sign in" in answer.text
    assert f'value="{typed}"' in answer.text
    assert "checked" in answer.text
    assert "next=/ideas" in answer.text


def test_three_mails_in_a_quarter_of_an_hour_are_all(client: Client) -> None:
    with clock.moved_to(clock.now().replace(minute=1)):
        for _ in range(3):
            ask(client)
        answer = client.post("/sign-in", data={"email": "maria@example.org"})
        assert (answer.status_code, "too often" in answer.text) == (422, True)
        assert 'value="maria@example.org"' in answer.text
        ask(client, "jane@example.org")
    with clock.moved_to(clock.now().replace(minute=1) + timedelta(minutes=15)):
        ask(client)


def test_ten_mails_a_day_are_all(client: Client) -> None:
    midnight = clock.now().replace(hour=0, minute=1)
    for hour in range(10):
        with clock.moved_to(midnight + timedelta(hours=hour)):
            ask(client)
    with clock.moved_to(midnight + timedelta(hours=12)):
        assert client.post("/sign-in", data={"email": "maria@example.org"}).status_code == 422


def test_thirty_mails_an_hour_from_one_source_are_all_whatever_it_says_it_is(
    client: Client,
) -> None:
    with clock.moved_to(clock.now().replace(minute=1)):
        for n in range(30):
            ask(client, f"person{n}@example.org")
        answer = client.post(
            "/sign-in",
            data={"email": "one.more@example.org"},
            headers={"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"},
        )
    assert answer.status_code == 422


def test_known_and_unknown_addresses_get_the_same_bytes(
    client: Client, statements: list[str]
) -> None:
    known = factories.librarian().email
    db.session.commit()
    answers = []
    for email in (known, "a" * (len(str(known)) - 12) + "@example.org"):
        browser = another(client)
        statements.clear()
        sent = browser.post("/sign-in?next=/ideas", data={"email": email})
        said = browser.get("/sign-in/code").text.replace(str(email), "")
        answers.append((sent.status_code, sent.data, sent.location, said, list(statements)))

    assert answers[0] == answers[1]


def test_mail_never_takes_its_address_from_the_request(client: Client) -> None:
    answer = client.post(
        "/sign-in", data={"email": "maria@example.org"}, headers={"Host": "evil.example"}
    )

    assert answer.status_code == 400
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_fields_that_are_not_in_the_form_change_nothing(client: Client) -> None:
    letter = ask(
        client,
        id="1",
        person_id="1",
        role="administrator",
        confirmed_at="2020-01-01",
        browser_hash="x",
        tries="-100",
        expires_at="2099-01-01",
        waiting_id="1",
    )
    row = db.session.scalars(select(SignIn)).one()
    assert (row.tries, row.waiting_id, row.used_at) == (0, None, None)
    assert row.expires_at < clock.now() + timedelta(minutes=11)

    client.post("/sign-in/code", data={"code": letter.code, "role": "administrator", "id": "1"})
    assert client.get("/me/password").status_code == 403


def test_nothing_typed_or_sent_is_kept_readable(client: Client) -> None:
    letter = ask(client)
    row = db.session.scalars(select(SignIn)).one()
    with client.session_transaction() as session:
        browser = session["browser"]
    kept = repr(vars(row))

    secrets = (letter.token, letter.code, browser)
    assert [secret for secret in secrets if secret in kept or digest(secret) == row.code_hash] == []


@pytest.mark.parametrize("address", ["/sign-in", "/sign-in/code", "/sign-in/password", "/sign-out"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_another_site_cannot_sign_anybody_in_or_out(
    client: Client, address: str, headers: dict[str, str]
) -> None:
    assert client.post(address, headers=headers).status_code == 400


def test_another_site_cannot_press_the_button_of_a_link(client: Client) -> None:
    letter = ask(client)

    assert client.post(letter.link, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert signed_in(client) is None


def test_waiting_ids_out_of_range_are_nobodys(client: Client) -> None:
    waits_for()
    for number in ("0", "-1", "99999999999999999999999", "x", "1"):
        assert "A wave" not in client.get(f"/sign-in?waiting={number}").text
