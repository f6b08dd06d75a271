"""What was put on once is planned again."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused
from portal.ideas.models import Idea
from portal.organisations.lifecycle import Standing
from portal.policy import Actor, Role
from portal.programs import announcing, planning, plans, queries, repeating
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Admission, Program, Registration, Session
from tests import factories
from tests.conftest import Client
from tests.programs.test_planning import Plan, plan

pytestmark = pytest.mark.usefixtures("app")


def announced() -> Plan:
    made = plan()
    planning.set_sign_up(
        made.program.id,
        planning.SignUp(followers_first=True, waitlist=False, party_limit=7, question="Why?"),
        by=made.staff,
    )
    announcing.announce(made.program.id, by=made.staff)
    return made


def test_the_steps_are_filled_in_and_only_the_date_is_missing() -> None:
    made = announced()
    session = db.session.scalars(select(Session)).one()
    factories.registration(session)

    again = repeating.plan_again(made.program.id, by=made.staff)

    assert (again.stage, again.step, again.announced_at) == (ProgramStage.PLANNING, 3, None)
    assert (again.party_limit, again.waitlist, again.question) == (7, False, "Why?")
    assert again.goal == made.program.goal
    assert queries.partner_ids(again.id) == [made.partner.id]
    old, new = (plans.tasks_and_measures(one) for one in (made.program.id, again.id))
    assert [task.what for task in new[0]] == [task.what for task in old[0]]
    assert [(m.what, m.target) for m in new[1]] == [(m.what, m.target) for m in old[1]]
    assert plans.of_idea(made.idea.id) is again
    assert queries.shown(again.id, staff=True).sittings == []
    assert len(db.session.scalars(select(Registration)).all()) == 1
    assert announcing.unsigned(again) == {made.partner.id}


def test_an_idea_has_one_plan_at_once() -> None:
    made = announced()
    repeating.plan_again(made.program.id, by=made.staff)

    with pytest.raises(Refused, match=f"Idea {made.idea.id} is being planned already"):
        repeating.plan_again(made.program.id, by=made.staff)


def test_a_partner_that_may_not_partner_any_more_is_left_out() -> None:
    made = announced()
    made.partner.standing = Standing.PAUSED

    again = repeating.plan_again(made.program.id, by=made.staff)

    assert (queries.partner_ids(again.id), again.step) == ([], 2)
    assert all(one.organisation_id is None for one in plans.tasks_and_measures(again.id)[0])


def test_a_plan_is_not_copied_and_no_other_branch_copies() -> None:
    made = plan()
    with pytest.raises(Refused, match="a plan already"):
        repeating.plan_again(made.program.id, by=made.staff)
    east = factories.branch("EAST").id
    elsewhere = Actor(id=factories.person().id, grants=frozenset({(Role.LIBRARIAN, east)}))
    done = factories.program(stage=ProgramStage.DONE)

    with pytest.raises(Refused, match="does not allow"):
        repeating.plan_again(done.id, by=elsewhere)


def test_one_press_on_its_page_leads_to_the_date(client: Client) -> None:
    done = factories.program(stage=ProgramStage.DONE, goal="Mend.", alone=True)
    client.sign_in(factories.librarian())
    assert "Plan it again" in client.get(f"/staff/events/{done.id}").text

    answer = client.post(f"/staff/events/{done.id}/again")

    new = db.session.scalars(select(Program.id).where(Program.id != done.id)).one()
    assert answer.location == f"/staff/events/{new}/plan/3"
    assert "Only the date is missing" in client.get(answer.location).text
    assert db.session.scalars(select(Idea.id)).all() == []


def test_where_people_signed_up_elsewhere_the_new_date_asks_for_its_own_link(
    client: Client,
) -> None:
    link = "https://calendar.example.org/old-date"
    done = factories.program(
        stage=ProgramStage.DONE,
        goal="Mend.",
        alone=True,
        admission=Admission.ELSEWHERE,
        calendar_link=link,
    )
    client.sign_in(factories.librarian())
    step3 = client.post(f"/staff/events/{done.id}/again").location
    page = client.get(step3).text
    assert "the link to sign up" in page
    assert (link in page, 'value="elsewhere" id="admission-2" checked' in page) == (False, True)
    day = (clock.now() + timedelta(days=30)).date()
    sent = {"day": f"{day}", "starts": "18:00", "ends": "20:00", "room": "", "place": "Mill"}
    without = client.post(step3, data=sent | {"admission": "elsewhere"})
    assert (without.status_code, "not the address of a page" in without.text) == (422, True)
    new = db.session.scalars(select(Program).where(Program.id != done.id)).one()
    factories.session(new, capacity=0)
    with pytest.raises(Refused, match="not said yet where people sign up"):
        announcing.announce(new.id, by=factories.actor(Role.LIBRARIAN))
    db.session.rollback()
    sent |= {"admission": "elsewhere", "calendar_link": "https://calendar.example.org/new"}

    assert client.post(step3, data=sent).status_code == 303

    db.session.refresh(new)
    assert new.calendar_link == "https://calendar.example.org/new"


def test_without_its_link_nothing_is_on_the_calendar_that_is_signed_up_for_elsewhere() -> None:
    with pytest.raises(IntegrityError):
        factories.program(admission=Admission.ELSEWHERE)
