from portal.core.database import db
from portal.settings import theme
from portal.settings.models import Library
from tests.conftest import Client


def test_the_style_sheet_is_that_of_the_library_and_kept_for_a_year(client: Client) -> None:
    colour = db.session.get_one(Library, 1).brand_colour

    answer = client.get(f"/theme-{theme.fingerprint(colour)}.css")

    assert answer.text == theme.css(colour)
    assert "immutable" in answer.headers["Cache-Control"]


def test_an_old_address_gives_the_present_colours_and_is_not_kept(client: Client) -> None:
    answer = client.get("/theme-000000000000.css")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_dark_is_remembered_and_can_be_left_to_the_device_again(client: Client) -> None:
    answer = client.post("/display", data={"theme": "dark", "next": "/ideas"})
    assert (answer.status_code, answer.location) == (303, "/ideas")
    assert client.get_cookie("theme") is not None

    client.post("/display", data={"theme": "auto", "next": "/ideas"})
    assert client.get_cookie("theme") is None


def test_the_way_back_never_leads_to_another_site(client: Client) -> None:
    answer = client.post("/display", data={"theme": "dark", "next": "//evil.example"})

    assert answer.location == "/"
