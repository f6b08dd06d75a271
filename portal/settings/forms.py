"""What may be chosen, with one sentence on what it does and what it is if nobody chooses."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel.numbers import get_currency_name
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    ColorField,
    EmailField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import NumberRange, Optional

from portal.core.forms import Form, Kept, Need, options, single_line, trimmed, up_to
from portal.settings import words
from portal.settings.choosing import Section
from portal.settings.models import ReviewMode
from portal.settings.queries import current as library

LONGEST_RULES = 10_000
COLOUR = re.compile(r"#[0-9a-f]{6}")
CURRENCIES = (
    *("USD", "AUD", "BRL", "CAD", "CHF", "CLP", "COP", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF"),
    *("ILS", "INR", "JPY", "KES", "KRW", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PLN"),
    *("RON", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "ZAR"),
)


@cache
def timezones() -> tuple[str, ...]:
    """Those that people live in, by name."""
    mere = ("Etc/", "SystemV/", "US/", "posix/", "right/")
    return tuple(sorted(z for z in available_timezones() if "/" in z and not z.startswith(mere)))


class LibraryForm(Kept):
    name = StringField(
        _l("Name"),
        [Need(_l("Write what the library is called")), up_to(120, _l("120 letters at most"))],
        description=_l("Stands at the top of every page and mail. “My library” if nobody chooses."),
        filters=[single_line],
    )
    short_name = StringField(
        _l("Short name"),
        [Need(_l("Write a short name")), up_to(40, _l("40 letters at most"))],
        description=_l(
            "Where there is little room: beside the mark of the staff desk, in mails. "
            "The beginning of the name if nobody chooses."
        ),
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


class LookForm(Kept):
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


class WordsForm(Kept):
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


class PromisesForm(Kept):
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


class PrivacyForm(Kept):
    guest_days = SelectField(
        _l("Names of guests are kept"),
        coerce=int,
        description=_l(
            "After so long the names and emails of those who saved a seat are deleted; the numbers "
            "stay. Never longer than 30 days; shorter works back: older names go within a day. "
            "30 days if nobody chooses."
        ),
    )
    vote_months = SelectField(
        _l("It is known who voted"),
        coerce=int,
        description=_l(
            "So long after the library’s last word on an idea its votes are numbers without "
            "people. Never longer than 12 months; shorter works back, too, within a day. 12 months "
            "if nobody chooses."
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
    second_step = BooleanField(
        _l("Staff need a second step to sign in"),
        description=_l(
            "Besides a link or a password: a code from an app, or a passkey, which is both. "
            "Whoever has none sets one up when they next sign in; staff who are signed in without "
            "it sign in again, you as well. Off if nobody chooses."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        some = {1: _l("1 day"), 7: _l("7 days"), 14: _l("14 days"), 30: _l("30 days")}
        kept = library().guest_days
        self.guest_days.choices = options(some if kept in some else some | {kept: str(kept)})
        some = {3: _l("3 months"), 6: _l("6 months"), 12: _l("12 months")}
        kept = library().vote_months
        self.vote_months.choices = options(some if kept in some else some | {kept: str(kept)})


FORMS: Mapping[Section, type[Form]] = {
    Section.LIBRARY: LibraryForm,
    Section.LOOK: LookForm,
    Section.WORDS: WordsForm,
    Section.PROMISES: PromisesForm,
    Section.PRIVACY: PrivacyForm,
}


class RulesForm(Kept):
    words = TextAreaField(
        _l("House rules"),
        [up_to(LONGEST_RULES, _l("Make the rules shorter: 10,000 letters at most"))],
        description=_l(
            "What everybody reads at /rules. A line that begins with - is a point of a list, "
            "**two stars** make words strong. Empty brings back the usual rules."
        ),
        filters=[trimmed],
    )


class ReplyForm(Kept):
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


class MarkForm(Form):
    file = FileField(
        _l("Picture"),
        [FileRequired(_l("Choose a file"))],
        description=_l(
            "PNG, JPEG or WebP, at most 2 MB. It stands on white beside the name, at the top of "
            "every page. Only the picture is kept, nothing else of the file."
        ),
    )
