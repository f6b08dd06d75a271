"""The library as every page needs it, read once and kept while nothing changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy import Row, select

from portal.core import clock, config
from portal.core.database import db, get, read
from portal.core.errors import Missing
from portal.core.locale import to_local
from portal.mail.letters import letterheads
from portal.settings import words
from portal.settings.models import (
    Branch,
    BranchKind,
    BranchName,
    ClosedDays,
    Hours,
    HouseText,
    Library,
    Reply,
    Room,
    Topic,
    TopicName,
)

RULES = "rules"
Open = tuple[time, time]  # from and to, of one day


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomFacts:
    id: int
    branch_id: int
    name: str
    capacity: int
    features: str
    closed: bool

    @property
    def feature_list(self) -> list[str]:
        return [line for line in self.features.splitlines() if line]


@dataclass(frozen=True, kw_only=True, slots=True)
class BranchFacts:
    id: int
    code: str
    kind: BranchKind
    name: str
    address: str
    closed: bool
    hours: dict[int, Open]  # by weekday; empty where the branch has not said


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicFacts:
    id: int
    code: str
    name: str
    cloth: str
    outcome_area: str
    closed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedFacts:
    id: int
    branch_id: int | None
    first: date
    last: date
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All that the library chose, as plain values that live longer than a session."""

    name: str
    short_name: str
    timezone: str
    email: str
    phone: str
    address: str
    brand_colour: str
    people_word: str
    currency: str
    vote_goal: int
    answer_days: int
    review_mode: str
    smallest_cell: int
    smallest_survey: int
    guest_days: int
    second_step: bool
    vote_months: int
    mark: str
    mark_width: int
    demo: bool
    version: int
    branches: dict[int, BranchFacts]
    rooms: dict[int, RoomFacts]
    topics: dict[int, TopicFacts]
    closed_days: list[ClosedFacts]
    rules_html: str  # empty where the usual rules hold

    @property
    def open_branches(self) -> list[BranchFacts]:
        """What may be chosen from now on; the others keep their names where they stand."""
        return [one for one in self.branches.values() if not one.closed]

    @property
    def open_rooms(self) -> list[RoomFacts]:
        rooms = self.rooms.values()
        return [one for one in rooms if not (one.closed or self.branches[one.branch_id].closed)]

    @property
    def open_topics(self) -> list[TopicFacts]:
        return [one for one in self.topics.values() if not one.closed]

    @property
    def someone(self) -> str:
        return words.one_of(self.people_word)

    @property
    def people(self) -> str:
        return words.all_of(self.people_word)

    def closed_on(self, day: date, branch_id: int | None) -> ClosedFacts | None:
        """What closes this branch on that day, if anything does."""
        branches = (None, branch_id)
        here = (one for one in self.closed_days if one.branch_id in branches)
        return next((one for one in here if one.first <= day <= one.last), None)


_COLUMNS = tuple(name for name in Settings.__dataclass_fields__ if hasattr(Library, name))
_LIBRARY = select(*(getattr(Library, name) for name in _COLUMNS))
_kept: dict[str, tuple[Row[Any], Settings]] = {}  # by database; one entry in an installation


def choosable(
    facts: Mapping[int, BranchFacts] | Mapping[int, TopicFacts], kept: str | None
) -> dict[str, str]:
    """Names by id of what may be chosen: what is not closed, and what was chosen before."""
    return {str(n): one.name for n, one in facts.items() if not one.closed or str(n) == kept}


def current() -> Settings:
    """The library's settings: one statement a request, six more after a change."""
    if "settings" not in g:
        g.settings = _current()
    settings: Settings = g.settings
    return settings


def today() -> date:
    """The day where the library is."""
    return to_local(clock.now(), current().timezone).date()


def _current() -> Settings:
    row = read(_LIBRARY).first()
    if row is None:
        raise Missing(_("This installation has no library yet."), "flask portal init")
    place = config.current().database_url
    known, kept = _kept.get(place, (None, None))
    if kept is None or known != row:
        kept = Settings(
            **row._mapping,
            branches=_branches(),
            rooms=_rooms(),
            topics=_topics(),
            closed_days=_closed_days(),
            rules_html=rules.html if (rules := house_rules()) else "",
        )
        if g.get("settings_moved_in") is not db.session().get_transaction():
            _kept[place] = row, kept
    return kept


def _branches() -> dict[int, BranchFacts]:
    hours = _hours()
    rows = db.session.execute(
        select(Branch.id, Branch.code, Branch.kind, BranchName.name, Branch.address, Branch.closed)
        .join(BranchName, BranchName.branch_id == Branch.id)
        .where(BranchName.lang == "en")
        .order_by(Branch.position, Branch.id)
    ).mappings()
    return {row["id"]: BranchFacts(**row, hours=hours.get(row["id"], {})) for row in rows}


def _hours() -> dict[int, dict[int, Open]]:
    found: dict[int, dict[int, Open]] = {}
    columns = (Hours.branch_id, Hours.weekday, Hours.opens, Hours.closes)
    for branch_id, weekday, opens, closes in db.session.execute(select(*columns)):
        found.setdefault(branch_id, {})[weekday] = (opens, closes)
    return found


def _rooms() -> dict[int, RoomFacts]:
    columns = (Room.id, Room.branch_id, Room.name, Room.capacity, Room.features, Room.closed)
    rows = db.session.execute(select(*columns).order_by(Room.id)).mappings()
    return {row["id"]: RoomFacts(**row) for row in rows}


def _topics() -> dict[int, TopicFacts]:
    columns = (Topic.id, Topic.code, TopicName.name, Topic.cloth, Topic.outcome_area, Topic.closed)
    rows = db.session.execute(
        select(*columns)
        .join(TopicName, TopicName.topic_id == Topic.id)
        .where(TopicName.lang == "en")
        .order_by(Topic.position, Topic.id)
    ).mappings()
    return {row["id"]: TopicFacts(**row) for row in rows}


def _closed_days() -> list[ClosedFacts]:
    columns = (
        ClosedDays.id,
        ClosedDays.branch_id,
        ClosedDays.first,
        ClosedDays.last,
        ClosedDays.why,
    )
    by_day = select(*columns).order_by(ClosedDays.first, ClosedDays.id)
    return [ClosedFacts(**row) for row in db.session.execute(by_day).mappings()]


def house_rules() -> HouseText | None:
    """The library's own, where it has written any."""
    return db.session.get(HouseText, (RULES, "en"))


def replies() -> Sequence[Reply]:
    return db.session.scalars(select(Reply).order_by(Reply.title)).all()


def reply(reply_id: int) -> Reply:
    return get(Reply, reply_id)


letterheads.append(lambda: current().name)
