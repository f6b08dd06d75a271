"""What pages read of programs, their sessions and seats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Integer, Row, Select, and_, bindparam, exists, or_, select

from portal.core import clock, pages
from portal.core.database import checked, db, read
from portal.core.errors import Missing
from portal.core.locale import to_local
from portal.core.pages import Page
from portal.core.text import host_of
from portal.ideas.lifecycle import READABLE
from portal.ideas.models import Idea, StoryLine
from portal.organisations.models import Organisation
from portal.policy import Actor, Permission, require
from portal.programs import places
from portal.programs.lifecycle import ProgramStage, SessionStage
from portal.programs.models import (
    Admission,
    Program,
    ProgramIdea,
    ProgramPartner,
    Session,
    Venue,
)
from portal.programs.paths import program_path, results_path, session_path
from portal.settings.queries import current as library

LOOKED_AT = 200  # of the next sessions, for those that began as an idea
LONGEST = timedelta(days=2)  # and more than any session lasts
PUBLIC = (ProgramStage.ANNOUNCED, ProgramStage.DONE, ProgramStage.CANCELLED)

_PUBLIC = Program.stage != ProgramStage.PLANNING  # PUBLIC, for lists that follow their sessions


def place_of(room_id: int | None, other: str) -> str:
    """A place in words: a room of ours, or as somebody wrote it."""
    room = library().rooms.get(room_id or 0)
    return f"{room.name}, {library().branches[room.branch_id].name}" if room else other


class Sitting(NamedTuple):
    """A session as lists and pages show it: the columns of ``_SITTING`` in their order."""

    id: int
    number: int
    program_id: int
    branch_id: int | None  # to which it belongs
    title: str
    planned: bool  # not announced yet
    starts_local: datetime
    ends_local: datetime
    starts_at: datetime
    ends_at: datetime
    stage: SessionStage
    moved_at: datetime | None
    reason: str
    room_id: int | None
    other_place: str
    venue: Venue
    capacity: int
    taken: int
    head_count: int | None
    admission: Admission
    calendar_link: str
    waitlist: bool
    party_limit: int
    question: str
    version: int

    @property
    def path(self) -> str:
        """Of a series, each date after the first has a page of its own."""
        if self.number > 1:
            return session_path(self.program_id, self.number)
        return program_path(self.program_id, self.title)

    @property
    def left(self) -> int:
        return self.capacity - self.taken

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return place_of(self.room_id, self.other_place)

    @property
    def online(self) -> bool:
        return self.venue is Venue.VIRTUAL

    @property
    def open(self) -> bool:
        return self.stage is SessionStage.SCHEDULED and self.starts_at > clock.now()

    @property
    def live(self) -> bool:
        """Whether a ticket for it is still good for something."""
        return self.stage is SessionStage.SCHEDULED and self.ends_at > clock.now()

    @property
    def postponed(self) -> bool:
        return self.stage is SessionStage.POSTPONED

    @property
    def seated(self) -> bool:
        """Whether seats at it are saved here."""
        return self.admission is Admission.SEATS

    @property
    def elsewhere(self) -> str:
        """The host on which people sign up; empty where they do not."""
        return host_of(self.calendar_link) if self.admission is Admission.ELSEWHERE else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A program on its own page."""

    program: Row[Any]  # the columns of Program
    sittings: list[Sitting]
    partners: Sequence[str]
    ideas: Sequence[Row[*tuple[Any, ...]]]  # id, title, votes
    told: bool  # its results are public

    @property
    def path(self) -> str:
        return program_path(self.program.id, self.program.title)

    @property
    def opens(self) -> datetime | None:
        """The local time at which sign-up opens, until it has."""
        opens_at = self.program.opens_at
        return opening(self.program) if opens_at and opens_at > clock.now() else None


def opening(program: Program | Row[Any]) -> datetime | None:
    """When sign-up opens, where the library is."""
    return to_local(program.opens_at, library().timezone) if program.opens_at else None


# What a request asks for again and again is written once, with a place for the values.
_SITTING: tuple[Any, ...] = (
    Session.id,
    Session.number,
    Session.program_id,
    places.BRANCH.label("branch_id"),
    Program.title,
    (Program.stage == ProgramStage.PLANNING).label("planned"),
    Session.starts_local,
    Session.ends_local,
    Session.starts_at,
    Session.ends_at,
    Session.stage,
    Session.moved_at,
    Session.reason,
    Session.room_id,
    Session.place.label("other_place"),
    Session.venue,
    Session.capacity,
    Session.taken,
    Session.head_count,
    Program.admission,
    Program.calendar_link,
    Program.waitlist,
    Program.party_limit,
    Program.question,
    Session.version,
)


_SITTINGS: Select[Any] = select(*_SITTING).join(Program, Program.id == Session.program_id)
_SITTING_OF = _SITTINGS.where(Session.id == bindparam("session_id"))
_IN_TIME = (Session.starts_at, Session.id)


def _sittings(statement: Select[Any], **values: Any) -> list[Sitting]:
    return [Sitting(*row) for row in read(statement, **values)]


def upcoming(*, cursor: str | None = None) -> Page[Sitting]:
    """What is on the calendar, the next first; cancelled ones stay and say so."""
    where = [_PUBLIC, *_not_over(clock.now())]
    if (key := pages.after(cursor, datetime, int)) is not None:
        where.append(pages.beyond(_IN_TIME, key, upwards=True))
    found = _sittings(_SITTINGS.where(*where).order_by(*_IN_TIME).limit(pages.SIZE + 1))
    return pages.cut(found, lambda one: (one.starts_at, one.id))


def _not_over(moment: datetime) -> list[ColumnElement[bool]]:
    """Sessions that end after this. They end on the day on which they begin, so an index by start
    leaves out all that is long over."""
    return [Session.starts_at > moment - LONGEST, checked(Session.ends_at > moment)]


_PAST = (
    _SITTINGS.where(Session.stage == SessionStage.HELD)
    .order_by(Session.starts_at.desc(), Session.id.desc())
    .limit(bindparam("most"))
)


def past(*, limit: int = 10) -> list[Sitting]:
    return _sittings(_PAST, most=limit)


_NEXT = (
    select(Session.id)
    .where(Session.stage == SessionStage.SCHEDULED, Session.starts_at > bindparam("now"))
    .order_by(*_IN_TIME)
    .limit(bindparam("looked_at", type_=Integer))
)
_ASKED = (
    _SITTINGS.where(
        Session.id.in_(_NEXT),
        checked(Program.stage == ProgramStage.ANNOUNCED),
        exists().where(ProgramIdea.program_id == Program.id),
    )
    .order_by(*_IN_TIME)
    .limit(bindparam("most"))
)


def coming_because_asked(*, limit: int = 3) -> list[Sitting]:
    """For home: the next sessions that began as an idea, among the next that there are at all."""
    return _sittings(_ASKED, now=clock.now(), looked_at=LOOKED_AT, most=limit)


def for_calendar() -> list[Sitting]:
    """What calendars keep: two months back, all that is to come."""
    kept = _SITTINGS.where(_PUBLIC, *_not_over(clock.now() - timedelta(days=60)))
    return _sittings(kept.order_by(*_IN_TIME).limit(2000))


_LED_TO = (
    _SITTINGS.where(
        Program.stage.in_(PUBLIC),
        Program.id.in_(
            select(ProgramIdea.program_id).where(ProgramIdea.idea_id == bindparam("idea_id"))
        ),
    )
    .order_by(*_IN_TIME)
    .limit(20)
)


def led_to(idea_id: int) -> list[Sitting]:
    """The sessions that an idea became."""
    return _sittings(_LED_TO, idea_id=idea_id)


_PROGRAM = select(*Program.__table__.columns).where(Program.id == bindparam("program_id"))
_OF_PROGRAM = (
    _SITTINGS.where(Session.program_id == bindparam("program_id")).order_by(*_IN_TIME).limit(200)
)
_PARTNERS = (
    select(Organisation.name)
    .join(ProgramPartner, ProgramPartner.organisation_id == Organisation.id)
    .where(ProgramPartner.program_id == bindparam("program_id"))
    .order_by(Organisation.id)
)
_IDEAS = (
    select(Idea.id, Idea.title, Idea.votes)
    .join(ProgramIdea, ProgramIdea.idea_id == Idea.id)
    .where(ProgramIdea.program_id == bindparam("program_id"), Idea.publication.in_(READABLE))
    .order_by(Idea.id)
)


def shown(program_id: int, *, staff: bool = False) -> Shown:
    which = {"program_id": program_id}
    program = read(_PROGRAM, **which).one_or_none()
    if program is None or not (staff or _is_public(program)):
        raise Missing(_("There is nothing here, or it is no longer public."))
    return Shown(
        program=program,
        sittings=sittings_of(program_id),
        partners=read(_PARTNERS, **which).scalars().all(),
        ideas=read(_IDEAS, **which).all(),
        told=program.stage is ProgramStage.DONE and _told(program_id),
    )


def _is_public(program: Row[Any]) -> bool:
    """One that was given up while it was a plan never was."""
    given_up = program.stage is ProgramStage.CANCELLED and program.announced_at is None
    return program.stage in PUBLIC and not given_up


def sittings_of(program_id: int) -> list[Sitting]:
    return _sittings(_OF_PROGRAM, program_id=program_id)


def _told(program_id: int) -> bool:
    """Whether the story of an idea leads to the results."""
    line = (
        select(StoryLine.idea_id)
        .join(ProgramIdea, ProgramIdea.idea_id == StoryLine.idea_id)
        .where(ProgramIdea.program_id == program_id, StoryLine.link == results_path(program_id))
    )
    return db.session.scalar(line.limit(1)) is not None


def counted(program_id: int) -> list[Session]:
    """The sessions of a program that were held, as they were counted."""
    held = select(Session).where(
        Session.program_id == program_id, checked(Session.stage == SessionStage.HELD)
    )
    return list(db.session.scalars(held.order_by(Session.number)))


def session_of(program_id: int, number: int) -> Sitting:
    which = (Session.program_id == program_id, Session.number == number)
    found = _sittings(_SITTINGS.where(*which))
    if not found:
        raise Missing(_("There is nothing here, or it is no longer public."))
    return found[0]


def to_run(program_id: int, number: int, *, by: Actor) -> Sitting:
    """The same, for staff of its branch alone."""
    one = session_of(program_id, number)
    require(by, Permission.SESSION_RUN, one)
    return one


def sitting(session_id: int) -> Sitting:
    return _sittings(_SITTING_OF, session_id=session_id)[0]


def goes_on(program_id: int) -> bool:
    """Whether any session of it is still to be held or counted."""
    left = select(Session.id).where(
        Session.program_id == program_id,
        checked(Session.stage.in_((SessionStage.SCHEDULED, SessionStage.POSTPONED))),
    )
    return db.session.scalar(left.limit(1)) is not None


_AHEAD = (
    Session.stage == SessionStage.SCHEDULED,
    checked(Program.stage.in_((ProgramStage.PLANNING, ProgramStage.ANNOUNCED))),
)


def next_of_desk(*, limit: int = 5) -> list[Sitting]:
    """For staff: what is to come, in order of time."""
    ahead = _SITTINGS.where(*_AHEAD, *_not_over(clock.now()))
    return _sittings(ahead.order_by(*_IN_TIME).limit(limit))


def of_desk(*, held: bool, cursor: str | None) -> Page[Sitting]:
    """All that is to come and not counted yet, the next first; or what was held, the latest
    first."""
    where: list[ColumnElement[bool]] = [Session.stage == SessionStage.HELD] if held else [*_AHEAD]
    if (key := pages.after(cursor, datetime, int)) is not None:
        where.append(pages.beyond(_IN_TIME, key, upwards=not held))
    down = (Session.starts_at.desc(), Session.id.desc())
    order = down if held else _IN_TIME
    found = _sittings(_SITTINGS.where(*where).order_by(*order).limit(pages.SIZE + 1))
    return pages.cut(found, lambda one: (one.starts_at, one.id))


def unfinished() -> list[Sitting]:
    """Sessions for whoever is at the desk to see to, the oldest first: over, and nobody counted the
    heads; or postponed, and nobody chose a new date."""
    now = clock.now()
    begun = and_(Session.stage == SessionStage.SCHEDULED, Session.starts_at <= now)
    left = _SITTINGS.where(
        Program.stage == ProgramStage.ANNOUNCED,
        or_(and_(begun, Session.ends_at <= now), Session.stage == SessionStage.POSTPONED),
    )
    return _sittings(left.order_by(*_IN_TIME).limit(50))


def partner_ids(program_id: int) -> list[int]:
    return list(
        db.session.scalars(
            select(ProgramPartner.organisation_id).where(ProgramPartner.program_id == program_id)
        )
    )


def run_by(organisation_id: int, *, idea_id: int) -> list[int]:
    """Programs from an idea, planned or on the calendar, in which an organisation takes part."""
    programs = (
        select(Program.id)
        .join(ProgramIdea, ProgramIdea.program_id == Program.id)
        .join(ProgramPartner, ProgramPartner.program_id == Program.id)
        .where(
            ProgramIdea.idea_id == idea_id,
            ProgramPartner.organisation_id == organisation_id,
            Program.stage.in_((ProgramStage.PLANNING, ProgramStage.ANNOUNCED)),
        )
        .order_by(Program.id)
    )
    return list(db.session.scalars(programs))


def of_partners(organisation_ids: frozenset[int]) -> list[Sitting]:
    """What partners see of their events: counts, never names."""
    theirs = select(ProgramPartner.program_id).where(
        ProgramPartner.organisation_id.in_(organisation_ids)
    )
    public = _SITTINGS.where(Program.stage.in_(PUBLIC), Program.id.in_(theirs))
    return _sittings(public.order_by(Session.starts_at.desc(), Session.id).limit(100))
