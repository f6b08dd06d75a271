"""A plan, its partners, its date."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.agreements import offering, signing
from portal.agreements import queries as agreements
from portal.agreements.lifecycle import AgreementState, OfferState
from portal.agreements.models import Agreement, Side
from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused
from portal.ideas import answering
from portal.ideas.answering import Answer
from portal.ideas.lifecycle import Decision, Stage
from portal.ideas.models import AgeGroup, Idea
from portal.organisations import queries as organisations
from portal.organisations.models import Organisation
from portal.policy import Actor, Role
from portal.programs import agreeing, announcing, planning, plans, queries, scheduling
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Program, Session
from portal.programs.planning import Aim
from portal.programs.scheduling import When
from portal.settings.queries import today
from tests import factories
from tests.conftest import Client

pytestmark = pytest.mark.usefixtures("app")


@dataclass
class Plan:
    """A plan with a partner, a date and an agreement that both signed."""

    idea: Idea
    program: Program
    partner: Organisation
    agreement: Agreement
    staff: Actor
    owner: Actor


def manager() -> Actor:
    person = factories.person(Role.MANAGER)
    return Actor(id=person.id, grants=frozenset({(Role.MANAGER, None)}))


def when(*, starts: int = 18, room: int | None = None) -> When:
    day = (clock.now() + timedelta(days=30)).date()
    return When(
        day=day, starts=time(starts), ends=time(starts + 2), seats=20, room_id=room, place="Park"
    )


def plan() -> Plan:
    staff, idea, partner = manager(), factories.idea(), factories.organisation()
    factories.offer(idea, partner, state=OfferState.ACCEPTED)
    program = planning.begin(idea.id, by=staff)
    scheduling.schedule(program.id, when(), by=staff)
    agreement = agreeing.send(program.id, by=staff)[0]
    person_id = organisations.members(partner.id)[0]
    theirs = frozenset({partner.id})
    owner = Actor(id=person_id, organisations=theirs, owned=theirs)
    signing.sign(agreement.id, side=Side.PARTNER, name="Sam", seen=1, by=owner)
    signing.sign(agreement.id, side=Side.LIBRARY, name="Maya", seen=1, by=staff)
    return Plan(idea, program, partner, agreement, staff, owner)


def test_with_one_accepted_offer_it_begins_at_the_date() -> None:
    staff, idea = manager(), factories.idea()
    factories.offer(idea, factories.organisation(), state=OfferState.ACCEPTED)

    program = planning.begin(idea.id, by=staff)

    assert program.step == 3
    assert planning.begin(idea.id, by=staff).id == program.id


def test_a_partner_that_ends_the_agreement_sends_the_idea_back_to_the_search() -> None:
    made = plan()

    signing.end(made.agreement.id, by=made.owner)

    assert made.idea.stage is Stage.LOOKING
    assert made.idea.search_ends_on == today() + timedelta(days=30)
    assert queries.partner_ids(made.program.id) == []
    assert made.program.step == 2


def test_so_does_an_offer_taken_back() -> None:
    made = plan()
    offer_id = next(one.id for one in agreements.offers_for(made.idea.id))

    offering.withdraw(offer_id, by=made.owner)

    assert made.idea.stage is Stage.LOOKING
    assert queries.partner_ids(made.program.id) == []
    assert made.agreement.state is AgreementState.ENDED_EARLY


def test_an_offer_taken_back_after_the_announcement_warns_the_desk_too() -> None:
    made = plan()
    announcing.announce(made.program.id, by=made.staff)
    offer_id = next(one.id for one in agreements.offers_for(made.idea.id))

    offering.withdraw(offer_id, by=made.owner)

    assert made.idea.stage is Stage.SCHEDULED
    assert queries.partner_ids(made.program.id) == [made.partner.id]
    assert [one.state for one in plans.papers_due()] == [AgreementState.ENDED_EARLY]


def another_date(made: Plan) -> None:
    scheduling.schedule(made.program.id, when(starts=9), by=made.staff)


def another_measure(made: Plan) -> None:
    goal = planning.Goal(
        title="Mending",
        goal=made.program.goal,
        summary=made.program.summary,
        age_group=AgeGroup.ADULTS,
        measures=[Aim(what="Lamps mended", target=9)],
    )
    planning.set_goal(made.program.id, goal, by=made.staff)


def another_task(made: Plan) -> None:
    tasks = planning.Partnering(
        organisations=[made.partner.id], partner_tasks={made.partner.id: ["Sixteen menders"]}
    )
    planning.set_partners(made.program.id, tasks, by=made.staff)


@pytest.mark.parametrize("change", [another_date, another_measure, another_task])
def test_what_was_changed_after_both_signed_is_signed_anew(change: Callable[[Plan], None]) -> None:
    made = plan()
    assert announcing.unsigned(made.program) == set()
    change(made)

    with pytest.raises(Refused, match="not as the plan is now"):
        announcing.announce(made.program.id, by=made.staff)
    again = agreeing.send(made.program.id, by=made.staff)[0]
    assert (again.state, again.current) == (AgreementState.SENT, 2)
    signing.sign(again.id, side=Side.PARTNER, name="Sam", seen=2, by=made.owner)
    signing.sign(again.id, side=Side.LIBRARY, name="Maya", seen=2, by=made.staff)
    announcing.announce(made.program.id, by=made.staff)

    assert made.idea.stage is Stage.SCHEDULED


def test_a_plan_whose_date_is_over_is_not_announced() -> None:
    made = plan()
    clock.move(timedelta(days=40))

    with pytest.raises(Refused, match="date is over"):
        announcing.announce(made.program.id, by=made.staff, reason="We forgot.")


def test_a_partner_that_leaves_while_it_is_announced_is_seen_to_have_left(app: Flask) -> None:
    """Both at once, many times: it left the plan, or the desk is warned."""
    boss = factories.person(Role.MANAGER)
    for _round in range(8):
        made = plan()
        offer_id = next(one.id for one in agreements.offers_for(made.idea.id))
        program_id, partner_id = made.program.id, made.partner.id
        owner = db.session.get_one(Person, made.owner.id)
        acts = [
            (boss, f"/staff/ideas/{made.idea.id}/plan/publish", {"reason": "It is soon."}),
            (owner, f"/partner/offers/{offer_id}/withdraw", {}),
        ]
        browsers = [(browser(app, person), path, data) for person, path, data in acts]
        db.session.commit()
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda act: press(*act), browsers))
        db.session.rollback()
        db.session.expire_all()

        assert 303 in answers
        stage = db.session.get_one(Program, program_id).stage
        assert made.agreement.state is AgreementState.ENDED_EARLY
        left = partner_id not in queries.partner_ids(program_id)
        assert left is (stage is ProgramStage.PLANNING)


def browser(app: Flask, person: Person) -> Client:
    made = app.test_client()
    assert isinstance(made, Client)
    return made.sign_in(person)


def press(by: Client, path: str, data: dict[str, str]) -> int:
    return by.post(path, data=data).status_code


def test_after_the_announcement_the_desk_is_warned() -> None:
    made = plan()
    announcing.announce(made.program.id, by=made.staff)
    assert plans.papers_due() == []

    signing.end(made.agreement.id, by=made.owner)

    assert made.idea.stage is Stage.SCHEDULED
    assert [(one.title, one.state) for one in plans.papers_due()] == [
        (made.program.title, AgreementState.ENDED_EARLY)
    ]


def test_a_partner_that_comes_back_signs_anew() -> None:
    made = plan()
    signing.end(made.agreement.id, by=made.owner)
    partners = planning.Partnering(organisations=[made.partner.id])
    planning.set_partners(made.program.id, partners, by=made.staff)

    again = agreeing.send(made.program.id, by=made.staff)[0]

    assert (again.state, again.current) == (AgreementState.SENT, 2)


def test_a_no_gives_up_the_plan_and_its_room_and_keeps_its_steps(client: Client) -> None:
    made, room = plan(), factories.room().id
    scheduling.schedule(made.program.id, when(room=room), by=made.staff)
    later = Answer(move=Decision.POSTPONE, sentence="In spring.", until=today() + timedelta(9))
    client.sign_in(db.session.get_one(Person, made.staff.signed_in_id))
    assert "gives up the plan" in client.get(f"/staff/ideas/{made.idea.id}/answer").text

    answering.answer(made.idea.id, later, by=made.staff, seen=made.idea.version)

    assert made.program.stage is ProgramStage.CANCELLED
    assert db.session.scalars(select(Session)).all() == []
    assert made.agreement.state is AgreementState.ENDED_EARLY
    assert (plans.under_way(), plans.papers_open()) == ([], [])
    page = f"/events/{made.program.id}-repair-evenings"
    assert client.get(page).status_code == 200
    assert client.application.test_client().get(page).status_code == 404
    with clock.moved_to(clock.now() + timedelta(days=9)):
        answering.come_back(made.idea.id)
    again = planning.begin(made.idea.id, by=made.staff)
    assert again.id != made.program.id
    assert (again.goal, again.step) == (made.program.goal, 2)
    assert queries.partner_ids(again.id) == []
