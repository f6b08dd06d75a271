"""A librarian's day: what waits on Today is done in few presses, counted and printed."""

import sys
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Locator, expect
from sqlalchemy import func, select

from portal.agreements.lifecycle import OfferState
from portal.core import clock
from portal.core.database import db
from portal.ideas import deciding, writing
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import AgeGroup, Idea
from portal.ideas.writing import Draft
from portal.policy import Actor, Role
from portal.settings.queries import today
from portal.surveys import instruments
from tests import factories
from tests.browser.conftest import Visitor
from tests.surveys.conftest import agreeing, counted, surveyed

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("on_the_second_database")]

TEXTS, ANSWERS = 20, 3
GOALS = {
    "texts": 2 * TEXTS,
    "answers": 2 * ANSWERS + 1,
    "offer to agreement": 5,
    "closing": 2,
    "results": 2,
}


def arrange() -> tuple[int, int]:
    """All that waits this morning; the idea with an accepted offer, and the program to tell of."""
    instruments.seed()
    topic, branch = factories.topic().id, factories.branch().id
    for n in range(TEXTS):
        draft = Draft(
            title=f"Idea {n}",
            happens="We swap seeds.",
            need="Gardens are empty.",
            topic_id=topic,
            branch_id=branch,
            age_group=AgeGroup.GENERAL,
        )
        writing.propose(draft, author=Actor(id=factories.person().id))
    for n in range(ANSWERS):
        due = today() + timedelta(days=n)
        factories.idea(title=f"Owed {n}", stage=Stage.UNDER_REVIEW, answer_due_on=due, votes=30)
    wanted = factories.idea(title="Repair evening", topic_id=topic, age_group=AgeGroup.ADULTS)
    deciding.reindex(wanted)
    factories.offer(wanted, factories.organisation(), state=OfferState.ACCEPTED)
    over = factories.program(factories.idea(stage=Stage.SCHEDULED), title="Chess night")
    factories.session(over, starts=clock.now() - timedelta(hours=4))
    told = factories.program(factories.idea(stage=Stage.HELD), title="Kite morning")
    surveyed(counted(told, heads=31), *agreeing(12))
    return wanted.id, told.id


class Day:
    """Counts each press of a key, a link, a button or a choice; typing is not one."""

    def __init__(self, staff: Visitor) -> None:
        self.staff, self.page, self.presses = staff, staff.page, Counter[str]()

    def press(self, what: str, where: Locator | str) -> None:
        if isinstance(where, str):
            self.page.keyboard.press(where)
        else:
            where.click()
        self.presses[what] += 1

    def button(self, what: str, name: str) -> None:
        self.press(what, self.page.get_by_role("main").get_by_role("button", name=name).first)

    def link(self, what: str, name: str) -> None:
        self.press(what, self.page.get_by_role("main").get_by_role("link", name=name).first)

    def on_today(self, what: str, name: str) -> None:
        self.staff.opens("/staff")
        self.link(what, name)


@pytest.mark.timeout(300)
def test_a_librarian_s_day(
    app: Flask, visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted, told = arrange()
    day = Day(visitor.is_signed_in_as(factories.person(Role.MANAGER, name="Maya Lindqvist")))
    page = day.page

    day.on_today("texts", "Review")
    for n in range(TEXTS):
        expect(page.locator("#item-h")).to_have_text(f"Idea {n}")
        page.wait_for_load_state("domcontentloaded")  # keys are heard from then on
        day.press("texts", "a")
    expect(page.get_by_text("All caught up")).to_be_visible()

    day.on_today("answers", "Answer Owed 0")
    for n in range(ANSWERS):
        expect(page.locator(".lede").first).to_have_text(f"Owed {n}")
        day.press("answers", page.get_by_label("Not moving forward"))
        page.get_by_label("In a sentence or two").fill("We have no kitchen.")
        page.get_by_label("Why not?").select_option("room")
        day.button("answers", "Answer now")
    expect(page.locator("h1")).to_have_text(f"Owed {ANSWERS - 1}")

    visitor.opens(f"/ideas/{wanted}")
    day.button("offer to agreement", "Turn into an event")
    page.get_by_label("Date").fill((clock.now() + timedelta(days=30)).date().isoformat())
    page.get_by_label("Starts").fill("18:00")
    page.get_by_label("Ends").fill("20:00")
    page.get_by_label("Seats").fill("12")
    day.button("offer to agreement", "Save and go on")
    day.button("offer to agreement", "Send the agreement")
    expect(page.locator("h1")).to_be_visible()

    day.on_today("closing", "Count and close Chess night")
    page.get_by_label("How many people came?").fill("9")
    day.button("closing", "Close it")
    expect(page.get_by_text("9 people came")).to_be_visible()

    visitor.opens(f"/staff/events/{told}/results")
    day.presses["results"] += 1
    page.get_by_label("What happened").fill("Forty kites flew.")
    page.get_by_label("What we will do next").fill("Again in spring.")
    day.button("results", "Publish and tell")
    expect(page.get_by_text("Forty kites flew.")).to_be_visible()

    db.session.rollback()
    public = select(func.count()).where(Idea.publication == Publication.PUBLISHED)
    assert db.session.scalar(public.where(Idea.title.like("Idea %"))) == TEXTS
    with capsys.disabled():
        counts = "  ".join(f"{what} {day.presses[what]} of {GOALS[what]}" for what in GOALS)
        sys.stdout.write(f"\npresses in a day: {counts}\n")
    assert {what: n for what, n in day.presses.items() if n > GOALS[what]} == {}
