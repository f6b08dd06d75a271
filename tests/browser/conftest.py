"""The portal in a real browser: one Chromium a run, one context a visitor.

A visitor fails its test at the end when anything left the site, or when the browser had to
refuse or complain about something.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.accounts import identity, second_step
from portal.accounts.models import Person
from portal.core import clock
from portal.core.database import db
from portal.core.tokens import digest, draw
from tests import factories

AXE = Path("build/axe.min.js")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]  # all that can differ in dark
MODES = [("light", 1280), ("dark", 1280), ("dark", 390), ("light", 390)]
VIOLATIONS = "options => axe.run(options).then(found => found.violations)"
PATIENCE = 8_000  # milliseconds
AXE_S_OWN = ("Couldn't load preload assets", "Applying inline style")  # when it looks at a page


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None: ...


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the portal, served by threads of this process on the test's database."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Visitor:
    """Somebody at a browser of their own."""

    def __init__(self, chromium: Browser, site: str, app: Flask, **context: Any) -> None:
        self.site, self.app = site, app
        self.context = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 900}} | context
        )
        self.context.set_default_timeout(PATIENCE)
        self.examined = False
        self.complaints: list[str] = []
        self.left: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda request: self._watch(request.url))
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def opens(self, path: str) -> Response:
        """Go to a page. What the test arranged is there."""
        _hand_over()
        answer = self.page.goto(self.site + path)
        assert answer is not None
        return answer

    def is_signed_in_as(self, person: Person) -> "Visitor":
        return self._remembers({"_user_id": factories.device(person)})

    def is_half_signed_in_as(self, person: Person) -> "Visitor":
        """The first step is done in this browser, and the second is not."""
        own, half = draw(), factories.half_sign_in(person)
        half.browser_hash, half.expires_at = digest(own), clock.now() + second_step.VALID_FOR
        return self._remembers({identity.BROWSER: own})

    def _remembers(self, session: dict[str, str]) -> "Visitor":
        _hand_over()
        interface: Any = self.app.session_interface
        sealed = interface.get_signing_serializer(self.app).dumps(session)
        self.context.add_cookies([{"name": "session", "value": sealed, "url": self.site}])
        return self

    def finds_wrong(self) -> list[str]:
        """What axe finds on the page as it is now, in light and dark, on a desk and a phone; and
        where a page is wider than its window."""
        self._brings_axe()
        found = []
        for scheme, width in MODES:
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            rules = OF_COLOURS if scheme == "dark" else TAGS
            found += [f"{scheme} {width}: {one}" for one in self._axe(width, rules)]
        return found + self._too_wide(320)

    def _brings_axe(self) -> None:
        """Once to the page that is open; those that come after it have it."""
        if not self.examined:
            self.examined = True
            self.context.add_init_script(path=AXE)
            self.page.evaluate(AXE.read_text("utf-8"))

    def _axe(self, width: int, rules: list[str]) -> list[str]:
        wide = self._too_wide(width)
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        return wide + [
            f"{one['id']} {node['target']} {node['failureSummary']}"
            for one in self.page.evaluate(VIOLATIONS, options)
            for node in one["nodes"]
        ]

    def _too_wide(self, width: int) -> list[str]:
        size = self.page.viewport_size
        if size is None or size["width"] != width:
            self.page.set_viewport_size({"width": width, "height": 900})
        over = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return [f"{over} pixels wider than {width}"] if over > 0 else []

    def _watch(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.site).netloc and not url.startswith("data:"):
            self.left.append(url)

    def _note(self, said: ConsoleMessage) -> None:
        refused = "status of 4" in said.text and said.location["url"] == self.page.url
        axe_s_own = self.examined and any(words in said.text for words in AXE_S_OWN)
        if said.type in ("error", "warning") and not (refused or axe_s_own):
            self.complaints.append(said.text)


def _hand_over() -> None:
    """Commit what the test arranged. Its rows can be read on as they are: to read them anew would
    begin a transaction that the portal has to wait for."""
    session = db.session()
    session.expire_on_commit = False
    session.commit()
    session.expire_on_commit = True


Visits = Callable[..., Visitor]


@pytest.fixture
def visits(chromium: Browser, site: str, app: Flask) -> Iterator[Visits]:
    """Makes visitors: ``visits()``, or with what a browser context takes."""
    made: list[Visitor] = []

    def visit(**context: Any) -> Visitor:
        made.append(Visitor(chromium, site, app, **context))
        return made[-1]

    yield visit
    for visitor in made:
        visitor.context.close()
    assert [(one.left, one.complaints) for one in made] == [([], [])] * len(made)


@pytest.fixture
def visitor(visits: Visits) -> Visitor:
    return visits()
