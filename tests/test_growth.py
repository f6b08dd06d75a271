"""A library of many years is no more work than a young one. SQLite counts its own steps; of
PostgreSQL, which plans small tables otherwise, it is seen that every list is served by an index,
its first page and the others: no statement reads a whole table, and none that fills a page sorts
one."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text

from portal.core import clock
from portal.core.database import db
from portal.core.pages import SIZE
from portal.ideas import deciding, queries
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea
from portal.ideas.paths import idea_path
from portal.policy import Role
from portal.programs import queries as programs
from portal.programs.lifecycle import SessionStage
from portal.programs.models import Program
from portal.programs.paths import program_path
from tests import factories
from tests.conftest import Client

LISTS = [
    "/ideas",
    "/ideas?sort=newest",
    "/ideas?sort=eyes",
    "/ideas?stage=held",
    "/ideas?stage=open&stage=held",
    "/ideas?stage=held&sort=newest",
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
OF_ONE = [  # idea or event, and what somebody has to do
    "{idea}",
    "{event}",
    "/me",
    "/staff/review",
    "/staff/partners",
    "/staff/ideas/{idea_id}/answer",
    "/staff/events/{event_id}",
    "/staff/events/{event_id}/1/door",
    "/staff/events/{event_id}/2/answers",
    "/staff/events/{event_id}/results",
]
ONE_ROW = {"libraries"}
FOLLOWING = re.compile(r'href="([^"]*[?&;]after=[^"]*)"')
LIMIT = re.compile(r"(->  )?Limit  \(")
SORT = re.compile(r"(->  )?Sort  \(")
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


def test_a_larger_library_is_no_more_work(
    client: Client, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite tells its steps")
    monkeypatch.setattr(programs, "LOOKED_AT", SIZE)  # else more than are to come here
    client.sign_in(factories.person(Role.LIBRARIAN))
    factories.idea(publication=Publication.PENDING)
    fill()
    others = of_one()
    small = costs(client, sent, others)
    for _ in range(3):
        fill()
    large = costs(client, sent, others)

    assert large.keys() == small.keys()
    grown = [
        (path, before, now, statement)
        for path, statements in large.items()
        for (now, statement), (before, _same) in zip(statements, small[path], strict=True)
        if now > before * 1.5
    ]
    assert grown == []


@pytest.mark.usefixtures("on_the_second_database")
@pytest.mark.parametrize("path", LISTS + ALONE)
def test_an_index_serves_it(client: Client, sent: Sent, path: str) -> None:
    fill()
    client.sign_in(factories.person(Role.LIBRARIAN))
    sent.clear()
    for one in both_pages(client, path):
        client.get(one)

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
    """More than two pages of everything."""
    now, topic = clock.now(), factories.topic().id
    for n in range(2 * SIZE + 2):
        factories.idea(stage=Stage.HELD, stage_since=now - timedelta(days=n), topic_id=topic)
        program = factories.program()
        factories.session(program)
        past = now - timedelta(days=n + 1)
        factories.session(program, number=2, starts=past, stage=SessionStage.HELD, head_count=5)
        factories.organisation()


def both_pages(client: Client, path: str) -> Iterator[str]:
    """Its first page and, of a list, the one that follows."""
    page = client.get(path)
    assert page.status_code == 200
    yield path
    if path in LISTS:
        yield unescape(FOLLOWING.findall(page.text)[0])


def costs(client: Client, sent: Sent, others: list[str]) -> dict[str, list[tuple[int, str]]]:
    """Of each page the steps of its statements, with these."""
    found = {}
    for path in LISTS + ALONE + others:
        for n, one in enumerate(both_pages(client, path)):
            sent.clear()
            assert client.get(one).status_code == 200
            found[f"{path}, page {n + 1}"] = [(steps(*asked), asked[0]) for asked in list(sent)]
    return found


def steps(statement: str, values: Any) -> int:
    """How many steps of its virtual machine SQLite takes for it."""
    counted = count()
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(lambda: next(counted) < 0, 1)
        connection.exec_driver_sql(statement, values).all()
        driver.set_progress_handler(None, 1)
    return next(counted)


def of_one() -> list[str]:
    idea = db.session.scalars(select(Idea).where(Idea.stage == Stage.HELD).limit(1)).one()
    event = db.session.scalars(select(Program).limit(1)).one()
    which = {"idea": idea_path(idea.id, idea.title), "idea_id": idea.id}
    which |= {"event": program_path(event.id, event.title), "event_id": event.id}
    return [one.format_map(which) for one in OF_ONE]


def slow(statement: str, values: Any) -> list[str]:
    """The lines of its plan in which a whole table is read or, for a page, sorted. What is first of
    each stage may be sorted: it is not more than some pages."""
    lines = plan(statement, values)
    fills_a_page = SIZE + 1 in (values.values() if isinstance(values, dict) else values)
    limits = [n for n, line in enumerate(lines) if LIMIT.match(line)]
    sorts = [line for line in lines[limits[1] if limits[1:] else 0 :] if SORT.match(line)]
    return [line for line in lines if reads_all(line)] + (sorts if fills_a_page else [])


def reads_all(line: str) -> bool:
    read = re.search(r"Seq Scan on (\w+)", line)
    return read is not None and read[1] not in ONE_ROW


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
