"""Every page, as a browser has it: axe in four modes on one load, and none wider than a phone."""

import pytest
from playwright.sync_api import expect

from tests.addresses import PAGES, world
from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("on_one_database")]


@pytest.mark.timeout(600)
def test_nothing_is_wrong_with_a_page_of_somebody_who_sees_all(visitor: Visitor) -> None:
    made = world()
    visitor.is_signed_in_as(made.everybody)
    for path in [path for endpoint in sorted(PAGES) for path in PAGES[endpoint](made)]:
        visitor.opens(path)
        assert (path, visitor.finds_wrong()) == (path, [])
        expect(visitor.page.locator("h1")).to_have_count(1)
