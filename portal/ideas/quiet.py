"""Ideas that fewer people stand behind than the goal asks for: after half a year they come up for
an answer all the same, many at once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select

from portal.core import clock, pages
from portal.core.database import db
from portal.core.pages import Page
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea

AFTER = timedelta(days=183)
MOST = 100  # counted one by one

_COLUMNS: tuple[Any, ...] = (Idea.id, Idea.title, Idea.votes, Idea.desk_votes, Idea.branch_id)
_COLUMNS += (Idea.version, Idea.published_at)


def page(cursor: str | None) -> Page[Row[Any]]:
    """Those with the most votes first; each with its ``version`` and the day it came from."""
    columns = (Idea.votes, Idea.id)
    statement = (
        select(*_COLUMNS).where(*_quiet(clock.now())).order_by(*(one.desc() for one in columns))
    )
    if (key := pages.after(cursor, int, int)) is not None:
        statement = statement.where(pages.beyond(columns, key, upwards=False))
    rows = db.session.execute(statement.limit(pages.SIZE + 1)).all()
    return pages.cut(rows, lambda row: (row.votes, row.id))


def count() -> int:
    """How many there are; of more than MOST, that many."""
    some = select(Idea.id).where(*_quiet(clock.now())).limit(MOST).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _quiet(now: datetime) -> list[ColumnElement[bool]]:
    """Open, and as it is for half a year: not answered, not come back."""
    since = now - AFTER
    return [
        Idea.publication == Publication.PUBLISHED,
        Idea.stage == Stage.OPEN,
        Idea.published_at <= since,
        or_(Idea.stage_since.is_(None), Idea.stage_since <= since),
    ]
