"""A passkey in a real browser, with an authenticator that the browser brings for tests."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import CDPSession, expect

from tests import factories
from tests.browser.conftest import Visitor, Visits

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("on_the_second_database")]

OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def site(site: str, app: Flask) -> Iterator[str]:
    """By the name that a passkey can be for: an address of numbers has none."""
    named, settings = f"http://localhost:{urlsplit(site).port}", app.extensions["portal"]
    app.extensions["portal"] = replace(settings, base_url=named)
    yield named
    app.extensions["portal"] = settings


def authenticator(visitor: Visitor) -> tuple[CDPSession, str]:
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})
    return session, made["authenticatorId"]


def test_a_passkey_is_made_and_signs_in_without_an_email(visitor: Visitor) -> None:
    person = factories.librarian()
    session, key = authenticator(visitor)
    visitor.is_signed_in_as(person)
    visitor.opens("/me/sign-in")
    page = visitor.page
    page.get_by_label("Name of the passkey").fill("Blue machine")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Your passkey is kept")).to_be_visible()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("listitem").get_by_text("Blue machine").first).to_be_visible()
    assert visitor.finds_wrong() == []
    visitor.context.clear_cookies()

    visitor.opens("/sign-in?next=/staff")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("No passkey was used")).to_be_visible()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{visitor.site}/staff")


def test_without_a_script_or_a_name_there_is_no_button(visits: Visits, app: Flask) -> None:
    plain = visits(java_script_enabled=False)
    plain.opens("/sign-in")
    expect(plain.page.get_by_role("button", name="Send me a code")).to_be_visible()
    expect(plain.page.get_by_role("button", name="Use a passkey")).to_have_count(0)

    numbers = visits()
    numbers.site = numbers.site.replace("localhost", "127.0.0.1")
    numbers.opens("/sign-in")
    expect(numbers.page.get_by_role("button", name="Send me a code")).to_be_visible()
    expect(numbers.page.get_by_role("button", name="Use a passkey")).to_have_count(0)
