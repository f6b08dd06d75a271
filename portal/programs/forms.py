"""What may be sent about seats."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField, EmailField, SelectField, StringField, TextAreaField

from portal.accounts import addresses
from portal.accounts.forms import an_address
from portal.core.forms import Form, Need, options, single_line, trimmed, up_to


class SeatForm(Form):
    """Somebody with an account saves a seat."""

    seats = SelectField(  # type: ignore[call-arg]  # the stubs are older
        _l("How many people?"),
        default="1",
        invalid_choice_message=_l("Choose from the list how many people"),
    )
    answer = TextAreaField(  # labelled with the question of the event, where it has one
        "", [up_to(500, _l("Make it shorter: 500 letters at most"))], filters=[trimmed]
    )
    needs = TextAreaField(
        _l("Anything we should know?"),
        [up_to(500, _l("Make it shorter: 500 letters at most"))],
        description=_l("For example a wheelchair space, large print, or the thing you bring."),
        filters=[trimmed],
    )
    remind = BooleanField(_l("Remind me the day before"), default=True)

    def __init__(self, *args: Any, limit: int = 1, question: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer.label.text = question
        if not question:
            del self.answer
        numbers = {str(n): ngettext("Just me", "%(num)s people", n) for n in range(1, limit + 1)}
        self.seats.choices = options(numbers)


class GuestForm(SeatForm):
    """Somebody without an account."""

    on_page = ("name", "email")

    name = StringField(
        _l("Your name"),
        [Need(_l("Enter your name")), up_to(120, _l("Make your name 120 letters or shorter"))],
        filters=[single_line],
    )
    email = EmailField(
        _l("Your email"),
        [Need(_l("Enter your email address")), an_address],
        filters=[single_line],
    )

    def __init__(self, *args: Any, days: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email.description = ngettext(
            "We send your ticket here, and delete it %(num)s day after the event.",
            "We send your ticket here, and delete it %(num)s days after the event.",
            days,
        )

    def address(self) -> str | None:
        return addresses.tidy(self.email.data or "")
