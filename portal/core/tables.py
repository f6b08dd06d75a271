"""All rows of all tables, out of either database and into either.

The tables are looked up where they are, so that an older revision is carried as well as the newest.
A row travels as JSON knows it: moments in UTC, bytes in base64.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

import sqlalchemy as sa
from flask import g
from sqlalchemy.engine import Connection

from portal.core.database import db

CHUNK = 1000  # rows
LEAP = 10_000  # numbers

Row = list[Any]


@contextmanager
def snapshot() -> Iterator[Connection]:
    """Every table as it was at one moment, whatever others write meanwhile; only to be read."""
    g.read_only = True
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
    finally:
        g.pop("read_only")


def there(connection: Connection) -> list[sa.Table]:
    """The tables as they are now, but for that of the revision."""
    found = sa.MetaData()
    found.reflect(connection)
    tables = [found.tables[name] for name in sorted(found.tables) if name != "alembic_version"]
    for column in (column for table in tables for column in table.columns):
        if isinstance(column.type, sa.JSON):
            column.type = sa.JSON(none_as_null=True)
    return tables


def count(connection: Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def read(connection: Connection, table: sa.Table) -> Iterator[Row]:
    """Each row, in the order of the key: how they lie in the file may tell who came after whom."""
    rows = sa.select(table).order_by(*table.primary_key).execution_options(yield_per=CHUNK)
    for row in connection.execute(rows):
        yield [_plain(value) for value in row]


def fill(connection: Connection, table: sa.Table, columns: list[str], rows: Iterable[Row]) -> None:
    """These rows, and none that a migration put in, are the table's."""
    connection.execute(table.delete())
    readers = [_reader(table.columns[name]) for name in columns]
    rest = iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        connection.execute(
            table.insert(),
            [
                {
                    name: None if value is None else read(value)
                    for name, read, value in zip(columns, readers, row, strict=True)
                }
                for row in chunk
            ],
        )


@contextmanager
def in_any_order(connection: Connection) -> Iterator[None]:
    """Rows may come before those that they refer to; afterwards every reference is tested. SQLite
    does so by itself in a change of the schema."""
    if connection.dialect.name == "sqlite":
        yield
        return
    references = connection.exec_driver_sql(
        "SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) "
        "FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ).all()
    for table, name, _words in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, words in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {words}")


def last_numbers(connection: Connection) -> dict[str, int]:
    """The last id that each table gave out, by table; one that gave none may be missing."""
    if connection.dialect.name == "sqlite":
        found = "SELECT name, seq FROM sqlite_sequence"
    else:
        found = (
            "SELECT t.relname, pg_sequence_last_value(s.oid) FROM pg_class s "
            "JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') "
            "JOIN pg_class t ON t.oid = d.refobjid "
            "WHERE s.relkind = 'S' AND s.relnamespace = current_schema()::regnamespace"
        )
    rows = connection.exec_driver_sql(found)
    return {table: number for table, number in rows if number is not None}


def leap(connection: Connection, last: dict[str, int]) -> None:
    """Ids go on well after the last. A copy does not know which were given out after it was made:
    a link in a mail that proves such an id must not come to mean another row."""
    sqlite = connection.dialect.name == "sqlite"
    for table in there(connection):
        if "id" not in table.columns:
            continue
        values = {"table": table.name, "number": last.get(table.name, 0) + LEAP}
        if sqlite:
            connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :table"), values)
            sequence = "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)"
        else:
            sequence = "SELECT setval(pg_get_serial_sequence(quote_ident(:table), 'id'), :number)"
        connection.execute(sa.text(sequence), values)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    match column.type:
        case sa.DateTime(timezone=True):
            return lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC)
        case sa.DateTime():
            return datetime.fromisoformat
        case sa.Date():
            return date.fromisoformat
        case sa.Time():
            return time.fromisoformat
        case sa.LargeBinary():
            return b64decode
    return lambda value: value
