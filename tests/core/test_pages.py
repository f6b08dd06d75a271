"""Long lists, a page at a time; a cursor is typed by anybody."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.models import Person
from portal.core import clock, pages
from portal.core.database import db
from tests import factories


def cursor(*values: object) -> str:
    return urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


def page_of_people(after: str | None, size: int) -> pages.Page[sa.Row[datetime, int]]:
    columns = (Person.joined_at, Person.id)
    newest = sa.select(*columns).order_by(*(column.desc() for column in columns)).limit(size + 1)
    if key := pages.after(after, datetime, int):
        newest = newest.where(pages.beyond(columns, key))
    return pages.cut(
        db.session.execute(newest).all(), lambda row: (row.joined_at, row.id), size=size
    )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_the_pages_are_the_whole_list_in_order(app: Flask, size: int) -> None:
    start = clock.now()
    for n in range(7):  # some at the same moment
        factories.person().joined_at = start + timedelta(microseconds=n // 3)
    db.session.flush()
    seen, after = [], None
    for _ in range(9):
        page = page_of_people(after, size)
        seen += [row.id for row in page.items]
        if (after := page.next) is None:
            break

    columns = (Person.joined_at.desc(), Person.id.desc())
    assert seen == db.session.scalars(sa.select(Person.id).order_by(*columns)).all()
    assert len(seen) == 7


def test_a_key_comes_back_as_it_was() -> None:
    moment = datetime(2026, 12, 5, 10, 0, 0, 1, tzinfo=UTC)
    page = pages.cut([(3, "Crème brûlée", moment), (2, "", moment)], lambda row: row, size=1)

    assert pages.after(page.next, int, str, datetime) == (3, "Crème brûlée", moment)


def test_a_list_that_fits_has_no_next_page() -> None:
    assert pages.cut([1, 2], lambda n: (n,), size=2) == pages.Page([1, 2])


@pytest.mark.parametrize(
    "typed",
    [
        None,
        "",
        "x",
        "%%%",
        "ü",
        "a" * 401,
        "AAAA",
        cursor(),
        cursor(1),
        cursor(1, "a", 3),
        cursor("1", "a"),
        cursor(1, 2),
        cursor(True, "a"),
        cursor(1.5, "a"),
        cursor(None, "a"),
        cursor([1], "a"),
        cursor(2**63, "a"),
        cursor(-(2**70), "a"),
        cursor(1, "a\0"),
        cursor(1, "\ud800"),
        urlsafe_b64encode(b'{"1": 2, "3": 4}').decode(),
        urlsafe_b64encode(b"1").decode(),
        urlsafe_b64encode(b"[" * 290).decode(),
        urlsafe_b64encode(b"[NaN, 1e999]").decode(),
    ],
)
def test_a_cursor_that_is_not_ours_is_the_first_page(typed: str | None) -> None:
    assert pages.after(typed, int, str) is None


@pytest.mark.parametrize("moment", ["", "now", "2026-13-01", "9999-12-31T23:59:59-14:00", 5])
def test_a_moment_that_is_none_is_the_first_page(moment: object) -> None:
    assert pages.after(cursor(moment), datetime) is None
