"""Parts of a page that change in place: the keyboard keeps its place, and nothing gets lost."""

import pytest
from playwright.sync_api import expect

from portal.core.database import db
from portal.ideas.lifecycle import Publication
from tests import factories
from tests.browser.conftest import Visitor, Visits

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("on_the_second_database")]


def test_a_vote_counts_in_place_and_can_be_taken_back(visitor: Visitor) -> None:
    idea = factories.idea(topic_id=factories.topic().id)
    visitor.is_signed_in_as(factories.person()).opens("/ideas")
    votes = visitor.page.locator(f"#spine-{idea.id} .spine__label")
    button = visitor.page.locator(f"#vote-{idea.id}")

    button.focus()
    visitor.page.keyboard.press("Enter")

    expect(button).to_have_attribute("aria-pressed", "true")
    expect(votes).to_have_text("1vote")
    expect(button).to_be_focused()
    expect(visitor.page.locator("#live")).to_have_text("1 vote")
    assert visitor.finds_wrong() == []

    visitor.page.keyboard.press("Enter")

    expect(button).to_have_attribute("aria-pressed", "false")
    expect(votes).to_have_text("0votes")


def test_a_vote_that_is_refused_says_so_on_the_whole_page(visitor: Visitor) -> None:
    idea = factories.idea(topic_id=factories.topic().id)
    visitor.is_signed_in_as(factories.person()).opens("/ideas")
    button = visitor.page.locator(f"#vote-{idea.id}")
    idea.publication = Publication.RETIRED
    db.session.commit()

    button.click()

    expect(visitor.page.locator("h1")).to_have_count(1)
    expect(visitor.page.locator("h1")).to_contain_text("nothing here")
    expect(visitor.page.locator("header.site")).to_have_count(1)
    expect(visitor.page.locator("main")).to_be_focused()
    assert "404" in visitor.complaints.pop()
    assert visitor.finds_wrong() == []


def test_a_vote_that_did_not_arrive_can_be_cast_again(visitor: Visitor) -> None:
    idea = factories.idea(topic_id=factories.topic().id)
    visitor.is_signed_in_as(factories.person()).opens("/ideas")
    button = visitor.page.locator(f"#vote-{idea.id}")
    visitor.context.set_offline(True)

    button.click()

    expect(visitor.page.get_by_text("The library did not answer.")).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert "ERR_INTERNET_DISCONNECTED" in visitor.complaints[0]
    visitor.complaints.clear()

    visitor.context.set_offline(False)
    button.click()

    expect(button).to_have_attribute("aria-pressed", "true")
    expect(visitor.page.get_by_text("The library did not answer.")).to_be_hidden()


@pytest.mark.parametrize("script", [True, False])
def test_a_stranger_s_vote_asks_who_they_are(visits: Visits, script: bool) -> None:
    idea = factories.idea(topic_id=factories.topic().id)
    visitor = visits(java_script_enabled=script)
    visitor.opens("/ideas")

    visitor.page.locator(f"#vote-{idea.id}").click()

    expect(visitor.page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    expect(visitor.page.get_by_text("One step is left")).to_be_visible()


def test_a_filter_changes_the_list_and_the_address(visitor: Visitor) -> None:
    factories.idea(title="Seed library", topic_id=factories.topic("civic").id)
    factories.idea(title="Repair evenings", topic_id=factories.topic("making").id)
    visitor.opens("/ideas")

    visitor.page.get_by_label("Civic life").check()

    expect(visitor.page.locator(".idea")).to_have_count(1)
    expect(visitor.page.locator(".idea")).to_contain_text("Seed library")
    expect(visitor.page).to_have_url(f"{visitor.site}/ideas?topic=civic&q=&sort=votes")
    visitor.page.go_back()
    expect(visitor.page.locator(".idea")).to_have_count(2)
