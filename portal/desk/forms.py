"""What staff may send from the door and the desk."""

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_name, get_currency_precision
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from portal.core.forms import Form, Need, options, single_line, trimmed, up_to
from portal.core.tokens import draw_word, is_signed, sign
from portal.desk.steps import LONGEST, MOST_PEOPLE
from portal.programs.closing import Count
from portal.programs.forms import SeatForm
from portal.programs.registering import CODE_LETTERS, Party
from portal.settings.queries import current as library


class WalkInForm(Form):
    name = StringField(
        _l("First name"),
        [up_to(120, _l("Make the name 120 letters or shorter"))],
        filters=[single_line],
    )
    people = IntegerField(
        _l("People"), [NumberRange(1, 20, _l("Enter a number from 1 to 20"))], default=1
    )


class DeskSeatForm(SeatForm):
    """A seat for somebody at the desk who has no e-mail."""

    on_page = ("name", "seats", "answer")

    name = StringField(
        _l("Their name"),
        [Need(_l("Write the name for the ticket")), up_to(120, _l("Make it 120 letters or less"))],
        filters=[single_line],
    )
    needs = TextAreaField(
        _l("Anything we should know?"),
        [up_to(500, _l("Make it shorter: 500 letters at most"))],
        description=_l("For example a wheelchair space, or a phone number to call them."),
        filters=[trimmed],
    )
    drawn = HiddenField()  # the code of the ticket, signed: a second press makes no second one

    def __init__(self, *args: Any, limit: int, question: str, **kwargs: Any) -> None:
        super().__init__(*args, limit=limit, question=question, **kwargs)
        self.seats.choices = options({str(n): str(n) for n in range(1, limit + 1)})
        if not self.drawn.data:
            code = draw_word(CODE_LETTERS)
            self.drawn.data = f"{code}-{sign('desk seat', code)}"

    def party(self) -> Party:
        code, _dash, signature = (self.drawn.data or "").partition("-")
        return Party(
            name=self.name.data or "",
            seats=int(self.seats.data),
            needs=self.needs.data or "",
            answer=(self.answer.data or "") if "answer" in self else "",
            remind=False,
            code=code if is_signed(signature, "desk seat", code) else "",
        )


def finite(number: Decimal | None) -> Decimal | None:
    """Filter of numbers: what is none, such as NaN, is not one here."""
    return number if number is not None and number.is_finite() else None


class CountForm(Form):
    heads = IntegerField(
        _l("How many people came?"),
        [NumberRange(0, MOST_PEOPLE, _l("Enter how many came: 0 or more"))],
        description=_l("All heads, of any age. Where there is a door list, filled in from it."),
    )
    online = IntegerField(
        _l("How many took part online?"),
        [Optional(), NumberRange(0, MOST_PEOPLE, _l("Enter 0 or more"))],
    )
    staff_hours = DecimalField(
        _l("Staff hours"),
        [Optional(), NumberRange(0, 10_000, _l("Enter 0 or more"))],
        description=_l("All of them together, such as 2.5."),
        filters=[finite],
    )
    cost = IntegerField(
        _l("Cost"),
        [Optional(), NumberRange(0, 1_000_000, _l("Enter 0 or more"))],
    )
    note = TextAreaField(
        _l("A note"), [up_to(LONGEST, _l("Make the note shorter"))], filters=[trimmed]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = get_currency_name(library().currency, count=2, locale=get_locale())
        self.cost.description = _l("In whole %(currency)s.", currency=name)

    def value(self) -> Count:
        hours, cost = self.staff_hours.data, self.cost.data
        minor = 10 ** get_currency_precision(library().currency)
        return Count(
            heads=self.heads.data or 0,
            online=self.online.data,
            staff_minutes=None if hours is None else round(hours * 60),
            cost=None if cost is None else cost * minor,
            note=self.note.data or "",
        )
