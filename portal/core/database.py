"""Tables, the session, and the one rule about transactions.

One HTTP request is one transaction. A safe request (GET, HEAD, OPTIONS) only
reads, and the database refuses it anything more. Any other request writes: it
commits when the answer is a success or a redirect, and rolls back when it is
not. The commit is part of dispatching the view, so what goes wrong in it meets
the error handlers like any other error, and a transaction that the database
ended for the sake of another is run again. Services never commit.

SQLite and PostgreSQL then behave alike. SQLite lets one writer in at a time
from its first statement on (BEGIN IMMEDIATE), which is what ``lock`` asks of
PostgreSQL row by row.
"""

import enum
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, TypeVar, cast

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, has_app_context, request
from flask_babel import gettext as _
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from portal.core.errors import Missing

log = logging.getLogger("portal")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ATTEMPTS = 5
PATIENCE = 20  # seconds that a writer waits for its turn: many come at once
ENDED_FOR_ANOTHER = frozenset({"40001", "40P01"})  # serialization failure, deadlock


class Moment(sa.types.TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in both databases."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Rows(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """A table with a key of its own choosing. Its constructor takes what a row must have."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment(),
        dict[str, Any]: sa.JSON(none_as_null=True),
        enum.Enum: sa.Enum(
            enum.Enum,
            native_enum=False,
            length=32,
            values_callable=lambda members: [member.value for member in members],
            create_constraint=True,
        ),
    }

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {sa.inspect(self).identity or 'new'}>"


class Base(Rows, kw_only=True, eq=False, repr=False):
    """A table whose rows are numbered, and no number is ever used again."""

    __abstract__ = True
    __table_args__ = cast(tuple[Any, ...], ({"sqlite_autoincrement": True},))

    id: Mapped[int] = mapped_column(primary_key=True, init=False, sort_order=-1)


db = SQLAlchemy(metadata=Rows.metadata)

T = TypeVar("T", bound=Rows)


def get(model: type[T], id: int) -> T:
    """The row, or a page that says there is none."""
    return _found(model, db.session.get(model, id))


def lock(model: type[T], id: int) -> T:
    """The row, held by this transaction until its end; others may still refer to it."""
    row: T | None = db.session.scalar(_held(model), {"id": id})
    return _found(model, row)


@cache
def _held(model: type[T]) -> sa.Select[*tuple[Any, ...]]:
    (key,) = sa.inspect(model).primary_key
    held = sa.select(model).where(key == sa.bindparam("id")).with_for_update(key_share=True)
    return held.execution_options(populate_existing=True)


def _found(model: type[T], row: T | None) -> T:
    if row is None:
        raise Missing(_("There is nothing here, or it is no longer public."))
    return row


def read(statement: sa.Select[*tuple[Any, ...]], **values: Any) -> sa.Result[*tuple[Any, ...]]:
    """Rows of columns, past the ORM, which would take a third of the time of a statement: for
    those that pages ask for again and again."""
    session = db.session()
    session.flush()
    return session.connection().execute(statement, values)


def write(make: Callable[[], Any], **values: Any) -> sa.Result[*tuple[Any, ...]]:
    """The same for what is written again and again. ``make``, a function of a module, says the
    statement, once for each kind of database; the values are for its columns and parameters."""
    session = db.session()
    session.flush()
    connection = session.connection()
    return connection.execute(_made(make, connection.dialect.name), values)


@cache
def _made(make: Callable[[], Any], _dialect: str) -> Any:
    return make()


def checked(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """That these hold of a row which the other conditions find. No index answers a CASE: SQLite,
    which plans without figures, would read all rows of a stage instead of the few that are named;
    and PostgreSQL, which takes conditions for independent, would expect so few that it sorts them
    all instead of following the order that is asked for. Of this it guesses that one in three
    fits."""
    return sa.case((sa.and_(*conditions), 1), else_=0) > 0


def insert(model: type[Rows]) -> Any:
    """An INSERT that knows ON CONFLICT on both databases, past the ORM. Decide with RETURNING: on
    PostgreSQL the rowcount of an INSERT is -1."""
    dialect = db.session.get_bind().dialect.name
    return (postgresql if dialect == "postgresql" else sqlite).insert(model.__table__)


def keep_on_refusal() -> None:
    """What this request writes is kept even if its answer is a refusal: a try that was spent
    stays spent."""
    g.keep_on_refusal = True


def after_answer(write: Callable[[], object]) -> None:
    """Run this in a transaction of its own once the request is answered: for the few
    marks that a page view leaves behind (a session's last use, a notice seen)."""
    g.setdefault("afterwards", []).append(write)


@contextmanager
def transaction() -> Iterator[None]:
    """One transaction outside a request, for a job or a command."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def checkpoint() -> bool:
    """What was overwritten is overwritten in SQLite's log, too. False where somebody else still
    reads in it: then it was not done and is worth another try."""
    if db.engine.dialect.name != "sqlite":
        return True
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, *_pages = cursor.fetchone() or (1,)
        return bool(busy == 0)
    finally:
        connection.close()


def measure(connection: Connection) -> None:
    """After many rows came at once, PostgreSQL learns how many there are now. Until it does so by
    itself, a minute later, it plans as if there were none. SQLite plans without figures."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")


def size() -> int:
    """In bytes, with what is free inside."""
    pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    whole = "SELECT pg_database_size(current_database())"
    sqlite = db.engine.dialect.name == "sqlite"
    return db.session.scalar(sa.text(pages if sqlite else whole)) or 0


def init_app(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _open_postgresql)
        event.listen(engine, "begin", _begin_postgresql)
    app.before_request(_decide_mode)


class TransactionalFlask(Flask):
    """Each view runs in a transaction of its own."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """None of ours is a coroutine, so none is asked at every request whether it is."""
        return func

    def dispatch_request(self) -> Response:
        response = self._in_a_transaction()
        _write_afterwards()
        return response

    def _in_a_transaction(self) -> Response:
        for attempt in range(1, ATTEMPTS + 1):
            g.pop("afterwards", None)
            g.pop("keep_on_refusal", None)
            try:
                response = self.make_response(super().dispatch_request())
                if _is_kept(response):
                    db.session.commit()
                else:
                    db.session.rollback()
                return response
            except OperationalError as error:
                db.session.rollback()
                if attempt == ATTEMPTS or not _ended_for_another(error):
                    raise
            except BaseException:
                db.session.rollback()
                raise
        raise AssertionError("the last attempt returns or raises")


def _is_kept(response: Response) -> bool:
    return not g.read_only and (response.status_code < 400 or "keep_on_refusal" in g)


def _write_afterwards() -> None:
    """A mark that cannot be made is lost, and the answer, which was kept already, stands."""
    writes: list[Callable[[], object]] = g.pop("afterwards", [])
    if not writes:
        return
    g.read_only = False
    try:
        with transaction():
            for write in writes:
                write()
    except OperationalError:
        log.warning("mark not made", exc_info=True)


def _ended_for_another(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) in ENDED_FOR_ANOTHER


def _decide_mode() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    g.read_only = request.method in SAFE_METHODS and not hasattr(view, "writes")


def _read_only() -> bool:
    return has_app_context() and bool(g.get("read_only", False))


def _open_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver leaves BEGIN to us
    for pragma in (
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = FULL",  # what was promised survives a power cut
        f"busy_timeout = {PATIENCE * 1000}",
        "recursive_triggers = ON",  # INSERT OR REPLACE deletes too, and is refused like it
        "secure_delete = ON",  # what is deleted is overwritten, survey tickets first of all
    ):
        connection.execute(f"PRAGMA {pragma}")


def _open_postgresql(connection: Any, _record: object) -> None:
    """Rows that somebody else holds are waited for as long as SQLite's file is, not for ever. No
    statement here is worth compiling: that took longer than the largest report."""
    connection.execute(f"SET lock_timeout = {PATIENCE * 1000}")
    connection.execute("SET jit = off")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    read_only = _read_only()
    if connection.info.get("read_only") is not read_only:  # it stays so, whoever has it next
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
        connection.info["read_only"] = read_only
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if _read_only():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
