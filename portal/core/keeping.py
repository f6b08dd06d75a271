"""What is kept about people, for how long and why, and what takes it away when its time is over:
one table, which the worker carries out each day and a public page shows. Each capability adds
its own rows:

    keeps(
        Subject.EVENTS,
        Registration,
        what=_l("That you came"),
        seen_by=_l("You and the library’s staff"),
        until=_l("30 days after the event"),
        why=_l("To count who came."),
        clear=blanks(Registration, _over, arrived=0),
    )

A row without ``clear`` says what is kept until somebody acts, or for good.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import sqlalchemy as sa

from portal.core.database import Rows, db

BATCH = 500  # rows that one transaction takes away: others wait no longer than that

Clear = Callable[[], int]
Over = Callable[[], sa.ColumnElement[bool]]


class Subject(IntEnum):
    """What it is about, in the order of the page."""

    PEOPLE = 1
    IDEAS = 2
    EVENTS = 3
    SURVEYS = 4
    MAIL = 5
    SIGNING_IN = 6
    LIBRARY = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """Words are lazily translated. ``clear`` takes away some of what is over, at most a batch,
    and says how many rows that were; it is called until there are none."""

    subject: Subject
    what: Any
    seen_by: Any
    until: Any
    why: Any
    of: tuple[type[Rows], ...] = ()  # the tables that it is about
    clear: Clear | None = None


_table: list[Kept] = []


def keeps(subject: Subject, *of: type[Rows], **words: Any) -> None:
    """Add a row about these tables; what it says is what ``Kept`` asks for."""
    _table.append(Kept(subject=subject, of=of, **words))


def table() -> list[Kept]:
    return sorted(_table, key=lambda kept: kept.subject)


def removes(model: type[Rows], over: Over) -> Clear:
    """The rows go."""
    return lambda: _run(sa.delete(model).where(_some(model, over())))


def blanks(model: type[Rows], over: Over, **values: Any) -> Clear:
    """The rows stay, with these values in them. ``over`` leaves out those that have them."""
    return lambda: _run(sa.update(model).where(_some(model, over())).values(values))


def _some(model: type[Rows], over: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    key = sa.inspect(model).primary_key
    return sa.tuple_(*key).in_(sa.select(*key).where(over).limit(BATCH))


def _run(statement: sa.Delete | sa.Update) -> int:
    db.session.flush()
    return db.session.connection().execute(statement).rowcount
