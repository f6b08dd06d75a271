"""Names and texts of 10,000 letters in every field that one types in: nothing is cut and nothing is
lost. Either it is kept whole, or a sentence says what to do and the form comes back with it."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response
from sqlalchemy import select

from portal.core import database
from portal.core.database import Rows, db
from tests import factories
from tests.addresses import PAGES, World, world
from tests.markup import Form, Page
from tests.roles.browsing import Browser

LONG = "ж" * 10_000
KEPT_NOWHERE = {"ticket", "code", "website"}  # looked up; "website" waits for robots


@pytest.mark.usefixtures("on_the_second_database")  # the first keeps what is longer than its column
def test_a_text_of_10_000_letters_is_neither_cut_nor_lost(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world()
    people = (made.everybody, factories.person(), None)
    kept: list[bool] = []

    def given_back(answer: Response) -> bool:
        """Whether it was kept whole; the next one meets the same library."""
        db.session.flush()
        kept.append(answer.status_code < 400 and _is_whole())
        return False

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(database, "_is_kept", given_back)
    lost, tried = {}, 0
    for browser in [Browser(app, person) for person in people]:
        for path, form in _forms(browser, made):
            for name in sorted(form.texts - KEPT_NOWHERE):
                kept.clear()
                answer = browser.sends("POST", path, form.fields | {name: LONG})
                tried += 1
                comes_back = answer.status_code in (200, 422) and LONG in answer.text
                if not (comes_back or any(kept)):
                    lost[f"{path} {name}"] = answer.status_code

    assert lost == {}
    assert tried > 60


def _forms(browser: Browser, made: World) -> Iterator[tuple[str, Form]]:
    found: dict[str, tuple[str, Form]] = {}
    for path in (path for of in PAGES.values() for path in of(made)):
        page = browser.sends("GET", path, follow_redirects=True)
        for form in Page(page.text).forms:
            if form.method == "post" and form.texts:
                action = form.action or page.request.path
                found[f"{action} {sorted(form.fields)}"] = (action, form)
    yield from found.values()


def _is_whole() -> bool:
    return any(
        LONG in str(value)
        for table in Rows.metadata.sorted_tables
        for row in db.session.execute(select(table))
        for value in row
    )
