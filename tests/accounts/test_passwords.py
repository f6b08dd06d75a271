"""Staff may sign in by password; nobody learns from it who they are."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from flask import Flask
from sqlalchemy import select

from portal.accounts import devices, passwords
from portal.accounts.changes import Change
from portal.accounts.models import Device, Person
from portal.core import clock
from portal.core.database import db
from portal.policy import Role
from tests import factories
from tests.accounts.conftest import with_token
from tests.accounts.test_passkeys import told
from tests.conftest import Client

PASSWORD = "correct horse battery staple"


def with_password(*roles: Role) -> Person:
    person = factories.person(*roles)
    with db.session.no_autoflush:
        person.password_hash = passwords._hasher.hash(PASSWORD)
    db.session.commit()
    return person


def test_staff_sign_in_and_go_on(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    data = {"email": str(person.email).upper(), "password": PASSWORD}
    answer = client.post("/sign-in/password?next=/staff", data=data)

    assert (answer.status_code, answer.location) == (303, "/staff")
    assert db.session.scalars(select(Device.person_id)).all() == [person.id]


def test_a_resident_an_unknown_address_and_a_wrong_password_are_told_the_same(
    client: Client,
) -> None:
    resident, librarian = with_password(), with_password(Role.LIBRARIAN)
    without = factories.librarian()
    said = []
    for email, password in [
        (resident.email, PASSWORD),
        (librarian.email, "wrong"),
        (without.email, PASSWORD),
        ("nobody@example.org", PASSWORD),
    ]:
        data = {"email": str(email), "password": password}
        answer = client.post("/sign-in/password", data=data)
        said.append((answer.status_code, answer.text.replace(str(email), "")))

    assert said[0][0] == 422
    assert "do not go together" in said[0][1]
    assert PASSWORD not in said[0][1]
    assert len(set(said)) == 1


class Counting:
    """The hasher, and how often it did its slow work; ``hashes`` are what it compared with."""

    def __init__(self, real: PasswordHasher) -> None:
        self.real, self.hashes = real, list[str]()

    def verify(self, hashed: str, password: str) -> bool:
        self.hashes.append(hashed)
        return self.real.verify(hashed, password)


def test_all_of_them_take_as_much_work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    resident, librarian = with_password(), with_password(Role.LIBRARIAN)
    passwords._nobodys_hash()
    counting = Counting(passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", counting)

    for email in (str(resident.email), str(librarian.email), "nobody@example.org"):
        with app.test_request_context():
            assert passwords.owner(email, "wrong") is None
        db.session.rollback()

    assert len(counting.hashes) == 3
    assert len({str(extract_parameters(hashed)) for hashed in counting.hashes}) == 1


def test_ten_tries_in_a_quarter_of_an_hour_are_all_and_each_counts(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    address, wrong = "/sign-in/password", {"email": str(person.email), "password": "wrong"}
    with clock.moved_to(clock.now().replace(minute=1)):
        for _ in range(10):
            assert "do not go together" in client.post(address, data=wrong).text
        right = client.post(address, data=wrong | {"password": PASSWORD})

    assert (right.status_code, "too often" in right.text) == (422, True)
    assert db.session.scalars(select(Device)).all() == []


def test_a_password_hashed_otherwise_is_hashed_anew(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    person.password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    client.post("/sign-in/password", data={"email": str(person.email), "password": PASSWORD})
    db.session.refresh(person)

    assert str(person.password_hash).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords._hasher.verify(str(person.password_hash), PASSWORD)


def test_a_hash_that_is_none_lets_nobody_in(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    person.password_hash = "not a hash"
    data = {"email": str(person.email), "password": PASSWORD}

    assert client.post("/sign-in/password", data=data).status_code == 422


def test_only_staff_have_a_password(client: Client) -> None:
    client.sign_in(factories.person())

    assert client.get("/me/password").status_code == 403
    assert client.post("/me/password", data={"new": PASSWORD}).status_code == 403


def test_a_first_password_is_set_and_other_devices_are_signed_out(client: Client) -> None:
    person = factories.librarian()
    factories.device(person)
    client.sign_in(person)
    answer = client.post("/me/password", data={"new": PASSWORD})
    db.session.refresh(person)

    assert answer.location == "/me"
    assert passwords._hasher.verify(str(person.password_hash), PASSWORD)
    ended = db.session.scalars(select(Device).order_by(Device.id)).all()
    assert [device.ended_at is None for device in ended] == [False, True]
    assert client.get("/me/password").status_code == 200
    assert told(person) == [("person.password_set", Change.PASSWORD_SET)]


@pytest.mark.parametrize(
    ("current", "said"),
    [("", "Enter your current password."), ("wrong", "That is not your current password.")],
)
def test_a_password_is_changed_only_by_who_knows_it(
    client: Client, current: str, said: str
) -> None:
    person = with_password(Role.LIBRARIAN)
    before = person.password_hash
    with clock.moved_to(clock.now() - devices.FRESH_FOR):
        client.sign_in(person)
    answer = client.post("/me/password", data={"current": current, "new": "a new long password"})
    db.session.refresh(person)

    assert (answer.status_code, said in answer.text) == (422, True)
    assert person.password_hash == before


@pytest.mark.parametrize("new", ["", "short", "x" * 201])
def test_a_password_has_a_fitting_length(client: Client, new: str) -> None:
    client.sign_in(factories.librarian())

    assert client.post("/me/password", data={"new": new}).status_code == 422


def test_who_forgot_a_password_replaces_it_after_signing_in_anew(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    client.sign_in(person)
    assert "Current password" not in client.get("/me/password").text

    assert client.post("/me/password", data={"new": "a new long password"}).location == "/me"

    db.session.refresh(person)
    assert passwords._hasher.verify(str(person.password_hash), "a new long password")


def test_signed_in_by_password_one_can_change_it(client: Client) -> None:
    person = with_password(Role.MANAGER)
    client.post("/sign-in/password", data={"email": str(person.email), "password": PASSWORD})
    data = {"current": PASSWORD, "new": "another long password"}

    assert with_token(client).post("/me/password", data=data).location == "/me"
