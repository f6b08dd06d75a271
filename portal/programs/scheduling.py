"""When and where: local wall time is the truth, a room is used by one session at a time."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias, TypeVar

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, not_, select

from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused
from portal.core.locale import clock_time, long_date
from portal.policy import Actor
from portal.programs import planning
from portal.programs.lifecycle import ProgramStage, SessionStage
from portal.programs.models import Admission, Program, Session, Venue
from portal.settings.models import BranchKind
from portal.settings.placing import Place, bookings, hold_room
from portal.settings.queries import RoomFacts
from portal.settings.queries import current as library

OPENS, CLOSES = time(8), time(21)  # of a branch that has not said
STEP = timedelta(minutes=30)
LONGEST_PLAN = timedelta(days=3 * 366)
LONGEST_SERIES = 60

T = TypeVar("T")
Values: TypeAlias = dict[str, Any]  # of a session's columns


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """One sitting as somebody types it. A room of ours, or words for another place."""

    day: date
    starts: time
    ends: time
    seats: int
    room_id: int | None = None
    place: str = ""
    online: bool = False

    @property
    def venue(self) -> Venue:
        """Where it is counted."""
        if self.room_id is None:
            return Venue.VIRTUAL if self.online else Venue.OFFSITE
        room = library().rooms[self.room_id]
        online = library().branches[room.branch_id].kind is BranchKind.ONLINE
        return Venue.VIRTUAL if online else Venue.ONSITE

    @property
    def starts_local(self) -> datetime:
        return datetime.combine(self.day, self.starts)

    @property
    def ends_local(self) -> datetime:
        return datetime.combine(self.day, self.ends)


def schedule(
    program_id: int, when: When, *, by: Actor, more: Collection[date] = ()
) -> Sequence[Session]:
    """The sessions of a plan, one on each of these days and alike in all else, in order. A clash
    is refused with a free time of that day."""
    program = planning.editable(program_id, by=by)
    days = sorted({when.day, *more})
    if len(days) > LONGEST_SERIES:
        raise Refused(_("A series has at most %(n)s dates.", n=LONGEST_SERIES), field="weeks")
    if program.admission is not Admission.SEATS:
        when = replace(when, seats=0)
    wanted = [replace(when, day=day) for day in days]
    found = fitted(wanted, but=Session.program_id == program_id)
    sessions = _rows(program_id, found)
    program.branch_id = sessions[0].branch_id or program.branch_id
    program.step = max(program.step, 4)
    db.session.flush()
    return sessions


def _rows(program_id: int, wanted: Sequence[Values]) -> Sequence[Session]:
    """As many rows as dates: those there are first. Nobody has a seat before the announcement."""
    mine = select(Session).where(Session.program_id == program_id).order_by(Session.number)
    there = list(db.session.scalars(mine))
    for session in there[len(wanted) :]:
        db.session.delete(session)
    for session, values in zip(there, wanted, strict=False):
        put(session, values)
    made = [
        Session(program_id=program_id, number=number, **values)
        for number, values in enumerate(wanted[len(there) :], start=len(there) + 1)
    ]
    db.session.add_all(made)
    return [*there[: len(wanted)], *made]


def put(session: Session, values: Values) -> None:
    """Give a session this time and place."""
    for name, value in values.items():
        setattr(session, name, value)


def fitted(wanted: Sequence[When], *, but: ColumnElement[bool]) -> Sequence[Values]:
    """What sessions are at these times and at this one place; refused where one cannot be. The
    room is held, and is free but for the sessions named in ``but``."""
    room_id = wanted[0].room_id
    if room_id is not None:
        hold_room(room_id)
    found = _each(wanted, _fit)
    if room_id is not None:
        taken = _taken(room_id, wanted, but)
        _each(wanted, lambda when: _refuse_clash(when, taken))
    return found


def _each(wanted: Sequence[When], act: Callable[[When], T]) -> list[T]:
    """In turn. Of a series, a refusal says on which day."""
    found = []
    for when in wanted:
        try:
            found.append(act(when))
        except Refused as refused:
            if len(wanted) == 1:
                raise
            sentence = _("%(day)s: %(why)s", day=long_date(when.day), why=str(refused))
            raise Refused(sentence, refused.next_step, field=refused.field) from refused
    return found


def _fit(when: When) -> Values:
    _check_day(when)
    _check(when)
    return values_of(when)


def values_of(when: When) -> Values:
    """The columns of a session at this time and place."""
    zone = library().timezone
    return {
        "starts_local": when.starts_local,
        "ends_local": when.ends_local,
        "zone": zone,
        "starts_at": planning.instant(when.starts_local, zone),
        "ends_at": planning.instant(when.ends_local, zone),
        "capacity": when.seats,
        "room_id": when.room_id,
        "place": when.place,
        "venue": when.venue,
        "branch_id": library().rooms[when.room_id].branch_id if when.room_id else None,
    }


def _check_day(when: When) -> None:
    """Before its instant is looked for: the first and the last day of the calendar have none."""
    ahead = when.day - clock.now().date()
    if ahead > LONGEST_PLAN:
        raise Refused(
            _("This day is too far away."), _("Choose a day within three years."), field="day"
        )
    if ahead < -timedelta(days=1):
        raise _over()


def _over() -> Refused:
    return Refused(_("This time is over."), _("Choose a day to come."), field="day")


def refuse_no_time(when: When) -> None:
    if when.ends <= when.starts:
        raise Refused(_("It ends before it starts."), _("Choose a later end."), field="ends")


def _check(when: When) -> None:
    refuse_no_time(when)
    if planning.instant(when.starts_local, library().timezone) <= clock.now():
        raise _over()
    if when.room_id is not None:
        _check_room(when)


def _check_room(when: When) -> None:
    room = next((one for one in library().open_rooms if one.id == when.room_id), None)
    if room is None:
        raise Refused(_("Choose a room"), field="room")
    if when.seats > room.capacity:
        raise Refused(
            _("%(room)s holds %(n)s people.", room=room.name, n=room.capacity),
            _("Choose fewer seats or a larger room."),
            field="seats",
        )
    _refuse_closed(when.day, room)


def _refuse_closed(day: date, room: RoomFacts) -> None:
    days = library().closed_on(day, room.branch_id)
    if days is None:
        return
    branch = library().branches[room.branch_id].name
    raise Refused(
        _("%(branch)s is closed that day: %(why)s.", branch=branch, why=days.why)
        if days.why
        else _("%(branch)s is closed that day.", branch=branch),
        _("Choose another day. Closed days are kept under Settings."),
        field="day",
    )


def _refuse_clash(when: When, taken: list[tuple[datetime, datetime]]) -> None:
    if not _overlaps(taken, when.starts_local, when.ends_local):
        return
    free = _free_time(taken, when)
    raise Refused(
        _("%(room)s is taken at that time.", room=library().rooms[when.room_id or 0].name),
        _("Free that day: %(a)s to %(b)s", a=clock_time(free), b=clock_time(free + _length(when)))
        if free
        else _("It is taken all day. Choose another day or room."),
        field="room",
    )


def _taken(
    room_id: int, wanted: Sequence[When], but: ColumnElement[bool]
) -> list[tuple[datetime, datetime]]:
    """Times in these days at which the room is used, also by plans that are not announced yet."""
    rows = db.session.execute(
        select(Session.starts_local, Session.ends_local)
        .join(Program, Program.id == Session.program_id)
        .where(
            Session.room_id == room_id,
            not_(but),
            Session.stage == SessionStage.SCHEDULED,
            Program.stage != ProgramStage.CANCELLED,
            Session.starts_local < datetime.combine(wanted[-1].day, time.max),
            Session.ends_local > datetime.combine(wanted[0].day, time.min),
        )
    ).all()
    return [(starts, ends) for starts, ends in rows]


def _overlaps(taken: list[tuple[datetime, datetime]], starts: datetime, ends: datetime) -> bool:
    return any(starts < end and begin < ends for begin, end in taken)


def _length(when: When) -> timedelta:
    return when.ends_local - when.starts_local


def _free_time(taken: list[tuple[datetime, datetime]], when: When) -> datetime | None:
    """The free time nearest to the one wanted, on the half hour, while the house is open."""
    opens, closes = _hours(when)
    last = datetime.combine(when.day, closes) - _length(when)
    start = datetime.combine(when.day, opens)
    options = []
    while start <= last:
        if not _overlaps(taken, start, start + _length(when)):
            options.append(start)
        start += STEP
    return min(options, key=lambda option: abs(option - when.starts_local), default=None)


def _hours(when: When) -> tuple[time, time]:
    """Of the room's branch on that day. One that keeps hours and is closed then has none free."""
    hours = library().branches[library().rooms[when.room_id or 0].branch_id].hours
    if not hours:
        return OPENS, CLOSES
    return hours.get(when.day.weekday(), (CLOSES, CLOSES))


def booked(place: Place) -> int:
    """How many sessions are still to come at this place, in its days and with more than its seats,
    if it names any."""
    wanted = [Session.stage == SessionStage.SCHEDULED, Session.starts_at > clock.now()]
    if place.branch_id is not None:
        wanted.append(Session.branch_id == place.branch_id)
    if place.room_id is not None:
        wanted.append(Session.room_id == place.room_id)
    if place.seats is not None:
        wanted.append(Session.capacity > place.seats)
    if place.first and place.last:
        wanted.append(Session.starts_local >= datetime.combine(place.first, time.min))
        wanted.append(Session.starts_local <= datetime.combine(place.last, time.max))
    rows = select(func.count()).select_from(Session).join(Program)
    return db.session.scalar(rows.where(*wanted, Program.stage != ProgramStage.CANCELLED)) or 0


bookings.append(booked)


def others_that_day(day: date, *, program_id: int) -> list[tuple[str, datetime]]:
    """Titles and starts of what else is on that day, for whoever chooses a date."""
    rows = db.session.execute(
        select(Program.title, Session.starts_local)
        .join(Program, Program.id == Session.program_id)
        .where(
            Session.starts_local >= datetime.combine(day, time.min),
            Session.starts_local <= datetime.combine(day, time.max),
            Session.program_id != program_id,
            Session.stage == SessionStage.SCHEDULED,
        )
        .order_by(Session.starts_local)
    ).all()
    return [(title, starts) for title, starts in rows]
