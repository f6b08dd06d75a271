"""What staff may send about when and where a session is."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import NumberRange, Optional

from portal.core.forms import Form, Need, options, single_line, trimmed, up_to
from portal.core.web import LARGEST_ID
from portal.desk.forms import CountForm
from portal.desk.steps import LONGEST, MOST_PEOPLE
from portal.ideas.forms import AGE_WORDS
from portal.ideas.models import AgeGroup
from portal.programs.entering import Held
from portal.programs.models import Admission
from portal.programs.queries import Sitting
from portal.programs.scheduling import LONGEST_SERIES, When
from portal.settings.queries import current as library

ONLINE = "online"
WEEK = timedelta(weeks=1)

WAYS = {
    Admission.SEATS: _l("They save a seat here"),
    Admission.OPEN: _l("No sign-up, they just come"),
    Admission.ELSEWHERE: _l("They sign up in our own calendar, elsewhere"),
}


class WhenForm(Form):
    """A day, its hours and a place. The rooms of the program's own branch come first."""

    day = DateField(_l("Date"), [Need(_l("Enter a date"))])
    starts = TimeField(_l("Starts"), [Need(_l("Enter a start time"))])
    ends = TimeField(_l("Ends"), [Need(_l("Enter an end time"))])
    room = SelectField(_l("Room"))
    place = StringField(
        _l("Or another place"),
        [up_to(250, _l("Make the place 250 letters or shorter"))],
        description=_l("Where it is not one of our rooms. Online: the link, or how to get it."),
        filters=[single_line],
    )

    def __init__(self, *args: Any, branch_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facts = library()
        near = sorted(facts.open_rooms, key=lambda room: room.branch_id != branch_id)
        rooms = {
            str(room.id): f"{room.name}, {facts.branches[room.branch_id].name} ({room.capacity})"
            for room in near
        }
        self.room.choices = options(rooms | {"": _l("Somewhere else"), ONLINE: _l("Online")})

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        if good and not self.room.data and not self.place.data:
            self.place.errors = [_l("Choose a room, or write where it is")]
        elif good and self.place.data and self.room.data not in ("", ONLINE):
            self.place.errors = [_l("Choose “Somewhere else” for this place, or leave it empty")]
        return good and not self.place.errors

    def when(self) -> When:
        day, starts, ends = self.day.data, self.starts.data, self.ends.data
        if day is None or starts is None or ends is None:
            raise ValueError("the form was not validated")
        online, place = self.room.data == ONLINE, self.place.data or ""
        room_id = int(self.room.data) if self.room.data and not online else None
        return When(
            day=day,
            starts=starts,
            ends=ends,
            seats=(self["seats"].data or 0) if "seats" in self else 0,
            room_id=room_id,
            place="" if room_id else place or str(_l("Online")),
            online=online,
        )


class SeatsForm(WhenForm):
    """With a number of seats."""

    seats = IntegerField(
        _l("Seats"), [NumberRange(1, MOST_PEOPLE, _l("Enter a number of seats of 1 or more"))]
    )


class DateForm(SeatsForm):
    """Step 3: the dates of a plan, and how people come to be there."""

    on_page = ("day", "starts", "ends", "room", "place", "admission", "calendar_link", "seats")

    admission = RadioField(
        _l("How do people come to be there?"),
        [Need(_l("Choose how people come to be there"))],
        choices=options({way.value: words for way, words in WAYS.items()}),
        default=Admission.SEATS.value,
    )
    calendar_link = StringField(
        _l("Where do they sign up?"),
        [up_to(500, _l("Make the address 500 letters or shorter"))],
        description=_l("Only for our own calendar elsewhere: the address of the event there."),
        filters=[single_line],
    )
    weeks = IntegerField(
        _l("Weekly: how many times in all?"),
        [Optional(), NumberRange(1, LONGEST_SERIES, _l("Enter a number from 1 to 60"))],
        description=_l("On the same weekday, at the same time and place."),
    )
    more = TextAreaField(
        _l("Or on these days, too"),
        [up_to(LONGEST, _l("Make it shorter"))],
        description=_l("One date a line, such as 2026-12-05."),
        filters=[trimmed],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        if self.way() is not Admission.SEATS:
            self.seats.validators = [Optional()]
        good = bool(super().validate(extra_validators))
        wrong = next((line for line in self._lines() if _day(line) is None), None)
        if wrong is not None:
            self.more.errors = [
                _("“%(line)s” is no date. Write it like 2026-12-05.", line=wrong[:40])
            ]
        return good and wrong is None

    def way(self) -> Admission:
        chosen = self.admission.data
        return Admission(chosen) if chosen in set(Admission) else Admission.SEATS

    def days(self) -> Collection[date]:
        """The other dates of a series."""
        typed = {day for line in self._lines() if (day := _day(line))}
        first, weeks = self.day.data or date.max, self.weeks.data or 1
        ahead = (WEEK * n for n in range(1, weeks))
        return typed | {first + far for far in ahead if far <= date.max - first}

    def _lines(self) -> list[str]:
        return [line.strip() for line in (self.more.data or "").splitlines() if line.strip()]


class ChangeForm(SeatsForm):
    """Another time or place for a session on the calendar."""

    reason = TextAreaField(
        _l("Why? Everybody registered reads this"),
        description=_l("Not needed where only the number of seats changes."),
        filters=[trimmed],
    )

    def __init__(self, *args: Any, of: Sitting, **kwargs: Any) -> None:
        super().__init__(*args, data=as_it_is(of) | {"seats": of.capacity}, **kwargs)
        if not of.seated:
            del self.seats


class HeldForm(WhenForm, CountForm):
    """A session that took place without the portal, in one go."""

    on_page = (
        *("title", "day", "starts", "ends", "room", "place", "heads"),
        *("age_group", "topic", "idea"),
    )

    title = StringField(
        _l("What it was called"),
        [Need(_l("Give it a name")), up_to(250, _l("Make the name 250 letters or shorter"))],
        filters=[single_line],
    )
    age_group = SelectField(
        _l("The one age group it was for"),
        choices=options({age.value: words for age, words in AGE_WORDS.items()}),
        default=AgeGroup.GENERAL.value,
    )
    topic = SelectField(_l("Topic"), default="")
    idea = IntegerField(
        _l("The number of the idea behind it"),
        [Optional(), NumberRange(1, LARGEST_ID, _l("Enter the number of an idea, such as 131"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = {str(one.id): one.name for one in library().open_topics}
        self.topic.choices = options({"": _l("Not set")} | topics)
        self.heads.description = _l("All heads, of any age.")

    def held(self) -> Held:
        return Held(
            title=self.title.data or "",
            when=self.when(),
            count=self.value(),
            age_group=AgeGroup(self.age_group.data),
            topic_id=int(self.topic.data) if self.topic.data else None,
            idea_id=self.idea.data,
        )


def as_it_is(one: Sitting) -> dict[str, Any]:
    """What a form shows of a session at first. Of one without a date, the day is left open."""
    return {
        "day": None if one.postponed else one.starts_local.date(),
        "starts": one.starts_local.time(),
        "ends": one.ends_local.time(),
        "room": str(one.room_id or (ONLINE if one.online else "")),
        "place": one.other_place,
    }


def _day(line: str) -> date | None:
    try:
        return date.fromisoformat(line)
    except ValueError:
        return None
