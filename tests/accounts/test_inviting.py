"""A colleague gets a role and a mail that lets them in."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import inviting, queries
from portal.accounts.models import Grant, Person
from portal.core import clock
from portal.core.database import db
from portal.core.errors import Forbidden
from portal.mail.letters import Envelope, renderers
from portal.mail.models import Outgoing
from portal.policy import Role
from tests import factories
from tests.conftest import Client

PEOPLE = "/staff/settings/people"
LENA = {"email": "Lena@Example.org", "name": "Lena Ortiz", "role": "manager"}


@pytest.fixture
def administrator(client: Client) -> Client:
    return client.sign_in(factories.person(Role.ADMINISTRATOR, name="Ada"))


def grants(email: str) -> list[tuple[Role, int | None]]:
    columns = select(Grant.role, Grant.branch_id).join(Person).where(Person.email == email)
    return [(role, branch) for role, branch in db.session.execute(columns.order_by(Grant.id))]


def link_in_the_mail() -> str:
    owed = db.session.scalars(select(Outgoing).where(Outgoing.kind == "invitation")).one()
    letter = renderers["invitation"](
        Envelope(
            id=owed.id,
            kind=owed.kind,
            context=owed.context or {},
            address="lena@example.org",
            sealed=owed.sealed,
        )
    )
    assert letter is not None
    assert letter.button is not None
    return letter.button[1]


def test_a_colleague_comes_in_by_the_mail(administrator: Client, client: Client) -> None:
    answer = administrator.post(PEOPLE, data=LENA)
    assert (answer.status_code, answer.location) == (303, PEOPLE)
    assert grants("Lena@example.org") == [(Role.MANAGER, None)]
    assert "Has not come yet" in administrator.get(PEOPLE).text

    path = link_in_the_mail()
    other = administrator.application.test_client()
    clock.move(timedelta(days=2))
    assert "You will be signed in as" in other.get(path).text
    assert other.post(path).location == "/staff"
    assert other.get("/staff").status_code == 200
    third = administrator.application.test_client()
    assert third.post(path).location == path, "it works once"
    lena = next(one for one in queries.staff() if one.name == "Lena Ortiz")
    assert lena.came


def test_a_way_in_that_nobody_took_ends_after_three_days(administrator: Client) -> None:
    administrator.post(PEOPLE, data=LENA)
    path = link_in_the_mail()
    clock.move(timedelta(days=3, minutes=1))

    other = administrator.application.test_client()
    assert other.get(path).status_code == 410
    assert other.get("/staff").status_code == 303


def test_a_role_at_named_branches_and_nothing_twice(administrator: Client) -> None:
    branches = [str(factories.branch(code).id) for code in ("MAIN", "EAST")]
    for _ in range(2):
        administrator.post(PEOPLE, data=LENA | {"role": "librarian", "branches": branches})

    assert grants("Lena@example.org") == [(Role.LIBRARIAN, int(one)) for one in branches]
    assert len(db.session.scalars(select(Outgoing)).all()) == 1
    page = administrator.get(PEOPLE).text
    assert "Librarian, Eastside Branch" in page
    assert "has this role already and can sign in. No mail goes." in page


def test_somebody_known_by_another_spelling_stays_one_person(administrator: Client) -> None:
    known = factories.person(name="Lena O.")
    administrator.post(PEOPLE, data=LENA | {"email": str(known.email).upper()})

    assert db.session.scalars(select(Grant.person_id).where(Grant.role == Role.MANAGER)).all() == [
        known.id
    ]
    db.session.refresh(known)
    assert known.name == "Lena O."


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "lena"}, "Write an email address like name@example.org."),
        ({"role": "resident"}, "Choose one of the answers that are here."),
        ({"branches": ["999"]}, "Choose one of the answers that are here."),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_let_in(
    administrator: Client, wrong: dict[str, object], said: str
) -> None:
    answer = administrator.post(PEOPLE, data=LENA | wrong)

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Lena Ortiz"' in answer.text
    assert len(db.session.scalars(select(Grant)).all()) == 1


def test_the_last_administrator_stays_and_another_goes(administrator: Client) -> None:
    ada = db.session.scalars(select(Person).where(Person.name == "Ada")).one()
    mine = f"{PEOPLE}/{ada.id}/take-back"

    refused = administrator.post(mine, data={"role": "administrator", "branch": ""})
    assert refused.status_code == 422
    assert "this is the last one." in refused.text
    assert "Administrator, all branches" in refused.text

    other = factories.person(Role.ADMINISTRATOR)
    administrator.post(f"{PEOPLE}/{other.id}/take-back", data={"role": "administrator"})
    assert db.session.scalars(select(Grant.person_id)).all() == [ada.id]
    assert administrator.post(mine, data={"role": "king"}).status_code == 404


def test_only_administrators_of_all_branches_give_and_take(client: Client) -> None:
    east = factories.branch("EAST").id
    for person in (
        factories.person(Role.MANAGER),
        factories.person(Role.ADMINISTRATOR, branch_id=east),
    ):
        client.sign_in(person)
        assert client.post(PEOPLE, data=LENA).status_code == 403
        taken = client.post(f"{PEOPLE}/{person.id}/take-back", data={"role": "manager"})
        assert taken.status_code == 403
    with pytest.raises(Forbidden):
        inviting.invite(
            "x@example.org", role=Role.MANAGER, branches=[None], by=factories.actor(Role.MANAGER)
        )
