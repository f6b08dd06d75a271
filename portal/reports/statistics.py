"""Sessions and visits as the US Public Libraries Survey asks (FY2024, elements 600 to 618).

Each session that counts is in one age group and at one venue, so both ways of adding up come to
the same. Who took part online in a session held in a room is a virtual visit.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.sheets import as_csv
from portal.ideas.forms import AGE_WORDS
from portal.ideas.models import AgeGroup
from portal.programs.models import Venue
from portal.reports import sittings
from portal.reports.periods import Period
from portal.reports.sittings import NO_BRANCH, Counts, Group, Wanted
from portal.settings.queries import current as library

WHY_NOT = {
    Counts.UNCOUNTED: _l("Its heads are not counted yet."),
    Counts.NOT_HELD: _l("It was not held."),
    Counts.LENT: _l("The library gave neither staff time nor money."),
}
VENUE_WORDS = {
    Venue.ONSITE: _l("At the library"),
    Venue.OFFSITE: _l("Elsewhere"),
    Venue.VIRTUAL: _l("Online"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the survey: what it counts, which sessions, and two elements with their figures."""

    key: str
    words: str
    sessions: int
    visits: int
    numbers: tuple[str, str] = ("", "")  # as the survey calls the two
    names: tuple[str, str] = ("", "")


AGES = {
    AgeGroup.YOUNG_CHILDREN: (("601", "611"), ("K0_5PRO", "K0_5ATTEN")),
    AgeGroup.CHILDREN: (("602", "612"), ("K6_11PRO", "K6_11ATTEN")),
    AgeGroup.YOUNG_ADULTS: (("603", "613"), ("YAPRO", "YAATTEN")),
    AgeGroup.ADULTS: (("604", "614"), ("ADULTPRO", "ADULTATTEN")),
    AgeGroup.GENERAL: (("605", "615"), ("GENPRO", "GENATTEN")),
}
VENUES = {
    Venue.ONSITE: (("606", "616"), ("ONPRO", "ONATTEN")),
    Venue.OFFSITE: (("607", "617"), ("OFFPRO", "OFFATTEN")),
    Venue.VIRTUAL: (("608", "618"), ("VIRPRO", "VIRATTEN")),
}
TOTAL = (("600", "610"), ("TOTPRO", "TOTATTEN"))


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of one branch or all."""

    groups: list[Group]

    @property
    def counted(self) -> list[Group]:
        return [one for one in self.groups if one.counts is Counts.YES]

    @property
    def total(self) -> Line:
        found = self.counted
        return Line("", str(_("All")), _sessions(found), _visits(found), *TOTAL)

    @property
    def ages(self) -> list[Line]:
        lines = []
        for age, elements in AGES.items():
            found = [one for one in self.counted if one.age is age]
            words = str(AGE_WORDS[age])
            lines.append(Line(age.value, words, _sessions(found), _visits(found), *elements))
        return lines

    @property
    def venues(self) -> list[Line]:
        lines = []
        for venue, elements in VENUES.items():
            sessions = _sessions(one for one in self.counted if one.venue is venue)
            words = str(VENUE_WORDS[venue])
            lines.append(Line(venue.value, words, sessions, self._at(venue), *elements))
        return lines

    def _at(self, venue: Venue) -> int:
        if venue is Venue.VIRTUAL:
            return sum(one.online for one in self.counted)
        return sum(one.in_person for one in self.counted if one.venue is venue)

    @property
    def not_counted(self) -> list[Line]:
        """Sessions that do not count, and why."""
        found = {why: [one for one in self.groups if one.counts is why] for why in WHY_NOT}
        return [
            Line(why.value, str(WHY_NOT[why]), _sessions(them), _visits(them))
            for why, them in found.items()
            if them
        ]

    def months(self, period: Period) -> list[tuple[date, int, int]]:
        """The first of each, the visits, and the seats there were."""
        found = {
            first: [g for g in self.counted if g.month == first.month] for first in period.months
        }
        return [(first, _visits(them), sum(g.seats for g in them)) for first, them in found.items()]

    def at(self, branch: int | None) -> "Statistics":
        if branch is None:
            return self
        return Statistics([one for one in self.groups if one.branch == branch])


def of(period: Period) -> Statistics:
    return Statistics(sittings.groups(period))


def place(branch: int | None) -> str:
    """A branch in words; none where it is the whole library."""
    if branch is None:
        return ""
    facts = library().branches.get(branch)
    return facts.name if facts else str(_("At no branch"))


def words_of(wanted: Wanted) -> list[str]:
    """What a list of sessions has in common, but for the time."""
    words: list[object] = [place(wanted.branch)]
    words += [AGE_WORDS[wanted.age]] if wanted.age else []
    words += [VENUE_WORDS[wanted.venue]] if wanted.venue else []
    words += [WHY_NOT.get(wanted.counts, "")]
    return [str(one) for one in words if one]


def branches(statistics: Statistics) -> list[Line]:
    """Each branch where something took place, in the library's order."""
    found = [(branch, statistics.at(branch)) for branch in (*library().branches, NO_BRANCH)]
    return [
        Line(str(branch), place(branch), there.total.sessions, there.total.visits)
        for branch, there in found
        if there.groups
    ]


def _sessions(found: Iterable[Group]) -> int:
    return sum(one.sessions for one in found)


def _visits(found: Iterable[Group]) -> int:
    return sum(one.visits for one in found)


def sheet(statistics: Statistics, period: Period) -> str:
    """The survey's elements, for the whole library and each branch, one figure a row."""
    header = ("From", "Until", "Branch", "Element", "Name", "What it counts", "Figure")
    last = period.until - timedelta(days=1)
    places = [(str(_("Whole library")), statistics)]
    places += [(one.words, statistics.at(int(one.key))) for one in branches(statistics)]
    rows = [
        (period.since.isoformat(), last.isoformat(), place, *element)
        for place, there in places
        for element in _elements(there)
    ]
    return as_csv(header, rows)


_PARTS: tuple[tuple[int, Callable[[Line], int], Any], ...] = (
    (0, lambda line: line.sessions, _l("Sessions")),
    (1, lambda line: line.visits, _l("Visits")),
)


def _elements(there: Statistics) -> Iterable[Sequence[Any]]:
    for at, figure, kind in _PARTS:
        for line in (there.total, *there.ages, *there.venues):
            yield line.numbers[at], line.names[at], f"{kind}: {line.words}", figure(line)
