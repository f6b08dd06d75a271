"""The headers that every answer carries, and what a browser or a proxy may keep."""

import dataclasses
from collections.abc import Iterator

import pytest
from flask import session

from portal.app import create_app
from portal.core import clock, config
from portal.core.database import db
from portal.core.headers import ALWAYS
from tests import factories
from tests.accounts.conftest import ask
from tests.conftest import Client, Probe

PAGES = ["/sign-in", "/sign-in/password", "/nowhere"]


@pytest.fixture
def behind_https(probe: Probe, settings: config.Config) -> Iterator[Client]:
    """A browser that reaches the portal through a proxy which speaks https."""
    public = dataclasses.replace(settings, base_url="https://ideas.library.example", proxies=1)
    app = create_app(public, TESTING=True)
    app.test_client_class = Client
    client = app.test_client()
    assert isinstance(client, Client)
    client.environ_base |= {
        "HTTP_HOST": "ideas.library.example",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    }
    yield client
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("address", [*PAGES, "/probe"])
def test_every_answer_carries_them(probe: Probe, address: str) -> None:
    answer = probe.client.get(address)

    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert set(answer.vary) - {"Accept-Encoding"} == {"Cookie", "HX-Request"}
    assert "Strict-Transport-Security" not in answer.headers


def test_so_does_the_answer_to_a_failure(probe: Probe) -> None:
    probe.client.application.testing = False
    answer = probe.does(lambda: 1 / 0).client.get("/probe")

    assert (answer.status_code, "ZeroDivisionError" in answer.text) == (500, False)
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS


@pytest.mark.parametrize("address", PAGES)
def test_a_page_for_strangers_sets_no_cookie_and_is_the_same_for_all(
    probe: Probe, address: str
) -> None:
    first, second = probe.client.get(address), probe.client.get(address)

    assert first.data == second.data
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"] == "no-cache"
    assert "csrf" not in first.text


@pytest.mark.parametrize("address", [*PAGES, "/probe"])
def test_what_depends_on_a_person_is_not_kept(probe: Probe, address: str) -> None:
    from flask_login import current_user  # noqa: PLC0415

    probe.does(lambda: str(current_user.is_authenticated))
    probe.client.sign_in(factories.person())

    assert probe.client.get(address).headers["Cache-Control"] == "private, no-store"


def test_nor_is_an_answer_that_sets_the_session(probe: Probe) -> None:
    def begin() -> str:
        session["begun"] = "yes"
        return "begun"

    answer = probe.does(begin).client.get("/probe")

    assert "Set-Cookie" in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_what_everybody_may_keep_sets_nobodys_cookie(probe: Probe) -> None:
    client = probe.client.sign_in(factories.person())
    with client.session_transaction() as held:
        held.permanent = True
    answer = client.get("/theme-000000000000.css")

    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)


def test_behind_https_the_cookie_is_bound_to_the_host(behind_https: Client) -> None:
    letter = ask(behind_https)
    answer = behind_https.post("/sign-in/code", data={"code": letter.code})
    cookie = answer.headers["Set-Cookie"]
    name, *flags = [part.strip() for part in cookie.split(";")]

    assert name.startswith("__Host-session=")
    assert {flag for flag in flags if not flag.startswith("Expires")} == {
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
    }
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert behind_https.get("/sign-in").status_code == 303


def test_behind_https_a_stranger_sends_from_our_page(behind_https: Client) -> None:
    headers = {"Origin": "https://ideas.library.example", "Sec-Fetch-Site": "same-origin"}

    assert behind_https.post("/sign-out", headers=headers).status_code == 303


def test_behind_a_proxy_its_word_counts_and_no_other(behind_https: Client) -> None:
    with clock.moved_to(clock.now().replace(minute=1)):
        for n in range(31):
            claims = {"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.7"}
            typed = {"email": f"person{n}@example.org"}
            answer = behind_https.post("/sign-in", data=typed, headers=claims)
        assert answer.status_code == 422
        elsewhere = {"X-Forwarded-For": "203.0.113.7, 203.0.113.8"}
        assert behind_https.post("/sign-in", data=typed, headers=elsewhere).status_code == 303
