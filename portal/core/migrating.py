"""The schema of the database, brought to what this version of the code expects.

Alembic takes 0.1 s to load and a process that serves needs it once at most, so the functions that
use it load it.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection

from portal.core.database import db

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory


class Newer(RuntimeError):
    """The database was made by a later version of the program."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The tables of this database are of a later version of Foreword ({revision}). Start "
            "that version, or name another database in DATABASE_URL."
        )


def upgrade(revision: str = "head") -> None:
    """Bring the schema up; tables and their rows stay. Needs an application context.
    Raises Newer where this version does not know the schema. Where there is nothing to do, nothing
    is looked through: on SQLite that would take half a minute in a large library."""
    refuse_newer()
    if current() == _scripts().get_revision(revision).revision:
        return
    with changing() as connection:
        bring(connection, revision)


def downgrade(revision: str) -> None:
    """Take the schema back down to a revision, or to ``base``."""
    from alembic import command

    with changing() as connection:
        command.downgrade(config(connection), revision)


def refuse_newer() -> None:
    """Raises Newer where this version does not know the schema."""
    here = current()
    if here is not None and not known(here):
        raise Newer(here)


def pending() -> bool:
    """Whether this database waits for ``upgrade``."""
    return current() != _scripts().get_current_head()


def current() -> str | None:
    """The revision of the tables; None where there are none."""
    from alembic.migration import MigrationContext

    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def config(connection: Connection | None = None) -> "Config":
    """Alembic's own settings, without a file."""
    from alembic.config import Config

    made = Config(stdout=io.StringIO())
    made.set_main_option("script_location", "portal:migrations")
    made.attributes["connection"] = connection
    return made


def known(revision: str) -> bool:
    """Whether this version of the program can bring tables of that revision up."""
    return revision in {one.revision for one in _scripts().walk_revisions()}


@contextmanager
def changing() -> Iterator[Connection]:
    """One transaction for changes of the schema: all of them, or none."""
    engine = db.engine
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            with _without_foreign_keys(connection):
                yield connection
        else:
            with connection.begin():
                yield connection


def bring(connection: Connection, revision: str) -> None:
    """To that revision, inside the caller's ``changing``."""
    from alembic import command

    command.upgrade(config(connection), revision)


@cache
def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(config())


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite rebuilds a table to change it; with foreign keys on, that empties its children, and
    always it forgets which ids were given out."""
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys = OFF")  # does nothing inside a transaction, so before it
    try:
        with connection.begin():
            numbers = _last_numbers(connection)
            yield
            _go_on_after(connection, numbers)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"The migration left rows without their parents: {broken[:5]}")
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


def _last_numbers(connection: Connection) -> dict[str, int]:
    if not _has_table(connection, "sqlite_sequence"):
        return {}
    rows = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")
    return {row.name: row.seq for row in rows}


def _go_on_after(connection: Connection, numbers: dict[str, int]) -> None:
    now = _last_numbers(connection)
    for name, seq in numbers.items():
        if now.get(name, 0) < seq and _has_table(connection, name):
            connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
            connection.exec_driver_sql("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, seq))


def _has_table(connection: Connection, name: str) -> bool:
    found = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.exec_driver_sql(found, (name,)).first() is not None
