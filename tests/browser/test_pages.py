"""Every page, as a browser has it: axe in four modes on one load, and none wider than a phone."""

import pytest
from playwright.sync_api import expect

from portal.accounts import recovery
from portal.accounts.models import Person
from tests import factories
from tests.addresses import PAGES, world
from tests.browser.conftest import Visitor, Visits

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("on_one_database")]


@pytest.mark.timeout(600)
def test_nothing_is_wrong_with_a_page_of_somebody_who_sees_all(visitor: Visitor) -> None:
    made = world()
    visitor.is_signed_in_as(made.everybody)
    for path in [path for endpoint in sorted(PAGES) for path in PAGES[endpoint](made)]:
        visitor.opens(path)
        looks_right(visitor, path)


def looks_right(visitor: Visitor, name: str) -> None:
    assert (name, visitor.finds_wrong()) == (name, [])
    expect(visitor.page.locator("h1")).to_have_count(1)


def with_app() -> Person:
    person = factories.librarian()
    factories.code_app(person)
    return person


def with_passkey_and_codes() -> Person:
    person = factories.librarian()
    factories.passkey(person)
    recovery.draw_first(person.id)
    return person


def test_nothing_is_wrong_with_what_stands_between_the_two_steps_of_signing_in(
    visits: Visits,
) -> None:
    """Pages that only somebody sees who is half signed in, and the codes that are shown once."""
    for who, paths in (
        (factories.librarian(), ["/sign-in/second-step", "/sign-in/app"]),
        (with_app(), ["/sign-in/second-step"]),
        (with_passkey_and_codes(), ["/sign-in/second-step"]),
    ):
        half = visits().is_half_signed_in_as(who)
        for path in paths:
            half.opens(path)
            expect(half.page).to_have_url(half.site + path)
            looks_right(half, path)
    visitor = visits().is_signed_in_as(with_app())
    visitor.opens("/me/sign-in")
    visitor.page.get_by_text("New recovery codes").click()
    visitor.page.get_by_role("button", name="Show me new codes").click()
    expect(visitor.page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    looks_right(visitor, "recovery codes")
