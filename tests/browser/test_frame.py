"""The frame of every page, as a browser has it: light, dark, narrow, without a script."""

import pytest
from playwright.sync_api import expect

from portal.core.database import db
from portal.policy import Role
from portal.settings import marking
from portal.settings.models import Library
from tests import factories
from tests.browser.conftest import Visitor, Visits

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("on_one_database")]

PUBLIC = [
    "/",
    "/ideas",
    "/ideas/new",
    "/help",
    "/rules",
    "/privacy",
    "/accessibility",
    "/partners",
    "/notices",
    "/sign-in",
    "/nowhere",
]
HOME, OTHER = 60_000, 70_000  # bytes, cold, signed out, everything counted
VARIED = (
    "choir kites bread tax robots poems chess seeds bikes radio film soup maps quilts yoga jobs "
    "homework drums stars birds dance voting housing spanish sewing coding gardens lamps history "
    "comics puppets budget resume bees clay ukulele debate first aid knitting trains genealogy "
    "podcast baking science theater reading puzzles citizenship murals photography"
)
TYPED = "A choir for people who cannot sing"


@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_is_wrong_with_a_page(visitor: Visitor, path: str) -> None:
    factories.idea(topic_id=factories.topic().id)
    visitor.opens(path)

    assert visitor.finds_wrong() == []
    expect(visitor.page.locator("h1")).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/staff/review", "/staff/partners"])
def test_nothing_is_wrong_with_a_page_of_somebody_signed_in(visitor: Visitor, path: str) -> None:
    visitor.is_signed_in_as(factories.librarian()).opens(path)

    assert visitor.finds_wrong() == []


@pytest.mark.parametrize("colour", ["#ffd400", "#c8102e", "#000000"])
def test_no_colour_of_a_library_makes_a_page_unreadable(visitor: Visitor, colour: str) -> None:
    factories.idea(topic_id=factories.topic().id)
    library = db.session.get_one(Library, 1)
    library.brand_colour, library.version = colour, library.version + 1
    visitor.opens("/")

    expect(visitor.page.locator('link[href^="/theme-"]')).to_have_count(1)
    assert visitor.finds_wrong() == []


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_reads_from_right_to_left(visitor: Visitor, path: str) -> None:
    visitor.page.set_viewport_size({"width": 320, "height": 800})
    visitor.opens(path)
    visitor.page.evaluate("document.documentElement.dir = 'rtl'")

    assert (
        visitor.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        == 0
    )


@pytest.mark.parametrize(("path", "most"), [("/", HOME), ("/ideas", OTHER), ("/ideas/new", OTHER)])
def test_a_page_is_light(visitor: Visitor, path: str, most: int) -> None:
    """Also where its ideas have few words in common, and a mark is as heavy as may be."""
    words = VARIED.split()
    for n in range(25):
        title = f"{words[n]} {words[n + 25]} evenings"
        happens = f"Neighbors bring {' and '.join(words[n % 7 :: 7])}."
        factories.idea(title=title, happens=happens, topic_id=factories.topic().id)
    staff = factories.actor(Role.ADMINISTRATOR)
    marking.wear(marking.draw(factories.noise(), by=staff), by=staff)
    weights: list[int] = []
    wire = visitor.context.new_cdp_session(visitor.page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    visitor.opens(path)
    visitor.page.wait_for_load_state("networkidle")

    assert len(weights) >= 6  # page, two fonts, style sheet, icons, script
    assert sum(weights) <= most


def test_the_first_stop_of_the_keyboard_skips_to_the_content(visitor: Visitor) -> None:
    visitor.opens("/ideas")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.get_by_role("link", name="Skip to main content")).to_be_focused()

    visitor.page.keyboard.press("Enter")

    expect(visitor.page.locator("main")).to_be_focused()


def test_dark_is_there_at_once_and_nothing_typed_is_lost(visitor: Visitor) -> None:
    visitor.opens("/ideas/new")
    visitor.page.locator("#title").fill(TYPED)

    visitor.page.get_by_role("button", name="Dark").click()

    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(visitor.page.get_by_role("button", name="Dark")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(visitor.page.locator("#title")).to_have_value(TYPED)
    visitor.page.reload()
    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_dark_without_a_script_comes_back_to_the_same_page(visits: Visits) -> None:
    visitor = visits(java_script_enabled=False)
    visitor.opens("/ideas?sort=newest")

    visitor.page.get_by_role("button", name="Dark").click()

    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
    assert visitor.page.url.endswith("/ideas?sort=newest")


@pytest.mark.parametrize("script", [True, False])
def test_what_is_wrong_is_read_first(visits: Visits, script: bool) -> None:
    visitor = visits(java_script_enabled=script)
    visitor.opens("/sign-in")
    visitor.page.get_by_role("textbox", name="email").fill("nonsense")
    visitor.page.get_by_role("button", name="Send me a code").click()

    summary = visitor.page.locator("#errors")
    expect(summary).to_be_focused()
    assert visitor.page.title().startswith("Error:")
    expect(visitor.page.get_by_role("textbox", name="email")).to_have_value("nonsense")

    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("textbox", name="email")).to_be_focused()


def test_letters_left_are_counted_and_too_many_are_told(visitor: Visitor) -> None:
    visitor.opens("/ideas/new")
    visitor.page.locator("#title").fill("x" * 88)
    expect(visitor.page.locator("#title-count")).to_have_text("Letters left: 2")

    visitor.page.locator("#title").fill("x" * 93)

    expect(visitor.page.locator("#title-count")).to_have_text("Letters too many: 3")


@pytest.mark.parametrize("script", [True, False])
def test_a_phone_has_every_word_of_the_menu(visits: Visits, script: bool) -> None:
    visitor = visits(java_script_enabled=script, viewport={"width": 390, "height": 800})
    visitor.opens("/")
    visitor.page.get_by_text("Menu", exact=True).click()

    links = visitor.page.get_by_role("navigation", name="Main menu").get_by_role("link")

    assert links.all_inner_texts() == [
        "Ideas",
        "Events",
        "You asked, we did",
        "For partners",
        "Sign in",
        "Share an idea",
    ]


def test_paper_shows_the_page_and_nothing_around_it(visitor: Visitor) -> None:
    visitor.opens("/privacy")
    visitor.page.emulate_media(media="print")

    expect(visitor.page.locator("nav").first).to_be_hidden()
    expect(visitor.page.locator("footer")).to_be_hidden()
    expect(visitor.page.locator("table")).to_be_visible()
