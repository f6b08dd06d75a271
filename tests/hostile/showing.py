"""Texts through every way in which the portal shows them, and through the pages themselves."""

from collections.abc import Iterable, Iterator
from itertools import islice

from flask import Flask
from sqlalchemy import String, update

from portal.core.database import Rows, db
from portal.core.text import render
from tests.addresses import PAGES, World
from tests.conftest import Client
from tests.hostile.drawing import RARELY, WAYS
from tests.hostile.judging import NOTHING, OF_MAILS, Found, Judge
from tests.test_holes import SIGNED, _hostile

AT_ONCE = 500


def in_batches(texts: Iterable[str], size: int = AT_ONCE) -> Iterator[list[str]]:
    rest = iter(texts)
    while batch := list(islice(rest, size)):
        yield batch


def every_way(app: Flask, judge: Judge, texts: list[str]) -> dict[str, Found]:
    """What the browser met, for each way."""
    found = {}
    with app.test_request_context():
        for name, draws in WAYS.items():
            drawn = [draws(text) for text in texts[:: RARELY.get(name, 1)]]
            found[name] = judge.sees(drawn, own=OF_MAILS if name == "letter" else ())
    return found


def added(one: dict[str, Found], other: dict[str, Found]) -> dict[str, Found]:
    return {name: one.get(name, NOTHING) + found for name, found in other.items()}


def store(texts: Iterator[str]) -> int:
    """Another text in every column that people write to; how many columns these are."""
    columns = 0
    for table in Rows.metadata.sorted_tables:
        words = {
            column.name: _fitting(next(texts), column.name, column.type.length)
            for column in table.columns
            if isinstance(column.type, String) and _hostile(column) is not None
        }
        if words and table.name not in SIGNED:
            db.session.execute(update(table).values(words))
            columns += len(words)
    db.session.expire_all()
    db.session.commit()
    return columns


def _fitting(text: str, name: str, letters: int | None) -> str:
    """As it is kept: without NUL, which no form lets in, and no longer than its column."""
    kept = text.replace("\0", "").encode("utf-8", "ignore").decode()
    return render(kept) if name.endswith("html") else kept[:letters]


def pages(judge: Judge, reader: Client, made: World) -> tuple[int, list[str]]:
    """How many pages were looked at, and those on which a script ran that is none of ours."""
    looked, ran = 0, []
    for path in (path for of in PAGES.values() for path in of(made)):
        answer = reader.get(path, follow_redirects=True)
        looked += 1
        if answer.status_code >= 500 or judge.runs(answer.text):
            ran.append(path)
    return looked, ran
