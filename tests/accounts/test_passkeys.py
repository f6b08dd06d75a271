"""A passkey signs in its owner, once for each challenge, at our address; and nobody else."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts import passkeys
from portal.accounts.changes import Change
from portal.accounts.models import Challenge, Grant, Passkey, Person
from portal.audit.models import Entry
from portal.core import clock
from portal.core.database import db
from portal.mail.models import Outgoing
from portal.policy import Role
from tests import factories
from tests.accounts.authenticator import Authenticator
from tests.accounts.conftest import another, sign_out, signed_in
from tests.conftest import Client

NEW, NEW_CHALLENGE = "/sign-in/passkey/new", "/sign-in/passkey/new/challenge"
SIGN_IN, CHALLENGE = "/sign-in/passkey", "/sign-in/passkey/challenge"


def asked(client: Client, at: str = CHALLENGE) -> dict[str, Any]:
    answer = client.post(at)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert "no-store" in answer.headers["Cache-Control"]
    options: dict[str, Any] = json.loads(answer.text)
    return options


def add(client: Client, person: Person, name: str = "Laptop") -> Authenticator:
    """A passkey of this person, who is signed out afterwards."""
    made = Authenticator()
    client.sign_in(person)
    answer = made.makes(asked(client, NEW_CHALLENGE))
    shown = client.post(NEW, data={"answer": answer, "name": name})
    assert len(set(codes_in(shown))) == 10
    assert onward(shown) == "/me/sign-in"
    sign_out(client)
    return made


def codes_in(shown: TestResponse) -> list[str]:
    """The recovery codes on a page that no browser keeps."""
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-store")
    return re.findall(r"<li><code>([^<]+)</code></li>", shown.text)


def onward(shown: TestResponse) -> str:
    """Where that page leads on to."""
    link = re.search(r'href="([^"]+)"><span>I have kept them', shown.text)
    assert link
    return link[1]


def come_in(client: Client, answer: str, **sent: str) -> int:
    return client.post(SIGN_IN, data={"answer": answer, **sent}).status_code


def told(person: Person) -> list[tuple[str, str]]:
    """What the log and the mails say was done about how this person signs in."""
    db.session.commit()
    log = select(Entry.action).where(Entry.thing_id == person.id).order_by(Entry.id)
    mails = select(Outgoing).where(Outgoing.person_id == person.id).order_by(Outgoing.id)
    changes = [one.context["change"] for one in db.session.scalars(mails) if one.context]
    return list(zip(db.session.scalars(log), changes, strict=True))


def test_it_is_added_seen_used_and_removed_and_the_owner_is_told(client: Client) -> None:
    person = factories.librarian()
    made = add(client, person, "Blue machine")
    answer = client.post(
        f"{SIGN_IN}?next=/staff", data={"answer": made.uses(asked(client)), "shared": "y"}
    )
    assert (answer.location, signed_in(client)) == ("/staff", person.email)
    kept = db.session.scalars(select(Passkey)).one()
    assert (kept.sign_count, kept.used_at is not None) == (1, True)
    with client.session_transaction() as session:
        assert not session.permanent

    client.sign_in(person)
    page = client.get("/me/sign-in").text
    assert "Blue machine" in page
    assert "last used" in page
    assert client.post("/me/sign-in/passkey", data={"passkey": str(kept.id)}).status_code == 303
    assert "Blue machine" not in client.get("/me/sign-in").text
    assert told(person) == [
        ("person.passkey_added", Change.PASSKEY_ADDED),
        ("person.passkey_removed", Change.PASSKEY_REMOVED),
    ]
    sign_out(client)
    assert come_in(client, made.uses(asked(client))) == 422


def test_what_it_signed_is_good_once_and_in_the_browser_that_asked(client: Client) -> None:
    made = add(client, factories.librarian())
    first = made.uses(asked(client))
    assert come_in(another(client), first) == 422
    assert come_in(client, first) == 303
    sign_out(client)
    assert come_in(client, first) == 422
    assert signed_in(client) is None

    late = made.uses(asked(client))
    with clock.moved_to(clock.now() + passkeys.VALID_FOR + timedelta(seconds=1)):
        assert come_in(client, late) == 422


def test_a_challenge_that_was_answered_wrongly_is_spent(client: Client) -> None:
    made = add(client, factories.librarian())
    options = asked(client)
    stranger = Authenticator(id=made.id, handle=made.handle)

    assert come_in(client, stranger.uses(options)) == 422
    assert db.session.scalars(select(Challenge)).all() == []
    assert come_in(client, made.uses(options)) == 422


def elsewhere(made: Authenticator) -> Authenticator:
    return replace(made, origin="https://evil.example")


def on_another_site(made: Authenticator) -> Authenticator:
    return replace(made, host="evil.example")


def unseen(made: Authenticator) -> Authenticator:
    return replace(made, verifies=False)


def copied(made: Authenticator) -> Authenticator:
    """Its count was passed by the original's."""
    return replace(made, count=made.count - 1)


def as_somebody_else(made: Authenticator) -> Authenticator:
    return replace(made, handle=b"1")


def with_another_key(made: Authenticator) -> Authenticator:
    return replace(made, key=Authenticator().key)


def unknown(made: Authenticator) -> Authenticator:
    return replace(made, id=b"unknown")


@pytest.mark.parametrize(
    "change",
    [
        *(elsewhere, on_another_site, unseen, copied, as_somebody_else),
        *(with_another_key, unknown),
    ],
)
def test_nothing_else_signs_in(
    client: Client, change: Callable[[Authenticator], Authenticator]
) -> None:
    factories.person(Role.ADMINISTRATOR)  # somebody else
    made = add(client, factories.librarian())
    assert come_in(client, made.uses(asked(client))) == 303
    sign_out(client)

    assert come_in(client, change(made).uses(asked(client))) == 422
    assert signed_in(client) is None
    assert come_in(client, made.uses(asked(client))) == 303


@pytest.mark.parametrize(
    "answer",
    ["", "x", "[]", "[" * 9000, '{"id": "\ud800"}', '{"id": 1, "rawId": 2, "response": {}}'],
)
def test_what_is_no_answer_is_refused_in_a_sentence(client: Client, answer: str) -> None:
    said = client.post(SIGN_IN, data={"answer": answer.encode("utf-8", "replace")})
    client.sign_in(factories.librarian())
    added = client.post(NEW, data={"answer": answer.encode("utf-8", "replace"), "name": "x"})

    for page in (said, added):
        assert (page.status_code, "was not accepted" in page.text) == (422, True)


def test_it_is_for_who_works_here(client: Client) -> None:
    person = factories.librarian()
    made = add(client, person)
    for grant in db.session.scalars(select(Grant)):
        db.session.delete(grant)
    assert come_in(client, made.uses(asked(client))) == 422

    client.sign_in(person)
    assert client.post(NEW_CHALLENGE).status_code == 403
    assert client.get("/me/sign-in").status_code == 403


def test_a_challenge_of_one_kind_or_person_is_none_of_another(client: Client) -> None:
    mine, theirs = Authenticator(), Authenticator()
    client.sign_in(factories.librarian())
    options = asked(client, NEW_CHALLENGE)
    other = another(client).sign_in(factories.librarian())
    asked(other, NEW_CHALLENGE)

    assert other.post(NEW, data={"answer": theirs.makes(options), "name": "x"}).status_code == 422
    assert client.post(NEW, data={"answer": mine.uses(options), "name": "x"}).status_code == 422
    assert db.session.scalars(select(Passkey)).all() == []


def test_one_that_is_known_is_not_taken_over(client: Client) -> None:
    owner = factories.librarian()
    made = add(client, owner)
    client.sign_in(factories.librarian())
    again = replace(made).makes(asked(client, NEW_CHALLENGE))

    assert client.post(NEW, data={"answer": again, "name": "Mine"}).status_code == 422
    assert [one.person_id for one in db.session.scalars(select(Passkey))] == [owner.id]
    assert told(owner) == [("person.passkey_added", Change.PASSKEY_ADDED)]


def test_there_are_not_more_than_can_be_looked_at(client: Client) -> None:
    person = factories.librarian()
    for _ in range(passkeys.MOST):
        factories.passkey(person)
    client.sign_in(person)
    answer = Authenticator().makes(asked(client, NEW_CHALLENGE))

    assert client.post(NEW, data={"answer": answer, "name": "x"}).status_code == 422


def test_challenges_are_not_drawn_without_end(client: Client) -> None:
    with clock.moved_to(clock.now().replace(minute=1)):
        for _ in range(50):
            asked(client)
        assert client.post(CHALLENGE).status_code == 429
