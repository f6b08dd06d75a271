"""Chromium without our content policy: it runs whatever it is given, and says what it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, Route

from portal.core.text import _TAGS

SITE = "http://hostile.test/"
EARS = """
window.__ran = 0;
window.__hit = () => { window.__ran++ };
for (const name of ['alert', 'confirm', 'prompt', 'open', 'print']) window[name] = window.__hit;
"""
POKE = """() => {
  for (const one of document.querySelectorAll('a, [tabindex], input, textarea'))
    for (const kind of ['mouseover', 'focus', 'pointerover'])
      one.dispatchEvent(new Event(kind, {bubbles: true}));
}"""
COUNT = """([own, tags]) => {
  const bad = one => {
    const tag = one.tagName.toLowerCase();
    if (!tags.includes(tag) && !own.includes(tag) && !one.classList.contains('own')) return true;
    return [...one.attributes].some(a => /^on|^hx-|^data-hx/i.test(a.name)
      || (/^(href|src|action|formaction|xlink:href)$/i.test(a.name)
          && /^[\\s\\x00-\\x20]*(javascript|data|vbscript):/i.test(a.value)));
  };
  return {
    ran: window.__ran,
    foreign: [...document.querySelectorAll('.c *')].filter(bad).length,
    whole: document.querySelectorAll('body > .c').length,
  };
}"""
LEAVES = """([site, values]) => values.filter(value => {
  try { return new URL(value, site + 'sign-in').origin !== new URL(site).origin }
  catch { return false }
})"""


@dataclass(frozen=True, slots=True)
class Found:
    """``ran``: scripts that ran. ``foreign``: elements and attributes that are none of ours.
    ``lost``: texts that broke out of where they stood."""

    ran: int
    foreign: int
    lost: int

    def __add__(self, other: "Found") -> "Found":
        return Found(self.ran + other.ran, self.foreign + other.foreign, self.lost + other.lost)


NOTHING = Found(0, 0, 0)
OF_MAILS = ["div", "h1", "title", "meta", "a", "p"]


class Judge:
    """One page of a browser, which reaches nothing but what it is shown."""

    def __init__(self, browser: Browser) -> None:
        self.page: Page = browser.new_page()
        self.page.add_init_script(EARS)
        self.shown = ""
        self.page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        if route.request.url == SITE:
            body = self.shown.encode("utf-8", "replace")
            route.fulfill(body=body, content_type="text/html; charset=utf-8")
        else:
            route.abort()

    def sees(self, fragments: Sequence[str], *, own: Sequence[str] = ()) -> Found:
        """The fragments one after the other, with all that they do within reach."""
        inside = "".join(f'<div class="c">{one}</div>' for one in fragments)
        found = self._look(f"<!doctype html><meta charset=utf-8><body>{inside}", [*own])
        return Found(found["ran"], found["foreign"], len(fragments) - found["whole"])

    def runs(self, html: str) -> int:
        """How many scripts a whole page of ours runs that are not ours: ours do not load."""
        return int(self._look(html, [])["ran"])

    def _look(self, html: str, own: list[str]) -> dict[str, Any]:
        self.shown = html
        self.page.goto(SITE, wait_until="load", timeout=120_000)
        self.page.evaluate(POKE)
        found: dict[str, Any] = self.page.evaluate(COUNT, [own, sorted(_TAGS)])
        return found

    def leave(self, values: Sequence[str]) -> list[str]:
        """Those that lead to another site than ours."""
        found: list[str] = self.page.evaluate(LEAVES, [SITE, list(values)])
        return found
