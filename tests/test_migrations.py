"""Migrations up and down, with rows in parents and children, on either database."""

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Person
from portal.agreements import signing
from portal.agreements.models import Agreement, Side
from portal.app import create_app
from portal.audit.models import Entry
from portal.core import config, migrating
from portal.core.database import Rows, db
from portal.ideas.models import Idea
from portal.policy import Actor
from portal.programs.models import Admission, Program
from portal.settings.models import Branch, ClosedDays, Hours, Library
from tests import factories
from tests.addresses import World, world

FILLED = 30  # tables, at least


@pytest.fixture
def portal(tmp_path: Path, empty_database_url: str) -> Iterator[Flask]:
    """The portal on a database without a table."""
    environ = {"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": empty_database_url}
    app = create_app(config.read(environ))
    with app.app_context():
        yield app
        db.session.rollback()
        db.engine.dispose()


def fill() -> World:
    factories.library()
    made = world()
    agreement = db.session.get_one(Agreement, made.agreement)
    theirs = frozenset({agreement.organisation_id})
    owner = Actor(id=made.everybody.id, organisations=theirs, owned=theirs)
    signing.sign(agreement.id, side=Side.PARTNER, name="Sam Guild", seen=1, by=owner)
    db.session.execute(sa.update(Person).values(leaves_at=None))  # older tables cannot keep it,
    db.session.execute(sa.update(Library).values(mark="", mark_width=0))  # nor this,
    db.session.execute(sa.update(Program).values(admission=Admission.SEATS))  # nor any other
    db.session.commit()
    return made


Kept = dict[str, list[dict[str, Any]]]


def rows() -> Kept:
    """Everything in the database, by table, in the columns that are there."""
    inspector, found = sa.inspect(db.session.connection()), {}
    for table in Rows.metadata.sorted_tables:
        if inspector.has_table(table.name):
            there = [table.c[one["name"]] for one in inspector.get_columns(table.name)]
            key = [column for column in there if column.primary_key]
            read = sa.select(*there).order_by(*key)
            found[table.name] = [dict(row) for row in db.session.execute(read).mappings()]
    db.session.rollback()
    return found


def within(kept: Kept, now: Kept) -> Kept:
    """What was kept, in the tables and columns that are there now."""
    return {
        table: [
            {name: value for name, value in row.items() if name in columns_of(now[table], row)}
            for row in kept[table]
        ]
        for table in now
    }


def columns_of(there: list[dict[str, Any]], otherwise: dict[str, Any]) -> set[str]:
    return set(there[0] if there else otherwise)


def revisions() -> list[str]:
    """From the first to the newest."""
    found = ScriptDirectory.from_config(migrating.config()).walk_revisions()
    return [one.revision for one in found][::-1]


@pytest.mark.usefixtures("portal")
def test_down_and_up_again_step_by_step_nothing_is_lost() -> None:
    migrating.upgrade()
    fill()
    before = rows()
    assert sum(1 for kept in before.values() if kept) >= FILLED

    for revision in reversed(revisions()[:-1]):
        migrating.downgrade(revision)
        lowest = rows()
        assert lowest == within(before, lowest)
    for revision in revisions():
        migrating.upgrade(revision)
        there = rows()
        assert lowest == within(there, lowest)
    assert {table: there[table] for table in lowest} == {table: before[table] for table in lowest}
    with pytest.raises(IntegrityError, match="audit_entries is kept"):
        db.session.execute(sa.delete(Entry))


@pytest.mark.usefixtures("portal")
def test_where_there_is_nothing_to_do_no_change_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    migrating.upgrade()
    monkeypatch.setattr(migrating, "changing", None)  # whoever calls it, breaks

    migrating.upgrade()


@pytest.mark.usefixtures("portal")
def test_all_the_way_down_leaves_nothing_and_up_again_it_works() -> None:
    migrating.upgrade()
    fill()
    db.session.rollback()

    migrating.downgrade("base")
    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
    assert remains() == []

    migrating.upgrade()
    fill()


def remains() -> list[str]:
    """What is left of triggers and functions."""
    if db.engine.dialect.name == "sqlite":
        found = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        found = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    with db.engine.connect() as connection:
        return list(connection.scalars(sa.text(found)))


@pytest.mark.usefixtures("portal")
def test_the_newest_schema_is_what_the_models_say() -> None:
    migrating.upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Rows.metadata) == []
        by_migrations = constraints(connection), makes(connection)
        Rows.metadata.drop_all(connection)
        Rows.metadata.create_all(connection)
        assert (constraints(connection), makes(connection)) == by_migrations


def makes(connection: sa.Connection) -> dict[str, tuple[bool, bool]]:
    """On SQLite, which tables use no number again, and which have no hidden number. A migration
    that rebuilds a table says so anew: see portal/migrations/README.md."""
    if connection.dialect.name != "sqlite":
        return {}
    rows = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    return {
        name: ("AUTOINCREMENT" in sql, "WITHOUT ROWID" in sql)
        for name, sql in rows
        if name in Rows.metadata.tables
    }


@pytest.mark.usefixtures("portal")
def test_a_table_that_is_rebuilt_uses_no_number_again() -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite rebuilds a table to change it")
    migrating.upgrade()
    factories.library()
    kept, gone = factories.idea().id, factories.idea().id
    db.session.execute(sa.delete(Idea).where(Idea.id == gone))
    db.session.commit()

    with migrating.changing() as connection:
        operations = Operations(MigrationContext.configure(connection))
        numbered = {"sqlite_autoincrement": True}
        with operations.batch_alter_table("ideas", recreate="always", table_kwargs=numbered):
            pass

    assert kept < gone < factories.idea().id


def constraints(connection: sa.Connection) -> dict[str, list[str]]:
    """Checks with their words, which Alembic does not compare, and what is unique, and where."""
    inspector, where = sa.inspect(connection), f"{connection.dialect.name}_where"
    found: dict[str, list[str]] = {}
    for table in Rows.metadata.tables:
        checks = [(one["name"], one["sqltext"]) for one in inspector.get_check_constraints(table)]
        unique = inspector.get_unique_constraints(table)
        indexes = inspector.get_indexes(table)
        found[table] = sorted(
            [str(one) for one in checks]
            + [f"{one['name']} {one['column_names']}" for one in unique]
            + [
                f"{one['name']} {one['unique']} {one['column_names']} "
                f"{one.get('dialect_options', {}).get(where)}"
                for one in indexes
            ]
        )
    return found


@pytest.mark.usefixtures("portal")
def test_what_a_library_chose_goes_with_its_tables_and_the_rest_stays() -> None:
    migrating.upgrade()
    factories.library()
    branch_id = factories.branch().id
    db.session.add(Hours(branch_id=branch_id, weekday=0, opens=time(9), closes=time(17)))
    db.session.add(ClosedDays(first=date(2099, 1, 1), last=date(2099, 1, 1), branch_id=branch_id))
    db.session.execute(sa.update(Branch).values(closed=True))
    db.session.execute(sa.update(Library).values(guest_days=7))
    db.session.commit()

    migrating.downgrade("0020")
    migrating.upgrade()

    branches = sa.select(Branch.code, Branch.closed).order_by(Branch.id)
    assert [tuple(row) for row in db.session.execute(branches)] == [
        ("MAIN", False),
        ("EAST", False),
    ]
    assert db.session.scalars(sa.select(Library.guest_days)).one() == 30
    assert db.session.scalars(sa.select(Hours)).all() == []
    with pytest.raises(IntegrityError):
        db.session.execute(sa.update(Library).values(guest_days=31))
