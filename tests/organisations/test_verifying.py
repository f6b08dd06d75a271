"""Staff say who may partner, and why not; its people hear of it."""

import pytest
from sqlalchemy import select, union_all

from portal.accounts import identity
from portal.core.database import db
from portal.core.errors import Forbidden, Refused
from portal.mail.models import Outgoing
from portal.organisations import joining, queries, verifying
from portal.organisations.lifecycle import LIFE, Move, Standing
from portal.organisations.models import Organisation
from portal.policy import Actor, Role
from tests import factories
from tests.conftest import Client

pytestmark = pytest.mark.usefixtures("app")


def librarian() -> Actor:
    return Actor(id=factories.librarian().id, grants=frozenset({(Role.LIBRARIAN, None)}))


def applied() -> Organisation:
    return joining.apply("Repair  Guild", person_id=factories.person().id, brings="Menders")


def test_who_applies_is_its_owner_and_waits() -> None:
    one = applied()

    assert (one.name, one.standing) == ("Repair Guild", Standing.APPLIED)
    assert [waiting.id for waiting in queries.unverified()] == [one.id]
    assert queries.verified() == []
    acting = db.session.execute(union_all(*identity.memberships)).all()
    assert acting == [(queries.members(one.id)[0], one.id, True)]


def test_once_verified_it_may_partner_and_its_owner_hears() -> None:
    one = applied()

    verifying.move(one.id, Move.VERIFY, by=librarian())

    assert [verified.id for verified in queries.verified()] == [one.id]
    assert queries.unverified() == []
    told = db.session.scalars(
        select(Outgoing.person_id).where(Outgoing.kind == "organisation_moved")
    )
    assert list(told) == list(queries.members(one.id))


@pytest.mark.parametrize("what", [Move.DECLINE, Move.PAUSE, Move.END])
def test_a_no_needs_a_reason(what: Move) -> None:
    with pytest.raises(Refused, match="Say why"):
        verifying.move(factories.organisation().id, what, by=librarian())


@pytest.mark.parametrize("what", list(Move))
@pytest.mark.parametrize("standing", list(Standing))
def test_only_the_moves_of_its_life_are_made(standing: Standing, what: Move) -> None:
    one, by = factories.organisation(standing=standing), librarian()

    if what in LIFE.moves_from(standing):
        verifying.move(one.id, what, by=by, sentence="Because.")
        assert one.standing is LIFE.target(what, standing)
    else:
        with pytest.raises(Refused):
            verifying.move(one.id, what, by=by, sentence="Because.")
        assert one.standing is standing


def test_residents_decide_nothing() -> None:
    with pytest.raises(Forbidden):
        verifying.move(applied().id, Move.VERIFY, by=Actor(id=factories.person().id))


def test_nobody_verifies_their_own() -> None:
    one, by = applied(), librarian()
    member = Actor(id=by.id, grants=by.grants, organisations=frozenset({one.id}))

    with pytest.raises(Forbidden, match="somebody else decides"):
        verifying.move(one.id, Move.VERIFY, by=member)
    assert one.standing is Standing.APPLIED


def test_the_second_of_two_is_told_that_somebody_was_faster() -> None:
    one, by = applied(), librarian()
    seen = one.version
    verifying.move(one.id, Move.VERIFY, by=by, seen=seen)

    with pytest.raises(Refused, match="Somebody changed this"):
        verifying.move(one.id, Move.DECLINE, by=by, sentence="No.", seen=seen)


def test_the_list_of_all_is_paged_by_name(client: Client) -> None:
    for n in range(25):
        factories.organisation(name=f"Guild {n:02}")
    client.sign_in(factories.librarian())
    first = queries.listed(cursor=None)

    assert [one.name for one in first.items] == [f"Guild {n:02}" for n in range(20)]
    page = client.get(f"/staff/partners/all?after={first.next}").text
    assert "Guild 19" not in page
    assert "Guild 24" in page
