"""What may be said of branches, rooms, topics and closed days."""

import re
from datetime import date, time
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
    ValidationError,
)
from wtforms.validators import NumberRange, Optional

from portal.core.forms import Form, Kept, Need, options, single_line, trimmed, up_to
from portal.settings.hours import DAYS
from portal.settings.models import BranchKind, ClosedDays
from portal.settings.placing import LONGEST_CODE, BranchDraft, RoomDraft, TopicDraft
from portal.settings.queries import BranchFacts, Open

MOST_SEATS = 100_000
CODE = re.compile(r"[A-Za-z0-9-]*")
BRANCH_KINDS = {
    BranchKind.CENTRAL: _l("Main library"),
    BranchKind.BRANCH: _l("Branch"),
    BranchKind.BOOKMOBILE: _l("Bookmobile"),
    BranchKind.NEIGHBOURHOOD: _l("In the neighborhood"),
    BranchKind.ONLINE: _l("Online"),
}
CLOTHS = {
    "make": _l("Green"),
    "learn": _l("Blue"),
    "work": _l("Brown"),
    "health": _l("Wine"),
    "arts": _l("Violet"),
    "civic": _l("Brick"),
    "nature": _l("Moss"),
    "family": _l("Amber"),
}
AREAS = {
    "lifelong": _l("Lifelong learning"),
    "civic": _l("Civic and community life"),
    "digital": _l("Digital learning"),
    "early_literacy": _l("Early literacy, answered by a grown-up"),
    "economic": _l("Small business and money"),
    "health": _l("Health and wellbeing"),
    "job": _l("Work and job skills"),
    "summer_adult": _l("Reading program, adults"),
    "summer_caregiver": _l("Reading program, children, answered by a grown-up"),
}


def _code(_form: Form, field: StringField) -> None:
    if not CODE.fullmatch(field.data or ""):
        raise ValidationError(_("Use plain letters, digits and - only."))


def _short_code() -> StringField:
    return StringField(
        _l("Short code"),
        [up_to(LONGEST_CODE, _l("20 letters at most")), _code],
        description=_l("For addresses and files. Made from the name if empty."),
        filters=[single_line],
    )


class BranchForm(Kept):
    name = StringField(
        _l("Name"),
        [Need(_l("Write what the branch is called")), up_to(120, _l("120 letters at most"))],
        filters=[single_line],
    )
    kind = SelectField(
        _l("What it is"), choices=options({kind.value: name for kind, name in BRANCH_KINDS.items()})
    )
    address = StringField(
        _l("Address"), [up_to(200, _l("200 letters at most"))], filters=[single_line]
    )
    code = _short_code()
    after = SelectField(
        _l("Place in lists"),
        [Optional()],
        description=_l("On every page that names branches. A new one is the last."),
    )

    def __init__(self, *args: Any, others: list[BranchFacts] | None = None, **kwargs: Any) -> None:
        """``others`` in the order of lists; none where the branch stays in its place."""
        super().__init__(*args, **kwargs)
        if others:
            before = {str(one.id): str(_("After %(name)s", name=one.name)) for one in others}
            self.after.choices = options({"0": str(_("The first"))} | before)
        else:
            del self.after

    def days(self) -> list[tuple[Any, Any, Any]]:
        """Day, opening and closing field, Monday first."""
        return [(day, self[f"opens_{n}"], self[f"closes_{n}"]) for n, day in enumerate(DAYS)]

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        for _day, opens, closes in self.days():
            if not (opens.errors or closes.errors) and (said := _wrong(opens.data, closes.data)):
                closes.errors = [said]
                good = False
        return good

    def draft(self) -> BranchDraft:
        times = ((n, opens.data, closes.data) for n, (_d, opens, closes) in enumerate(self.days()))
        return BranchDraft(
            name=self.name.data or "",
            kind=BranchKind(self.kind.data),
            address=self.address.data or "",
            code=self.code.data or "",
            after=int(self.after.data) if self.after else None,
            hours={n: (opens, closes) for n, opens, closes in times if opens and closes},
        )


for _n, _day in enumerate(DAYS):
    setattr(BranchForm, f"opens_{_n}", TimeField(_l("%(day)s, from", day=_day), [Optional()]))
    setattr(BranchForm, f"closes_{_n}", TimeField(_l("%(day)s, to", day=_day), [Optional()]))


def _wrong(opens: time | None, closes: time | None) -> str | None:
    if (opens is None) != (closes is None):
        return str(_("Write both times, or none for a day that is closed."))
    if opens is not None and closes is not None and closes <= opens:
        return str(_("It closes before it opens. Midnight is written as 23:59."))
    return None


def branch_values(branch: BranchFacts) -> dict[str, Any]:
    """The branch as its form shows it."""
    hours: dict[int, Open] = branch.hours
    return {
        "name": branch.name,
        "kind": branch.kind.value,
        "address": branch.address,
        "code": branch.code,
        **{f"opens_{n}": opens for n, (opens, _closes) in hours.items()},
        **{f"closes_{n}": closes for n, (_opens, closes) in hours.items()},
    }


class RoomForm(Kept):
    branch = SelectField(_l("Branch"))
    name = StringField(
        _l("Name"),
        [Need(_l("Write what the room is called")), up_to(120, _l("120 letters at most"))],
        filters=[single_line],
    )
    capacity = IntegerField(
        _l("Seats"),
        [NumberRange(1, MOST_SEATS, _l("Enter a number of seats of 1 or more"))],
        description=_l("No event in this room has more."),
    )
    features = TextAreaField(
        _l("What it has"),
        [up_to(2000, _l("2,000 letters at most"))],
        description=_l("One thing a line: Projector, Hearing loop, Step-free, Kitchen."),
        filters=[trimmed],
    )

    def __init__(self, *args: Any, branches: list[BranchFacts], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branch.choices = options({str(one.id): one.name for one in branches})

    def draft(self) -> RoomDraft:
        return RoomDraft(
            branch_id=int(self.branch.data),
            name=self.name.data or "",
            capacity=self.capacity.data or 1,
            features=self.features.data or "",
        )


class TopicForm(Kept):
    name = StringField(
        _l("Name"),
        [Need(_l("Write what the topic is called")), up_to(120, _l("120 letters at most"))],
        filters=[single_line],
    )
    cloth = RadioField(
        _l("Color"),
        [Need(_l("Choose a color"))],
        choices=options(CLOTHS),
        description=_l("Its ideas stand on the shelf in it."),
    )
    outcome_area = SelectField(
        _l("What its events are about"),
        choices=options(AREAS),
        description=_l("Which questions those who came can be asked, beside the usual five."),
    )

    code = _short_code()

    def draft(self) -> TopicDraft:
        return TopicDraft(
            name=self.name.data or "",
            cloth=self.cloth.data,
            outcome_area=self.outcome_area.data,
            code=self.code.data or "",
        )


class ClosedDaysForm(Form):
    first = DateField(_l("First day"), [Need(_l("Enter the first day"))])
    last = DateField(_l("Last day"), [Optional()], description=_l("Empty where it is one day."))
    why = StringField(
        _l("Why"),
        [up_to(80, _l("80 letters at most"))],
        description=_l("Staff read it who plan an event that day: Thanksgiving."),
        filters=[single_line],
    )
    branch = SelectField(_l("Where"))

    def __init__(
        self,
        *args: Any,
        branches: list[BranchFacts],
        everywhere: bool,
        since: date | None = None,
        **kwargs: Any,
    ) -> None:
        """``since``: the day from which on days may be closed; a file may name those before it."""
        super().__init__(*args, **kwargs)
        self.since = since
        whole: dict[str, Any] = {"": _l("The whole library")} if everywhere else {}
        self.branch.choices = options(whole | {str(one.id): one.name for one in branches})

    def validate_first(self, field: DateField) -> None:
        if self.since and field.data and (self.last.data or field.data) < self.since:
            raise ValidationError(_("That is over. Look at the year."))

    def validate_last(self, field: DateField) -> None:
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_("The last day is before the first."))

    def value(self) -> ClosedDays:
        if self.first.data is None:
            raise ValueError("the form was not validated")
        return ClosedDays(
            first=self.first.data,
            last=self.last.data or self.first.data,
            why=self.why.data or "",
            branch_id=int(self.branch.data) if self.branch.data else None,
        )
