"""Sessions that began in some time, as they count: alike ones together, or one by one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    extract,
    func,
    literal,
    not_,
    or_,
    select,
)

from portal.core import clock, pages
from portal.core.database import db
from portal.core.pages import Page
from portal.ideas.models import AgeGroup
from portal.programs.lifecycle import ProgramStage, SessionStage
from portal.programs.models import Program, Session, Venue
from portal.reports.periods import Period


class Counts(StrEnum):
    """Whether a session counts, and why not; as programs.closing.counts_for_statistics says."""

    YES = "yes"
    UNCOUNTED = "uncounted"
    NOT_HELD = "not_held"
    LENT = "lent"


NO_BRANCH = 0  # in the address of what is at no branch

_branch: ColumnElement[int] = func.coalesce(Session.branch_id, Program.branch_id, NO_BRANCH)
_age: ColumnElement[Any] = func.coalesce(
    Program.age_group, literal(AgeGroup.GENERAL, Program.age_group.type)
)
_HELD = Session.stage == SessionStage.HELD
_LENT = and_(Session.staff_minutes == 0, func.coalesce(Session.cost, 0) == 0)
_IS: dict[Counts, ColumnElement[bool]] = {
    Counts.YES: and_(_HELD, or_(Session.staff_minutes.is_(None), not_(_LENT))),
    Counts.LENT: and_(_HELD, _LENT),
    Counts.UNCOUNTED: Session.stage == SessionStage.SCHEDULED,
    Counts.NOT_HELD: Session.stage.in_((SessionStage.CANCELLED, SessionStage.POSTPONED)),
}


_HEADS = func.coalesce(Session.head_count, 0)
_ONLINE = func.coalesce(Session.online_count, 0)
_VIRTUAL = Session.venue == Venue.VIRTUAL
_IN_PERSON = case((_VIRTUAL, 0), else_=_HEADS).label("in_person")
_TOOK_PART_ONLINE = case((_VIRTUAL, _HEADS + _ONLINE), else_=_ONLINE).label("online")
_SITTING = (
    *(Session.id, Session.program_id, Program.title, Session.starts_at, Session.starts_local),
    *(_branch.label("branch"), _IN_PERSON, _TOOK_PART_ONLINE),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Sessions that are alike in all that the survey asks."""

    month: int
    branch: int
    age: AgeGroup
    venue: Venue
    counts: Counts
    sessions: int
    seats: int
    in_person: int
    online: int

    @property
    def visits(self) -> int:
        return self.in_person + self.online


def _begun(period: Period) -> tuple[ColumnElement[bool], ...]:
    """What began in this time, by the clocks there, and had been announced."""
    since, until = period.local
    return (
        Program.stage != ProgramStage.PLANNING,
        Session.starts_local >= since,
        Session.starts_local < until,
        Session.starts_at <= clock.now(),
    )


def groups(period: Period) -> list[Group]:
    each = (
        select(
            extract("month", Session.starts_local).label("month"),
            _branch.label("branch"),
            _age.label("age"),
            Session.venue,
            case(*((which, counts.value) for counts, which in _IS.items())).label("counts"),
            Session.capacity,
            _IN_PERSON,
            _TOOK_PART_ONLINE,
        )
        .join(Program, Program.id == Session.program_id)
        .where(*_begun(period))
        .subquery()
    )
    alike = (each.c.month, each.c.branch, each.c.age, each.c.venue, each.c.counts)
    sums = (func.sum(each.c[name]) for name in ("capacity", "in_person", "online"))
    rows = db.session.execute(select(*alike, func.count(), *sums).group_by(*alike))
    return [_group(*row) for row in rows]


def _group(month: Any, branch: int, age: AgeGroup, venue: Venue, counts: str, *n: Any) -> Group:
    sessions, seats, in_person, online = map(int, n)
    return Group(
        month=int(month),
        branch=branch,
        age=age,
        venue=venue,
        counts=Counts(counts),
        sessions=sessions,
        seats=seats,
        in_person=in_person,
        online=online,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """The sessions that make up a figure."""

    period: Period
    branch: int | None = None
    age: AgeGroup | None = None
    venue: Venue | None = None
    counts: Counts = Counts.YES
    hybrid: bool = False  # of what is online: also what was so in part


@dataclass(frozen=True, kw_only=True, slots=True)
class Sitting:
    """One session, as it was counted."""

    id: int
    program_id: int
    title: str
    starts_at: datetime
    starts_local: datetime
    branch: int
    in_person: int
    online: int


def sessions(wanted: Wanted, *, cursor: str | None) -> Page[Sitting]:
    """These sessions, the latest first."""
    which = [*_begun(wanted.period), _IS[wanted.counts], *_chosen(wanted)]
    if (key := pages.after(cursor, datetime, int)) is not None:
        which.append(pages.beyond((Session.starts_at, Session.id), key))
    rows = db.session.execute(
        select(*_SITTING)
        .join(Program, Program.id == Session.program_id)
        .where(*which)
        .order_by(Session.starts_at.desc(), Session.id.desc())
        .limit(pages.SIZE + 1)
    ).mappings()
    return pages.cut([Sitting(**row) for row in rows], lambda one: (one.starts_at, one.id))


def _chosen(wanted: Wanted) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = []
    if wanted.branch is not None:
        which.append(_branch == wanted.branch)
    if wanted.age is not None:
        which.append(_age == wanted.age)
    if wanted.venue is not None:
        there = Session.venue == wanted.venue
        which.append(or_(there, Session.online_count > 0) if wanted.hybrid else there)
    return which
