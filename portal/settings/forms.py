"""What may be chosen, with one sentence on what it does and what it is if nobody chooses."""

import re
from collections.abc import Mapping
from datetime import time
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel.numbers import get_currency_name
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    ColorField,
    DateField,
    EmailField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import NumberRange, Optional

from portal.core.forms import Form, Need, options, single_line, trimmed, up_to
from portal.settings import words
from portal.settings.choosing import Section
from portal.settings.hours import DAYS
from portal.settings.models import BranchKind, ClosedDays, ReviewMode
from portal.settings.placing import LONGEST_CODE, BranchDraft, RoomDraft, TopicDraft
from portal.settings.queries import BranchFacts, Open
from portal.settings.queries import current as library

LONGEST_RULES = 10_000
MOST_SEATS = 100_000
CODE = re.compile(r"[A-Za-z0-9-]*")
COLOUR = re.compile(r"#[0-9a-f]{6}")
CURRENCIES = (
    *("USD", "AUD", "BRL", "CAD", "CHF", "CLP", "COP", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF"),
    *("ILS", "INR", "JPY", "KES", "KRW", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PLN"),
    *("RON", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "ZAR"),
)
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


@cache
def timezones() -> tuple[str, ...]:
    """Those that people live in, by name."""
    mere = ("Etc/", "SystemV/", "US/", "posix/", "right/")
    return tuple(sorted(z for z in available_timezones() if "/" in z and not z.startswith(mere)))


class LibraryForm(Form):
    name = StringField(
        _l("Name"),
        [Need(_l("Write what the library is called")), up_to(120, _l("120 letters at most"))],
        description=_l("Stands at the top of every page and mail."),
        filters=[single_line],
    )
    short_name = StringField(
        _l("Short name"),
        [Need(_l("Write a short name")), up_to(40, _l("40 letters at most"))],
        description=_l("Where there is little room: beside the mark of the staff desk, in mails."),
        filters=[single_line],
    )
    address = StringField(
        _l("Address"),
        [up_to(200, _l("200 letters at most"))],
        description=_l("Stands at the foot of every page. Left out if empty."),
        filters=[single_line],
    )
    email = EmailField(
        _l("Email"),
        [Optional(), up_to(254, _l("254 letters at most"))],
        description=_l("Where people write who need a hand. Left out if empty."),
        filters=[single_line],
    )
    phone = StringField(
        _l("Phone"),
        [up_to(40, _l("40 letters at most"))],
        description=_l("Whom people call who need a hand. Left out if empty."),
        filters=[single_line],
    )
    timezone = SelectField(
        _l("Time zone"),
        description=_l(
            "Days and times on every page are told in it. Events that are planned already keep "
            "their time. America/New_York if nobody chooses."
        ),
    )
    currency = SelectField(
        _l("Currency"),
        description=_l("What an event cost is counted in it. US dollars if nobody chooses."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facts, locale = library(), get_locale()
        self.timezone.choices = options({one: one for one in _with(timezones(), facts.timezone)})
        self.currency.choices = options(
            {
                one: f"{one}, {get_currency_name(one, locale=locale)}"
                for one in _with(CURRENCIES, facts.currency)
            }
        )

    def validate_email(self, field: EmailField) -> None:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", field.data or ""):
            raise ValidationError(_("Write an email address like name@example.org."))

    def validate_phone(self, field: StringField) -> None:
        if not re.fullmatch(r"[0-9+().\s/-]*", field.data or ""):
            raise ValidationError(_("Write the number with digits, like 555 0100."))


def _with(usual: tuple[str, ...], kept: str) -> tuple[str, ...]:
    return usual if kept in usual else (kept, *usual)


class LookForm(Form):
    brand_colour = ColorField(
        _l("Color"),
        [Need(_l("Choose a color"))],
        description=_l(
            "The one color of the library. All others are made from it, so that everything stays "
            "easy to read in light and in dark. Green (#0f5147) if nobody chooses."
        ),
        filters=[lambda typed: typed.strip().lower() if typed else typed],
    )

    def validate_brand_colour(self, field: ColorField) -> None:
        if not COLOUR.fullmatch(field.data or ""):
            raise ValidationError(_("Write the color as # and six digits, like #0f5147."))


class WordsForm(Form):
    people_word = RadioField(
        _l("What people are called"),
        [Need(_l("Choose a word"))],
        description=_l("On pages and in mails. Neighbors if nobody chooses."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {one: many for one, (_single, many) in words.PEOPLE.items()}
        kept = library().people_word
        self.people_word.choices = options(known if kept in known else {kept: kept} | known)


class PromisesForm(Form):
    vote_goal = IntegerField(
        _l("Votes that make the library answer"),
        [NumberRange(1, 100_000, _l("Enter a number of 1 or more"))],
        description=_l(
            "At so many votes the library looks at an idea and owes an answer. Ideas that have as "
            "many already get their date at once. 25 if nobody chooses."
        ),
    )
    answer_days = IntegerField(
        _l("Days until the answer"),
        [NumberRange(1, 365, _l("Enter a number from 1 to 365"))],
        description=_l(
            "How long the library takes at most. Dates that are promised already stay. "
            "30 if nobody chooses."
        ),
    )
    review_mode = RadioField(
        _l("Who is read before publishing"),
        [Need(_l("Choose who is read"))],
        choices=options(
            {
                ReviewMode.HOLD_ALL: _l("Everybody, until a librarian presses “Publish and trust”"),
                ReviewMode.HOLD_NEW: _l("New people, until their first text is published"),
                ReviewMode.HOLD_NONE: _l("Nobody: texts are public at once"),
            }
        ),
        description=_l("What waits in the review queue. Everybody if nobody chooses."),
    )


class PrivacyForm(Form):
    guest_days = SelectField(
        _l("Names of guests are kept"),
        coerce=int,
        description=_l(
            "After so long the names and emails of those who saved a seat are deleted; the numbers "
            "stay. Shorter works back: older names go within a day. 30 days if nobody chooses."
        ),
    )
    smallest_cell = IntegerField(
        _l("Smallest number shown"),
        [NumberRange(5, 100, _l("Enter a number from 5 to 100"))],
        description=_l(
            "Public figures about fewer people than this are not shown. It can be raised, never "
            "set below 5. 5 if nobody chooses."
        ),
    )
    smallest_survey = IntegerField(
        _l("Fewest answers for a percentage"),
        [NumberRange(10, 1000, _l("Enter a number from 10 to 1,000"))],
        description=_l(
            "Results of a survey with fewer answers are pooled with others before they are shown. "
            "It can be raised, never set below 10. 10 if nobody chooses."
        ),
    )
    second_step = BooleanField(_l("Staff need a second step to sign in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        some = {1: _l("1 day"), 7: _l("7 days"), 14: _l("14 days"), 30: _l("30 days")}
        kept = library().guest_days
        self.guest_days.choices = options(some if kept in some else some | {kept: str(kept)})


FORMS: Mapping[Section, type[Form]] = {
    Section.LIBRARY: LibraryForm,
    Section.LOOK: LookForm,
    Section.WORDS: WordsForm,
    Section.PROMISES: PromisesForm,
    Section.PRIVACY: PrivacyForm,
}


class RulesForm(Form):
    words = TextAreaField(
        _l("House rules"),
        [up_to(LONGEST_RULES, _l("Make the rules shorter: 10,000 letters at most"))],
        description=_l(
            "What everybody reads at /rules. A line that begins with - is a point of a list, "
            "**two stars** make words strong. Empty brings back the usual rules."
        ),
        filters=[trimmed],
    )


class ReplyForm(Form):
    title = StringField(
        _l("Name"),
        [Need(_l("Give the reply a name")), up_to(80, _l("80 letters at most"))],
        description=_l("Only staff see it, when they choose."),
        filters=[single_line],
    )
    words = TextAreaField(
        _l("Words"),
        [Need(_l("Write what the author reads")), up_to(900, _l("900 letters at most"))],
        description=_l("The author reads them by email, before what the librarian adds."),
        filters=[trimmed],
    )


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


class BranchForm(Form):
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
            hours={n: (opens, closes) for n, opens, closes in times if opens and closes},
        )


for _n, _day in enumerate(DAYS):
    setattr(BranchForm, f"opens_{_n}", TimeField(_l("%(day)s, from", day=_day), [Optional()]))
    setattr(BranchForm, f"closes_{_n}", TimeField(_l("%(day)s, to", day=_day), [Optional()]))


def _wrong(opens: time | None, closes: time | None) -> str | None:
    if (opens is None) != (closes is None):
        return str(_("Write both times, or none for a day that is closed."))
    if opens is not None and closes is not None and closes <= opens:
        return str(_("It closes before it opens."))
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


class RoomForm(Form):
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


class TopicForm(Form):
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
        self, *args: Any, branches: list[BranchFacts], everywhere: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        whole: dict[str, Any] = {"": _l("The whole library")} if everywhere else {}
        self.branch.choices = options(whole | {str(one.id): one.name for one in branches})

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
