"""From idea to outcome: how far the ideas of some time have come, and whether the library kept its
word on the answers that it owed.

An idea belongs to the day on which it was shared, and has come as far as it ever did: one whose
event was called off was planned all the same. One that joined another has come as far as that.
Of votes there are only the totals of ideas, which everybody may read: no vote is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from portal.core import pages
from portal.core.database import db
from portal.core.locale import to_local
from portal.core.pages import Page
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea, Life, StoryLine
from portal.reports.periods import Period, instant
from portal.settings.queries import current as library
from portal.settings.queries import today
from portal.surveys.queries import ANSWERED


class Step(StrEnum):
    """What an idea passes on its way, in order."""

    SHARED = "shared"
    PUBLISHED = "published"
    REACHED = "reached"
    PLANNED = "planned"
    SCHEDULED = "scheduled"
    HELD = "held"
    RESULTS = "results"


STEP_WORDS = {
    Step.SHARED: _l("Shared"),
    Step.PUBLISHED: _l("Published"),
    Step.REACHED: _l("Reached the goal, or answered"),
    Step.PLANNED: _l("Planned"),
    Step.SCHEDULED: _l("On the calendar"),
    Step.HELD: _l("Held"),
    Step.RESULTS: _l("Results published"),
}
WAY = (Stage.PLANNING, Stage.SCHEDULED, Stage.HELD, Stage.RESULTS)
NO_ANSWER = (Stage.UNDER_REVIEW, Stage.OPEN)

_Whole = aliased(Idea)  # the idea itself, or the one that it joined


def _has_been(stages: Sequence[Stage] | frozenset[Stage]) -> ColumnElement[bool]:
    line = exists().where(
        StoryLine.idea_id == _Whole.id, StoryLine.life == Life.STAGE, StoryLine.became.in_(stages)
    )
    return or_(_Whole.stage.in_(stages), line)


_ANSWERED = _has_been(ANSWERED)
_PASSED: dict[Step, ColumnElement[bool]] = {
    Step.SHARED: true(),
    Step.PUBLISHED: Idea.published_at.is_not(None),
    Step.REACHED: or_(_Whole.goal_reached_at.is_not(None), _ANSWERED),
    Step.PLANNED: _has_been(WAY),
    Step.SCHEDULED: _has_been(WAY[1:]),
    Step.HELD: _has_been(WAY[2:]),
    Step.RESULTS: _has_been(WAY[3:]),
}


def _shared(statement: Select[Any], period: Period) -> Select[Any]:
    """The ideas that were shared in this time: all but drafts."""
    since, until = period.instants
    return statement.join(_Whole, _Whole.id == func.coalesce(Idea.merged_into, Idea.id)).where(
        Idea.publication != Publication.DRAFT, Idea.made_at >= since, Idea.made_at < until
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Funnel:
    steps: dict[Step, int]
    months: list[tuple[date, int, int]]  # the first of each, ideas published, of those shared
    votes: int  # for the ideas of this time
    answered: int  # of these votes


def funnel(period: Period) -> Funnel:
    """How many ideas came how far, and the votes behind them."""
    ends = [instant(first) for first in period.months[1:]]
    month = case(*((Idea.made_at < end, n) for n, end in enumerate(ends)), else_=len(ends))
    votes = case((Idea.publication != Publication.MERGED, Idea.votes), else_=0)
    flags = [case((passed, 1), else_=0).label(step) for step, passed in _PASSED.items()]
    answered = case((_ANSWERED, votes), else_=0)
    columns = (month.label("month"), votes.label("votes"), answered.label("answered"), *flags)
    each = _shared(select(*columns).select_from(Idea), period).subquery()
    sums = [func.sum(each.c[name]) for name in ("votes", "answered", *Step)]
    rows = db.session.execute(select(each.c.month, *sums).group_by(each.c.month))
    counts = {row[0]: [int(n) for n in row[1:]] for row in rows}
    nothing = [0] * len(sums)
    total = [sum(column) for column in zip(nothing, *counts.values(), strict=True)]
    return Funnel(
        steps=dict(zip(Step, total[2:], strict=True)),
        months=[
            (first, counts.get(n, nothing)[3], counts.get(n, nothing)[2])
            for n, first in enumerate(period.months)
        ],
        votes=total[0],
        answered=total[1],
    )


def ideas(period: Period, step: Step, *, cursor: str | None) -> Page[Row[Any]]:
    """The ideas that a figure was made of, the newest first."""
    columns: tuple[Any, ...] = (Idea.id, Idea.title, Idea.made_at, Idea.votes)
    columns += (Idea.publication, Idea.stage)
    statement = _shared(select(*columns), period).where(_PASSED[step])
    if (key := pages.after(cursor, int)) is not None:
        statement = statement.where(Idea.id < key[0])
    newest = statement.order_by(Idea.id.desc()).limit(pages.SIZE + 1)
    return pages.cut(db.session.execute(newest).all(), lambda row: (row.id,))


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """An answer that the library owed: on which idea, until which day, and when it came."""

    idea_id: int
    title: str
    due_on: date
    answered_on: date | None

    @property
    def due(self) -> bool:
        """Whether it can be judged: the day is over, or the answer is there."""
        return self.answered_on is not None or self.due_on < today()

    @property
    def late(self) -> bool:
        return (self.answered_on or today()) > self.due_on


_Later = aliased(StoryLine)
_ANSWERED_AT = (
    select(func.min(_Later.at))
    .where(
        _Later.idea_id == StoryLine.idea_id,
        _Later.n > StoryLine.n,
        _Later.life == Life.STAGE,
        _Later.became.not_in(NO_ANSWER),
    )
    .correlate(StoryLine)
    .scalar_subquery()
)
_PROMISES = (
    select(StoryLine.idea_id, Idea.title, StoryLine.at, StoryLine.until)
    .add_columns(Idea.answer_due_on, _ANSWERED_AT.label("answered_at"))
    .join(Idea, Idea.id == StoryLine.idea_id)
    .where(
        StoryLine.life == Life.STAGE,
        StoryLine.became == Stage.UNDER_REVIEW,
        or_(Idea.publication == Publication.PUBLISHED, _ANSWERED_AT.is_not(None)),
    )
    .order_by(StoryLine.at, StoryLine.idea_id)
)


def promises(period: Period) -> list[Promise]:
    """Answers that the library began to owe in this time, and whose day is over or that came."""
    since, until = period.instants
    rows = db.session.execute(_PROMISES.where(and_(StoryLine.at >= since, StoryLine.at < until)))
    return [one for one in map(_promise, rows) if one.due]


def late_first(period: Period, *, cursor: str | None) -> Page[Promise]:
    """A page of them, those that were not kept before all others."""
    found = list(enumerate(sorted(promises(period), key=lambda one: not one.late)))
    (last,) = pages.after(cursor, int) or (-1,)
    rest = [(n, one) for n, one in found if n > last]
    page = pages.cut(rest[: pages.SIZE + 1], lambda row: (row[0],))
    return Page([one for _n, one in page.items], page.next)


def _promise(row: Row[Any]) -> Promise:
    waits = row.answer_due_on if row.answered_at is None else None
    return Promise(
        idea_id=row.idea_id,
        title=row.title,
        due_on=waits or row.until or (row.at + timedelta(days=library().answer_days)).date(),
        answered_on=_day(row.answered_at) if row.answered_at else None,
    )


def _day(moment: datetime) -> date:
    return to_local(moment, library().timezone).date()
