"""The time that a report is about: a calendar year, or this month and the eleven before it, as days
where the library is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select

from portal.core import clock
from portal.core.database import db
from portal.core.locale import to_local
from portal.ideas.models import Idea
from portal.programs.models import Session
from portal.settings.queries import current as library
from portal.settings.queries import today

Bounds = tuple[datetime, datetime]

_FIRST = select(
    select(func.min(Idea.made_at)).scalar_subquery(),
    select(func.min(Session.starts_at))
    .where(Session.starts_at <= bindparam("now"))
    .scalar_subquery(),
)


@dataclass(frozen=True, slots=True)
class Period:
    """From a first of a month until another, which is not in it any more."""

    year: int | None  # none: the last twelve months
    since: date
    until: date

    @property
    def months(self) -> list[date]:
        """The first of each month."""
        return [_months_on(self.since, n) for n in range(_distance(self.since, self.until))]

    @property
    def local(self) -> Bounds:
        """For columns of wall time."""
        return _midnight(self.since), _midnight(self.until)

    @property
    def instants(self) -> Bounds:
        """For columns of moments."""
        return instant(self.since), instant(self.until)

    def of_month(self, words: str | None) -> "Period":
        """One month of it, named as in 2026-03; the whole of it where none is meant."""
        for first in self.months:
            if words == f"{first:%Y-%m}":
                return Period(self.year, first, _months_on(first, 1))
        return self


def chosen(year: int | None, *, years: list[int]) -> Period:
    """The year, where the library has one; else the last twelve months."""
    if year in years:
        return Period(year, date(year, 1, 1), date(year + 1, 1, 1))
    this_month = today().replace(day=1)
    return Period(None, _months_on(this_month, -11), _months_on(this_month, 1))


def years() -> list[int]:
    """The calendar years of which there is something to report, the latest first."""
    first = db.session.execute(_FIRST, {"now": clock.now()}).one()
    this_year = today().year
    found = [to_local(one, library().timezone).year for one in first if one]
    return list(range(this_year, min([*found, this_year]) - 1, -1))


def instant(day: date) -> datetime:
    """When a day begins where the library is."""
    return _midnight(day).replace(tzinfo=ZoneInfo(library().timezone)).astimezone(UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _months_on(first: date, n: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + n, 12)
    return date(year, month + 1, 1)


def _distance(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month
