"""Ideas that the library owes an answer: those that reached the goal, by the day that was promised;
and those of half a year that did not, many at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, true

from portal.core import clock, pages
from portal.core.database import checked, db
from portal.core.pages import Page
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea

QUIET_AFTER = timedelta(days=183)
MOST = 100  # quiet ones are counted one by one, up to so many

_COLUMNS: tuple[Any, ...] = (Idea.id, Idea.title, Idea.votes, Idea.desk_votes, Idea.branch_id)


def due() -> Sequence[Row[Any]]:
    """Those that reached the goal and wait for a decision, oldest promise first."""
    return db.session.execute(_due()).all()


def due_and_quiet() -> tuple[Sequence[Row[Any]], int]:
    """The same, and how many are quiet; of more than MOST, that many."""
    some = select(Idea.id).where(*_quiet(clock.now())).limit(MOST).subquery()
    counted = select(func.count().label("quiet")).select_from(some).subquery()
    promised = _due().subquery()
    rows = db.session.execute(
        select(counted.c.quiet, promised)
        .select_from(counted.outerjoin(promised, true()))
        .order_by(promised.c.answer_due_on, promised.c.id)
    ).all()
    return [row for row in rows if row.id is not None], rows[0].quiet


def quiet(cursor: str | None) -> Page[Row[Any]]:
    """Those that are quiet, most votes first, each with its ``version`` and ``published_at``."""
    columns, order = (*_COLUMNS, Idea.version, Idea.published_at), (Idea.votes, Idea.id)
    statement = (
        select(*columns).where(*_quiet(clock.now())).order_by(*(one.desc() for one in order))
    )
    if (key := pages.after(cursor, int, int)) is not None:
        statement = statement.where(pages.beyond(order, key, upwards=False))
    rows = db.session.execute(statement.limit(pages.SIZE + 1)).all()
    return pages.cut(rows, lambda row: (row.votes, row.id))


def _due() -> Select[Any]:
    return (
        select(*_COLUMNS, Idea.answer_due_on)
        .where(
            Idea.publication == Publication.PUBLISHED,
            Idea.stage == Stage.UNDER_REVIEW,
            Idea.answer_due_on.is_not(None),
        )
        .order_by(Idea.answer_due_on, Idea.id)
        .limit(20)
    )


def _quiet(now: datetime) -> list[ColumnElement[bool]]:
    """Open, and as it is for half a year: not answered, not come back."""
    since = now - QUIET_AFTER
    return [
        Idea.publication == Publication.PUBLISHED,
        Idea.stage == Stage.OPEN,
        checked(
            Idea.published_at <= since,
            or_(Idea.stage_since.is_(None), Idea.stage_since <= since),
        ),
    ]
