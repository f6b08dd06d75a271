"""Every list is served by an index, its first page and the others: no statement reads a whole
table, and none that fills a page sorts one, however long the library has been there."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from portal.core import clock
from portal.core.database import Rows, db
from portal.core.pages import SIZE
from portal.ideas import deciding, queries
from portal.ideas.lifecycle import Publication, Stage
from portal.policy import Role
from portal.programs.lifecycle import SessionStage
from tests import factories
from tests.conftest import Client

LISTS = [
    "/ideas",
    "/ideas?sort=newest",
    "/ideas?sort=eyes",
    "/ideas?stage=held",
    "/ideas?stage=open&stage=held",
    "/ideas?topic=making",
    "/events",
    "/results",
    "/results?show=happened",
    "/staff/ideas",
    "/staff/events",
    "/staff/events?show=held",
    "/staff/partners/all",
]
ALONE = ["/", "/staff"]  # short lists in one page
ONE_ROW = {"libraries"}
IN_ITS_ORDER = "SCAN organisations USING INDEX ix_organisations_named"  # which takes them all
FOLLOWING = re.compile(r'href="([^"]*[?&;]after=[^"]*)"')
SORT = re.compile(r"(->  )?Sort  \(|USE TEMP B-TREE")
OF_IDEAS = re.compile(r"(SCAN|SEARCH|on) ideas\b")
BY_NUMBER = re.compile("USING INTEGER PRIMARY KEY|Index Scan using pk_ideas")
Sent = list[tuple[str, Any]]


@pytest.fixture
def sent(app: Flask) -> Iterator[Sent]:
    """What was asked of the database, with its values."""
    found: Sent = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", LISTS + ALONE)
def test_an_index_serves_it(client: Client, sent: Sent, path: str) -> None:
    fill()
    client.sign_in(factories.person(Role.LIBRARIAN))
    sent.clear()
    page = client.get(path)
    assert page.status_code == 200
    if path in LISTS:
        following = FOLLOWING.findall(page.text)
        assert following
        assert client.get(following[0].replace("&amp;", "&")).status_code == 200

    wrong = [(line, statement) for statement, values in sent for line in slow(statement, values)]
    assert wrong == []


def test_what_a_search_finds_is_read_by_its_number(app: Flask, sent: Sent) -> None:
    """By their stage, all would be read, however few were found."""
    for n in range(SIZE):
        deciding.reindex(factories.idea(title=f"Repair café {n}"))
    db.session.commit()
    sent.clear()

    assert len(queries.similar("repair café")) == 3

    db.session.rollback()
    plans = [line for statement, values in sent for line in plan(statement, values)]
    reads = [line for line in plans if OF_IDEAS.search(line)]
    assert reads != []
    assert [line for line in reads if not BY_NUMBER.search(line)] == []


def fill() -> None:
    """More than a page of everything."""
    now, topic = clock.now(), factories.topic().id
    for n in range(SIZE + 2):
        factories.idea(stage=Stage.HELD, stage_since=now - timedelta(days=n), topic_id=topic)
        program = factories.program()
        factories.session(program)
        past = now - timedelta(days=n + 1)
        factories.session(program, number=2, starts=past, stage=SessionStage.HELD, head_count=5)
        factories.organisation()
    factories.idea(publication=Publication.PENDING)


def slow(statement: str, values: Any) -> list[str]:
    """The lines of its plan in which a whole table is read or, for a page, sorted."""
    lines = plan(statement, values)
    fills_a_page = SIZE + 1 in (values.values() if isinstance(values, dict) else values)
    sorts = [line for line in lines if fills_a_page and SORT.match(line)]
    return [line for line in lines if reads_all(line)] + sorts


def reads_all(line: str) -> bool:
    read = re.search(r"^SCAN (\w+)|Seq Scan on (\w+)", line)
    table = read and (read[1] or read[2])
    return table in Rows.metadata.tables and table not in ONE_ROW and line != IN_ITS_ORDER


def plan(statement: str, values: Any) -> list[str]:
    """As it would be where tables are large: PostgreSQL is told what to do without if it can."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            return [str(row[3]) for row in explained]
        for way in ("seqscan", "bitmapscan", "sort"):
            connection.execute(text(f"SET enable_{way} = off"))
        explained = connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        return [str(row[0]).strip() for row in explained]
