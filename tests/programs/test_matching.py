"""Who could run a program, and why."""

from typing import Any

import pytest

from portal.organisations.lifecycle import Standing
from portal.organisations.models import Organisation
from portal.programs import matching
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Program, ProgramPartner
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


def wanted(**values: Any) -> Program:
    usual: dict[str, Any] = {
        "title": "Mending night",
        "goal": "Lamps live on",
        "stage": ProgramStage.PLANNING,
    }
    return factories.program(**usual | values)


def ran(organisation: Organisation, **values: Any) -> None:
    program = factories.program(stage=ProgramStage.DONE, **values)
    factories.kept(ProgramPartner(program_id=program.id, organisation_id=organisation.id))


def test_the_best_fit_comes_first_each_with_its_reasons() -> None:
    factories.organisation(name="Anglers", brings="rods")
    bringing = factories.organisation(name="Menders", brings="tools, people who mend")
    known = factories.organisation(name="Quilters", brings="cloth")
    for _twice in range(2):
        ran(known)
    ran(bringing, topic_id=factories.topic("civic").id, branch_id=factories.branch("EAST").id)

    found = [(one.name, one.why) for one in matching.matches(wanted())]

    assert found == [
        ("Quilters", ("2 events on “Making and repair” with us", "Knows Main Library")),
        ("Menders", ("Brings people who mend",)),
        ("Anglers", ()),
    ]


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.VERIFIED])
def test_who_may_not_partner_is_no_match(standing: Standing) -> None:
    factories.organisation(standing=standing, brings="mending")

    assert matching.matches(wanted()) == []


def test_of_a_plan_without_topic_or_branch_nothing_is_guessed() -> None:
    one = factories.organisation(brings="")
    ran(one, topic_id=None, branch_id=None)

    assert matching.matches(wanted(topic_id=None, branch_id=None))[0].why == ()
