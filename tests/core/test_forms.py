"""What a form says is in our words, whatever was sent to it."""

import pytest
from flask import Flask
from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField, TimeField

from portal.core.forms import Form, Need, options

ANSWERS = options({"a": "A", "b": "B"})


class Everything(Form):
    radio = RadioField(choices=ANSWERS)
    select = SelectField(choices=ANSWERS)
    several = SelectMultipleField(choices=ANSWERS)
    number = SelectField(choices=options({"1": "One"}), coerce=int)
    numbers = SelectMultipleField(choices=options({"1": "One"}), coerce=int)
    day = DateField()
    hour = TimeField()
    seats = IntegerField()


@pytest.mark.parametrize(
    ("field", "sent", "sentence"),
    [
        ("radio", "x", "Choose one of the answers that are here."),
        ("select", "x", "Choose one of the answers that are here."),
        ("several", "x", "Choose one of the answers that are here."),
        ("number", "x", "Choose one of the answers that are here."),
        ("numbers", "x", "Choose one of the answers that are here."),
        ("day", "5.12.2026", "Write the date as year-month-day, like 2026-12-05."),
        ("hour", "half past six", "Write the time as hours:minutes, like 18:30."),
        ("seats", "many", "Write a number."),
    ],
)
def test_a_wrong_answer_is_told_what_to_do(
    app: Flask, field: str, sent: str, sentence: str
) -> None:
    with app.test_request_context(method="POST", data={field: sent}):
        form = Everything()

        assert form.sent() is False
        assert form[field].errors[0] == sentence


class Asked(Form):
    day = DateField(validators=[Need("Enter a date")])
    room = RadioField(validators=[Need("Choose a room")], choices=ANSWERS)


def test_no_answer_is_told_in_the_form_s_own_words_and_no_other(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"day": ""}):
        form = Asked()

        assert form.sent() is False
        assert form.errors == {"day": ["Enter a date"], "room": ["Choose a room"]}
