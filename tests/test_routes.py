"""Rules that every address keeps."""

import pytest
from flask import Flask

from portal.core.web import open_to_all, refuse_unguarded
from tests.addresses import NO_PAGES, PAGES, world
from tests.conftest import Client


def test_every_view_wears_a_guard(app: Flask) -> None:
    assert [
        name for name, view in app.view_functions.items() if not hasattr(view, "permission")
    ] == []


def test_an_application_with_a_bare_view_does_not_start() -> None:
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/open", "open", open_to_all(lambda: ""))
    refuse_unguarded(app)
    app.add_url_rule("/bare", "bare", lambda: "")

    with pytest.raises(RuntimeError, match="wear no guard: bare"):
        refuse_unguarded(app)


def test_every_page_is_known_to_the_checks(app: Flask) -> None:
    """A new page is added to tests/addresses.py, and so to axe, the pictures and the crawls."""
    shown = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert shown == set(PAGES) | set(NO_PAGES)


def test_every_address_of_the_checks_answers(app: Flask, client: Client) -> None:
    made = world()
    client.sign_in(made.everybody)
    answers = {
        path: client.get(path, follow_redirects=True).status_code
        for address in PAGES.values()
        for path in address(made)
    }

    refused = {"/sign-in/waiting/1", "/demo/mail", f"/demo/mail/{made.mail}"}
    assert {path for path, status in answers.items() if status != 200} <= refused | {
        "/sign-in/link/nobody"
    }
