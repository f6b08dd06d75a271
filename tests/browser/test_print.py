"""What people print: results, a ticket and the figures of a year on one sheet each."""

import re
from datetime import timedelta

import pytest

from portal.core import clock
from portal.policy import Role
from portal.programs.lifecycle import SessionStage
from portal.settings import founding
from tests import factories
from tests.addresses import PAGES, world
from tests.browser.conftest import Visitor, Visits

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("on_the_second_database")]

ONE_SHEET = ("results.show", "programs.ticket")


@pytest.mark.parametrize("paper", ["Letter", "A4"])
@pytest.mark.parametrize("endpoint", ONE_SHEET)
def test_it_prints_on_one_sheet(visitor: Visitor, endpoint: str, paper: str) -> None:
    visitor.opens(PAGES[endpoint](world())[0])

    printed = visitor.page.pdf(format=paper)

    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1


@pytest.mark.parametrize("theme", ["", "dark"])
def test_paper_is_white_whatever_the_screen_is(visits: Visits, theme: str) -> None:
    """Ink that is made for a dark screen cannot be read on it."""
    visitor = visits(color_scheme="dark")
    if theme:
        cookie = {"name": "theme", "value": theme, "url": visitor.site}
        visitor.context.add_cookies([cookie])  # type: ignore[list-item]
    visitor.opens(PAGES["programs.ticket"](world())[0])
    ink = "getComputedStyle(document.querySelector('h1')).color"
    on_screen = visitor.page.evaluate(ink)
    visitor.page.emulate_media(media="print", color_scheme="dark")

    assert (on_screen, visitor.page.evaluate(ink)) == ("rgb(242, 237, 225)", "rgb(27, 38, 36)")


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_a_year_of_eight_branches_prints_on_one_sheet(visitor: Visitor, paper: str) -> None:
    factories.idea(made_at=clock.now() - timedelta(days=9))
    held = {"stage": SessionStage.HELD, "head_count": 12}
    for n in range(8):
        branch_id = founding.add_branch(f"Branch {n}", code=f"B{n}")
        program = factories.program(branch_id=branch_id)
        factories.session(program, starts=clock.now() - timedelta(days=9), **held)
        factories.session(program, starts=clock.now() - timedelta(days=9), number=2)
    visitor.is_signed_in_as(factories.person(Role.MANAGER)).opens("/staff/reports")
    assert "Its heads are not counted yet." in visitor.page.inner_text("main")
    assert visitor.page.get_by_role("link", name="Branch 7").is_visible()

    printed = visitor.page.pdf(format=paper)

    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
