"""The copy of their data that a person may take: all about them, nothing about others."""

import csv
import io
import json
import time
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import Column, Table, insert, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import visitors

from portal.accounts import copying, exports
from portal.accounts.models import Device, Person
from portal.core import clock, keeping
from portal.core.database import Rows, db
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea, Vote
from portal.mail.models import Suppression
from portal.policy import Role
from tests import factories
from tests.addresses import world
from tests.conftest import Client

PEOPLE = Rows.metadata.tables["people"]


LIBRARY_S_OWN = {"libraries", "branches"}  # addresses, but of no person


def about_people() -> list[Table]:
    """The people, every table that refers to them, and every one with an address of somebody."""
    refer = [
        table
        for table in Rows.metadata.sorted_tables
        if any(key.column.table is PEOPLE for key in table.foreign_keys)
        or ({"email", "address"} & set(table.c.keys()) and table.name not in LIBRARY_S_OWN)
    ]
    return [PEOPLE, *(one for one in refer if one is not PEOPLE)]


def columns_of(value: Any) -> Iterator[Column[Any]]:
    """The columns that a field of a copy is made of."""
    expression = value.__clause_element__() if isinstance(value, InstrumentedAttribute) else value
    for one in visitors.iterate(expression):
        if isinstance(one, Column):
            yield Rows.metadata.tables[one.table.name].c[one.name]


def given() -> set[Column[Any]]:
    fields = (column for part in exports.parts for column, _words in part.fields.values())
    return {column for field in fields for column in columns_of(field)}


def withheld() -> set[Column[Any]]:
    return {c for one in exports.left_out for column in one.columns for c in columns_of(column)}


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("table", about_people(), ids=str)
def test_each_column_about_people_is_in_the_copy_or_left_out_for_a_reason(table: Table) -> None:
    """A new column is added to a ``parts.py``, or to what it leaves out, with the reason."""
    assert set(table.columns) - given() - withheld() == set()


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("table", about_people(), ids=str)
def test_each_table_about_people_is_in_what_the_privacy_page_tells(table: Table) -> None:
    """A new table is named by a row of a ``clearing.py``: how long, and why."""
    assert table in {model.__table__ for kept in keeping.table() for model in kept.of}


def test_the_tables_that_hold_an_address_without_a_person_are_among_them(app: Flask) -> None:
    assert {"sign_ins", "suppressions", "demo_mails"} <= {one.name for one in about_people()}


def taken(client: Client) -> dict[str, str]:
    answer = client.post("/me/data")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "my-data.zip" in answer.headers["Content-Disposition"]
    with ZipFile(io.BytesIO(answer.data)) as file:
        assert file.testzip() is None
        return {name: file.read(name).decode("utf-8-sig") for name in file.namelist()}


def test_it_has_what_the_person_did_twice_and_explains_every_field(client: Client) -> None:
    made = world()
    files = taken(client.sign_in(made.everybody))
    data = json.loads(files.pop("data.json"))
    readme = files.pop("README.txt")

    assert data["you"][0]["email"] == made.everybody.email
    assert [one["number"] for one in data["ideas"]] == [made.idea, made.refused]
    assert [one["idea"] for one in data["votes"]] == [made.idea]
    assert data["groups"][0]["name"] == "Repair Guild"
    for name, rows in data.items():
        assert (f"{name}.csv" in files) == bool(rows)
        if rows:
            read = list(csv.DictReader(io.StringIO(files[f"{name}.csv"], newline="")))
            assert [list(row) for row in read] == [list(row) for row in rows]
            assert all(f"  {field}: " in readme for field in rows[0])
        else:
            assert f"{name}: " in readme
    assert "devices.key_hash" in readme


def test_it_has_nothing_of_others(client: Client) -> None:
    """Each number that stands for a row of one's own is of such a row; no other name is in it."""
    made, me = world(), factories.person(name="Rosa")
    stranger = factories.person(name="Xaver Fremd")
    hidden = factories.idea(
        author_id=stranger.id, title="Xylograph", publication=Publication.HIDDEN, votes=1
    )
    factories.kept(Vote(idea_id=hidden.id, person_id=me.id))
    session = factories.session(factories.program())
    factories.registration(session, name="Xaver Fremd", person_id=stranger.id, email=None)
    factories.registration(session, name="Rosa as a guest", email=str(me.email).upper())
    for address in (str(me.email).upper(), str(stranger.email)):
        factories.kept(Suppression(address=address, reason="550 no such mailbox"))
    files = taken(client.sign_in(me))
    data = json.loads(files["data.json"])

    assert [one["name"] for one in data["seats"]] == ["Rosa as a guest"]
    assert data["votes"] == [
        {"idea": hidden.id, "title": None, "cast_at": data["votes"][0]["cast_at"]}
    ]
    filled = {name for name, rows in data.items() if rows}
    assert filled == {"you", "devices", "votes", "seats", "mail_refused", "log"}
    others = db.session.scalars(select(Person).where(Person.id != me.id)).all()
    whole = "".join(files.values())
    assert made.everybody in others
    assert [one.email for one in others if str(one.email) in whole] == []
    assert "Xaver" not in whole
    assert "Xylograph" not in whole


def test_no_secret_is_in_it(client: Client) -> None:
    me = factories.person(Role.LIBRARIAN)
    me.password_hash = "$argon2id$secret"
    client.sign_in(me)
    whole = "".join(taken(client).values())
    db.session.rollback()
    secrets = [*db.session.scalars(select(Device.key_hash)), "argon2id"]

    assert [one for one in secrets if one in whole] == []


def test_only_the_owner_takes_it_and_not_without_end(client: Client) -> None:
    assert client.post("/me/data").status_code == 303
    client.sign_in(factories.person())
    assert client.get("/me/data").status_code == 405
    for _ in range(10):
        assert client.post("/me/data").status_code == 200

    assert client.post("/me/data").status_code == 429


def test_what_looks_like_a_formula_is_none(client: Client) -> None:
    me = factories.person(name="=HYPERLINK(1)")
    files = taken(client.sign_in(me))

    assert "'=HYPERLINK(1)" in files["you.csv"]
    assert json.loads(files["data.json"])["you"][0]["name"] == "=HYPERLINK(1)"


def test_of_the_busiest_person_it_is_made_while_they_wait(app: Flask) -> None:
    me = factories.person()
    template = factories.idea()
    row = {
        c.key: getattr(template, c.key)
        for c in Idea.__table__.c
        if c.key not in ("id", "source_key")
    }
    ids = db.session.scalars(insert(Idea).returning(Idea.id), [row] * 5000).all()
    now = clock.now()
    db.session.execute(
        insert(Vote), [{"idea_id": one, "person_id": me.id, "cast_at": now} for one in ids]
    )
    db.session.commit()
    began = time.process_time()
    made = copying.copy(me.id)

    assert time.process_time() - began < 3
    assert len(made) > 10_000
