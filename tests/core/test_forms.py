"""What a form says is in our words, whatever was sent to it."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField, TimeField

from portal.core.forms import Form, Need, options
from tests.addresses import PAGES, world
from tests.conftest import Client
from tests.markup import Page

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


def test_the_summary_of_what_is_wrong_follows_the_page(client: Client) -> None:
    """Wherever something can be typed, and also where a form has the fields of another one."""
    made, wrong = world(), []
    for who in (None, made.everybody):
        if who:
            client.sign_in(who)
        for path in sorted(path for address in PAGES.values() for path in address(made)):
            wrong += [(who, path, found) for found in summaries(client, path)]

    assert [(who, path) for who, path, found in wrong if found != sorted(found)] == []
    assert len(wrong) > 20


def summaries(client: Client, path: str) -> Iterator[list[int]]:
    """Where on the page the fields stand that the summary names, in its order: of the form sent
    empty, and filled with what hardly any field takes."""
    here = [one for one in Page(client.get(path).text).forms if one.action in ("", path)]
    for form in here:
        for typed in ("", "x" * 300):
            sent = {name: typed for name in form.fields if name not in ("verdict", "move", "do")}
            page = client.post(path, data=sent | {"seen": "1"}).text
            named = re.findall(r'<li><a href="#([^"]+)">', page.partition('id="errors"')[2])
            if len(named) > 1:
                yield [page.index(f'id="{one}"') for one in named]
