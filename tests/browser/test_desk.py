"""The desk in a browser: the keys of the review queue, and pages that staff fill in."""

import pytest
from playwright.sync_api import expect

from portal.core.database import db
from portal.ideas import writing
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea
from portal.ideas.writing import Draft
from portal.policy import Actor
from tests import factories
from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("on_the_second_database")]


def pending(title: str) -> Idea:
    draft = Draft(title=title, happens="x", need="y")
    return writing.propose(draft, author=Actor(id=factories.person().id))


def test_the_queue_is_worked_with_single_keys_that_can_be_turned_off(visitor: Visitor) -> None:
    first, second = pending("Seeds"), pending("Bulbs")
    visitor.is_signed_in_as(factories.librarian()).opens(f"/staff/review/{first.id}")
    page, heading = visitor.page, visitor.page.locator("#item-h")

    page.keyboard.press("j")
    expect(heading).to_have_text("Bulbs")
    page.get_by_label("Keyboard shortcuts").uncheck()
    page.locator("h1").click()
    page.keyboard.press("k")
    page.reload()
    expect(heading).to_have_text("Bulbs")
    expect(page.get_by_label("Keyboard shortcuts")).not_to_be_checked()
    page.get_by_label("Keyboard shortcuts").check()
    page.get_by_label("Message to the author").press("a")
    expect(heading).to_have_text("Bulbs")
    page.locator("h1").click()
    page.keyboard.press("a")

    expect(heading).to_have_text("Seeds")
    db.session.rollback()
    kept = db.session.get_one(Idea, second.id, populate_existing=True)
    assert kept.publication is Publication.PUBLISHED


@pytest.mark.parametrize("path", ["/staff", "/staff/events/new", "/staff/ideas/{}/answer"])
def test_nothing_is_wrong_with_what_staff_fill_in(visitor: Visitor, path: str) -> None:
    idea = factories.idea(stage=Stage.UNDER_REVIEW)
    visitor.is_signed_in_as(factories.librarian()).opens(path.format(idea.id))

    assert visitor.finds_wrong() == []


def test_nothing_is_wrong_with_the_choice_of_a_partner(visitor: Visitor) -> None:
    idea = factories.idea()
    for name in ("Quilters", "Anglers"):
        factories.organisation(name=name)
    visitor.is_signed_in_as(factories.librarian()).opens(f"/staff/ideas/{idea.id}/plan/1")
    page = visitor.page
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Partner", exact=True).click()
    page.get_by_text("2 more organizations").click()

    assert visitor.finds_wrong() == []
    page.get_by_label("Quilters").check()
    page.get_by_role("button", name="Save and go on").click()
    visitor.opens(f"/staff/ideas/{idea.id}/plan/5")
    assert visitor.finds_wrong() == []
