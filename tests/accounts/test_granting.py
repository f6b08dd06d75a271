from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import granting
from portal.accounts.models import Grant
from portal.audit.models import Entry
from portal.core.database import db, transaction
from portal.core.errors import Missing, Refused
from portal.policy import Role
from tests import factories
from tests.conftest import Client


def grants(person_id: int) -> list[tuple[Role, int | None]]:
    columns = select(Grant.role, Grant.branch_id).where(Grant.person_id == person_id)
    return [(row.role, row.branch_id) for row in db.session.execute(columns.order_by(Grant.id))]


def audited() -> list[tuple[str, int | None, int, object]]:
    rows = db.session.scalars(select(Entry).order_by(Entry.id))
    return [(row.action, row.actor_id, row.thing_id, row.details) for row in rows]


def test_a_role_is_given_once_and_noted_once(app: Flask) -> None:
    admin, person = factories.person(Role.ADMINISTRATOR), factories.person()
    branch_id = factories.branch("EAST").id
    for _ in range(2):
        granting.grant(person.id, role=Role.LIBRARIAN, by=admin.id)
        granting.grant(person.id, role=Role.MANAGER, branch_id=branch_id)

    assert grants(person.id) == [(Role.LIBRARIAN, None), (Role.MANAGER, branch_id)]
    assert audited() == [
        ("person.grant", admin.id, person.id, {"role": "librarian", "branch_id": None}),
        ("person.grant", None, person.id, {"role": "manager", "branch_id": branch_id}),
    ]


def test_a_role_taken_back_ends_with_the_next_click(client: Client) -> None:
    person = factories.person(Role.LIBRARIAN)
    client.sign_in(person)
    assert client.get("/me/password").status_code == 200
    granting.revoke(person.id, role=Role.LIBRARIAN)

    assert client.get("/me/password").status_code == 403
    assert [entry[0] for entry in audited()] == ["person.revoke"]


def test_a_role_that_nobody_has_is_not_taken(app: Flask) -> None:
    person = factories.person(Role.LIBRARIAN)
    granting.revoke(person.id, role=Role.LIBRARIAN, branch_id=factories.branch().id)

    assert (grants(person.id), audited()) == ([(Role.LIBRARIAN, None)], [])


def test_the_last_administrator_stays(app: Flask) -> None:
    first, second = factories.person(Role.ADMINISTRATOR), factories.person(Role.ADMINISTRATOR)
    granting.revoke(second.id, role=Role.ADMINISTRATOR)

    with pytest.raises(Refused, match="the last one"):
        granting.revoke(first.id, role=Role.ADMINISTRATOR)


def test_two_who_dismiss_each_other_at_once_leave_one(app: Flask) -> None:
    both = [factories.person(Role.ADMINISTRATOR).id for _ in range(2)]
    db.session.commit()
    start = Barrier(2)

    def dismiss(person_id: int) -> str:
        with app.app_context():
            start.wait(10)
            try:
                with transaction():
                    granting.revoke(person_id, role=Role.ADMINISTRATOR)
            except Refused:
                return "refused"
            return "gone"

    for _ in range(10):
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(dismiss, both)) == ["gone", "refused"]
        for person_id in both:
            granting.grant(person_id, role=Role.ADMINISTRATOR)
        db.session.commit()


def test_everybody_is_a_resident_without_being_made_one(app: Flask) -> None:
    with pytest.raises(Refused, match="Everybody is a resident"):
        granting.grant(factories.person().id, role=Role.RESIDENT)


def test_nobody_is_given_nothing(app: Flask) -> None:
    with pytest.raises(Missing):
        granting.grant(999_999, role=Role.LIBRARIAN)
