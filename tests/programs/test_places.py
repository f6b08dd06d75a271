"""Whose a session is: names of its guests are read at its own branch alone."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.errors import Forbidden
from portal.policy import Actor, Role
from portal.programs import guests, moving
from portal.programs.models import Session
from tests import factories
from tests.conftest import Client
from tests.programs.test_moving import on

pytestmark = pytest.mark.usefixtures("app")


def moved_to_the_mill() -> Session:
    """A session of the main branch that is held in no room of ours any more."""
    at = factories.session(factories.program(), branch_id=factories.branch().id)
    factories.registration(at, name="Xanthippe")
    moving.move(at.id, on(), reason="Heating.", by=factories.actor(Role.LIBRARIAN))
    assert at.branch_id is None
    return at


def test_what_is_held_somewhere_else_belongs_to_the_branch_of_its_event() -> None:
    at, east = moved_to_the_mill(), factories.branch("EAST").id
    here, there = (
        Actor(id=factories.person().id, grants=frozenset({(Role.LIBRARIAN, branch_id)}))
        for branch_id in (factories.branch().id, east)
    )

    assert [one.name for one in guests.expected(at.id, reader=here)] == ["Xanthippe"]
    for read in (guests.expected, guests.to_tell):
        with pytest.raises(Forbidden):
            read(at.id, reader=there)
    assert guests.to_call(at.program_id, reader=there) == []


def test_another_branch_reads_that_something_is_due_and_neither_names_nor_forms(
    client: Client,
) -> None:
    at = moved_to_the_mill()
    at.starts_at, at.ends_at = (clock.now() - timedelta(hours=n) for n in (3, 1))
    path = f"/staff/events/{at.program_id}/1"
    east = factories.branch("EAST").id
    for branch_id, status in ((east, 403), (factories.branch().id, 200)):
        client.sign_in(factories.person(Role.LIBRARIAN, branch_id=branch_id))
        assert {client.get(f"{path}/{page}").status_code for page in ("door", "close")} == {status}
        today = client.get("/staff").text
        assert "Heads are not counted yet." in today
        assert ("For another branch to do." in today) is (status == 403)
        assert (f'href="{path}/close"' in today) is (status == 200)
        assert "Xanthippe" not in client.get(f"/staff/events/{at.program_id}").text


def test_a_form_offers_the_branches_of_whoever_asks(client: Client) -> None:
    east = factories.branch("EAST").id
    client.sign_in(factories.person(Role.LIBRARIAN, branch_id=east))
    for path in ("/staff/ideas/new", "/staff/events/new"):
        page = client.get(path).text
        assert ">Eastside Branch</option>" in page
        assert ">Main Library</option>" not in page
