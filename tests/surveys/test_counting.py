from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.surveys import answering, counting
from portal.surveys.answering import Reply
from portal.surveys.instruments import Item, Questions
from portal.surveys.models import Survey
from tests.surveys.conftest import Asked, held

pytestmark = pytest.mark.usefixtures("app")

SCALE = ("no", "neither", "yes")


def survey() -> Survey:
    db.session.rollback()
    return db.session.scalars(select(Survey)).one()


def reply(tokens: list[str], number: int) -> None:
    for _ in range(number):
        answering.answer(tokens.pop(), Reply(ticks={"knowledge": 4}, words=["Soup", ""]))
    db.session.commit()
    counting.count_due()


def test_the_sums_move_by_five_or_more_and_take_in_all_at_the_close(ask: Asked) -> None:
    tokens = ask(held(20))
    seen = []
    for number in (4, 1, 3, 1, 2, 4):
        reply(tokens, number)
        seen.append(survey().tallied)
    assert seen == [0, 5, 5, 5, 11, 11]

    clock.move(timedelta(days=14, minutes=2))
    counting.count_due()

    assert (survey().tallied, survey().complete) == (15, True)


def test_what_is_complete_is_never_counted_again(ask: Asked, statements: list[str]) -> None:
    ask(held(5))
    clock.move(timedelta(days=15))
    counting.count_due()
    assert survey().complete
    statements.clear()
    counting.count_due()

    assert [one for one in statements if not one.startswith("SELECT")] == []


def test_each_tick_is_in_its_column_and_words_stand_apart_from_ticks() -> None:
    questions = Questions(SCALE, "n/a", (Item("a", "A?"), Item("b", "B?")), ("Why?", "What else?"))
    counted = counting.tally(
        questions,
        [
            {"ticks": {"a": 2, "b": 3}, "words": ["x", ""], "quotable": True},
            {"ticks": {"a": 2}, "words": ["", "y"], "quotable": False},
            {"ticks": {"a": 0}, "words": ["", ""], "quotable": True},
        ],
    )

    assert counted == {
        "items": {"a": [1, 0, 2, 0], "b": [0, 0, 0, 1]},
        "words": [[{"text": "x", "quotable": True}], [{"text": "y", "quotable": False}]],
    }


def test_words_come_in_another_order_each_time() -> None:
    questions = Questions(SCALE, None, (), ("Why?",))
    answers = [{"ticks": {}, "words": [str(n)], "quotable": False} for n in range(20)]
    orders = {
        tuple(one["text"] for one in counting.tally(questions, answers)["words"][0])
        for _ in range(5)
    }

    assert len(orders) == 5
