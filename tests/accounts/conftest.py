"""A kind of act that strangers do, and the mails that ask who they are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts import signing_in, waiting
from portal.accounts.models import Device, Person, Waiting
from portal.audit.models import Entry
from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused
from portal.core.tokens import digest, unseal
from portal.mail.models import Outgoing
from tests import factories
from tests.conftest import Client, Probe


@dataclass(frozen=True)
class Letter:
    to: str
    token: str
    code: str

    @property
    def link(self) -> str:
        return f"/sign-in/link/{self.token}"


@pytest.fixture(autouse=True)
def wave() -> Iterator[None]:
    """An act that leaves a trace each time it is done, and is refused when nobody is there."""

    @waiting.does("wave", button="Wave", describe=lambda payload: f"A wave to {payload['to']}.")
    def _wave(payload: dict[str, Any], person_id: int) -> str:
        record("waved", actor_id=person_id, thing=("person", person_id))
        db.session.flush()
        if payload["to"] == "nobody":
            raise Refused("There is nobody to wave to.")
        return "/waved"

    yield
    waiting._kinds.pop("wave")


def waits_for(to: str = "the sea", **values: Any) -> int:
    usual: dict[str, Any] = {"expires_at": clock.now() + waiting.KEPT_FOR}
    return factories.kept(Waiting(kind="wave", payload={"to": to}, **usual | values)).id


def waves() -> int:
    db.session.commit()
    return db.session.scalar(select(func.count()).where(Entry.action == "waved")) or 0


def ask(
    client: Client, email: str = "maria@example.org", at: str = "/sign-in", **data: Any
) -> Letter:
    """Ask for a mail in this browser, and have it."""
    answer = client.post(at, data={"email": email, **data})
    assert (answer.status_code, answer.location) == (303, "/sign-in/code")
    return latest()


def latest() -> Letter:
    """The newest mail that asks who somebody is, as it lies sealed in the outbox."""
    newest = select(Outgoing).where(Outgoing.kind == "sign_in").order_by(Outgoing.id.desc())
    row = db.session.scalars(newest.limit(1)).one()
    token, code = str(unseal(row.sealed or b"")).split()
    return Letter(str(row.address), token, code)


def begun(probe: Probe, to: str = "the sea") -> str:
    """The sign-in page's address after a stranger did something."""
    probe.does(lambda: signing_in.begin("wave", {"to": to}, "/began"))
    return probe.client.post("/probe").location


def with_token(client: Client) -> Client:
    """From here on it sends the forgery token that its pages hold."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/nowhere").text)
    assert found
    client.token = found[1]
    return client


def sign_out(client: Client) -> None:
    assert with_token(client).post("/sign-out").status_code == 303
    client.token = ""


def another(client: Client) -> Client:
    other = client.application.test_client()
    assert isinstance(other, Client)
    return other


def signed_in(client: Client) -> str | None:
    """The address of whoever this browser is signed in as."""
    with client.session_transaction() as session:
        key = str(session.get("_user_id"))
    db.session.commit()
    live = select(Person.email).join(Device, Device.person_id == Person.id)
    live = live.where(Device.key_hash == digest(key), Device.ended_at.is_(None))
    return db.session.scalars(live).one_or_none()


def people() -> list[tuple[str | None, str]]:
    db.session.commit()
    rows = db.session.execute(select(Person.email, Person.name).order_by(Person.id))
    return [(row.email, row.name) for row in rows]
