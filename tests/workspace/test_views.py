"""The partner room: what waits, what was offered, and what came of it; never a name."""

import pytest

from portal.accounts.models import Person
from portal.agreements.lifecycle import OfferState
from portal.agreements.models import Offer
from portal.core.database import db
from portal.ideas.lifecycle import Stage
from portal.organisations.models import Member, Organisation
from portal.policy import Actor, Role
from portal.programs.models import Program, ProgramPartner
from portal.surveys import instruments, reporting
from tests import factories
from tests.conftest import Client
from tests.surveys.conftest import agreeing, counted, surveyed


def partner(name: str = "Repair Guild") -> tuple[Person, Organisation]:
    owner = factories.person()
    return owner, factories.organisation(owner, name=name)


def run_by(organisation: Organisation, **values: object) -> Program:
    program = factories.program(factories.idea(stage=Stage.HELD), **values)
    factories.kept(ProgramPartner(program_id=program.id, organisation_id=organisation.id))
    return program


def test_an_offer_is_taken_back_after_one_more_question(client: Client) -> None:
    owner, organisation = partner()
    offer_id = factories.offer(factories.idea(title="Mend lamps"), organisation).id
    client.sign_in(owner)
    page = client.get("/partner/offers").text
    assert "Mend lamps" in page
    assert "Yes, take it back" in page

    client.post(f"/partner/offers/{offer_id}/withdraw")

    page = client.get("/partner/offers").text
    assert "Taken back" in page
    assert "Yes, take it back" not in page
    assert db.session.get_one(Offer, offer_id, populate_existing=True).state is OfferState.WITHDRAWN


def test_events_have_counts_and_results_and_no_names(client: Client) -> None:
    owner, organisation = partner()
    told, coming = run_by(organisation, title="Lamps"), run_by(organisation, title="Radios")
    instruments.seed()
    surveyed(counted(told, heads=31), *agreeing(12))
    factories.registration(factories.session(coming), name="Gus Rimmer")
    staff = factories.person(Role.MANAGER)
    by = Actor(id=staff.id, grants=frozenset({(Role.MANAGER, None)}))
    reporting.save(told.id, by=by, sentence="It worked.", next_step="Again.", delivered={})
    reporting.publish(told.id, by=by)

    page = client.sign_in(owner).get("/partner/events").text

    assert "31 people came" in page
    assert f'href="/results/{told.id}"' in page
    assert "1 of 3 seats taken" in page
    assert "Gus" not in page


@pytest.mark.parametrize("path", ["/partner", "/partner/offers", "/partner/events"])
def test_of_others_a_partner_sees_nothing(client: Client, path: str) -> None:
    other = partner("Quilters")[1]
    factories.offer(factories.idea(title="Quilts for all"), other)
    run_by(other, title="Quilts at night")

    page = client.sign_in(partner()[0]).get(path).text

    assert "Quilt" not in page


@pytest.mark.parametrize("path", ["/partner", "/partner/offers", "/partner/events"])
def test_who_is_no_partner_has_no_room(client: Client, path: str) -> None:
    client.sign_in(factories.person())

    assert client.get(path).status_code == 403


def test_who_acts_for_two_sees_which(client: Client) -> None:
    owner, first = partner("Guild")
    second = factories.organisation(name="Quilters")
    factories.kept(Member(organisation_id=second.id, person_id=owner.id))
    for organisation in (first, second):
        factories.offer(factories.idea(), organisation)

    page = client.sign_in(owner).get("/partner/offers").text

    assert "Guild ·" in page
    assert "Quilters ·" in page


@pytest.mark.parametrize("path", ["/partner", "/partner/offers", "/partner/events"])
def test_rooms_cost_the_same_for_one_and_for_many(
    client: Client, statements: list[str], path: str
) -> None:
    owner, organisation = partner()
    client.sign_in(owner)

    def cost() -> int:
        factories.offer(factories.idea(), organisation)
        factories.session(run_by(organisation))
        client.get(path)
        statements.clear()
        client.get(path)
        return len(statements)

    one = cost()
    assert [cost(), cost()] == [one, one]
    assert one <= 8
