import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.database import db
from portal.surveys import answering, tickets
from portal.surveys.answering import Closed, Reply, Used
from portal.surveys.models import Answer, Ticket
from tests.surveys.conftest import Asked, held

pytestmark = pytest.mark.usefixtures("app")

REPLY = Reply(ticks={"knowledge": 4}, words=["The soup", ""], quotable=True)


def stored() -> list[object]:
    return list(db.session.scalars(select(Answer.answers)))


def tickets_left() -> int:
    return db.session.scalar(select(func.count()).select_from(Ticket)) or 0


def test_a_ticket_becomes_an_answer(ask: Asked) -> None:
    token = ask(held(5))[0]
    answering.answer(token, REPLY)

    assert stored() == [{"ticks": {"knowledge": 4}, "words": ["The soup", ""], "quotable": True}]
    assert tickets_left() == 4


def test_the_letters_do_what_the_link_does_however_they_are_typed(ask: Asked) -> None:
    token = ask(held(5))[0]
    code = tickets.spaced(tickets.letters(token))
    assert answering.sheet(code.lower().replace("-", " ")).title == "Repair café"
    answering.answer(f" {code}", REPLY)

    assert tickets_left() == 4
    with pytest.raises(Used):
        answering.sheet(token)


def test_the_second_of_two_is_refused_and_changes_nothing(ask: Asked) -> None:
    token = ask(held(5))[0]
    answering.answer(token, REPLY)

    for again in (token, tickets.letters(token)):
        with pytest.raises(Used, match="This link has been used"):
            answering.answer(again, REPLY)
    assert len(stored()) == 1


@pytest.mark.parametrize(
    "forged", ["", "x", "A" * 12, "K7M4-P2GX-9QRT", "\x00", "ü" * 40, "\ud800"]
)
def test_what_we_never_mailed_opens_nothing(ask: Asked, forged: str) -> None:
    ask(held(5))

    with pytest.raises(Used):
        answering.answer(forged, REPLY)
    assert (tickets_left(), stored()) == (5, [])


def test_a_tampered_token_opens_nothing(ask: Asked) -> None:
    token = ask(held(5))[0]
    other = "A" if token[0] != "A" else "B"

    with pytest.raises(Used):
        answering.sheet(other + token[1:])


def test_a_survey_that_has_closed_takes_no_answer_and_keeps_the_ticket(ask: Asked) -> None:
    token = ask(held(5))[0]
    clock.move(timedelta(days=14, seconds=1))

    for act in (lambda: answering.sheet(token), lambda: answering.answer(token, REPLY)):
        with pytest.raises(Closed, match="This survey has closed"):
            act()
        db.session.rollback()
    assert (tickets_left(), stored()) == (5, [])


def test_nothing_in_an_answer_says_when_or_who(ask: Asked) -> None:
    token = ask(held(5))[0]
    answering.answer(token, REPLY)
    [row] = db.session.scalars(select(Answer))

    assert set(Answer.__table__.columns.keys()) == {"key", "survey_id", "answers", "way"}
    assert token not in json.dumps(row.answers)
    assert tickets.fingerprints(token).hash.hex() != row.key
    assert len(row.key) == 32
