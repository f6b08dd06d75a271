"""From answers to what may be looked at: sums, and open words without their ticks.

The sums of an open survey move by at least as many answers as the smallest cell that may be
shown, so that nobody learns what one person answered by looking twice. Words are shuffled anew
each time, question by question.
"""

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from portal.core import clock
from portal.core.database import db, lock
from portal.jobs.schedule import every, one_by_one
from portal.settings.queries import current as library
from portal.surveys import instruments
from portal.surveys.instruments import Questions
from portal.surveys.models import Answer, Instrument, Survey, Ticket, WayIn

LATE = timedelta(minutes=1)  # an answer that was under way at the close is still counted

_chance = random.SystemRandom()


@every(seconds=60)
def count_due() -> None:
    """Count every survey that has gained enough answers, and for good each that has closed."""
    one_by_one(count, _due())


def _due() -> list[int]:
    answers = func.count(Answer.key)
    rows = db.session.execute(
        select(Survey.id, Survey.closes_at, Survey.tallied, answers)
        .outerjoin(Answer, Answer.survey_id == Survey.id)
        .where(~Survey.complete)
        .group_by(Survey.id)
        .order_by(Survey.id)
    )
    step = library().smallest_cell
    return [
        survey_id
        for survey_id, closes_at, tallied, number in rows
        if number - tallied >= step or _is_over(closes_at)
    ]


def count(survey_id: int) -> None:
    """Take in all answers that there are. Tickets that were drawn at a wall and are not used when
    it closes go: anybody can draw some."""
    survey = lock(Survey, survey_id)
    stored = db.session.get_one(Instrument, survey.instrument_id).questions
    found = select(Answer.answers).where(Answer.survey_id == survey_id)
    answers = list(db.session.scalars(found))
    survey.tally = tally(instruments.read(stored), answers)
    survey.tallied = len(answers)
    survey.complete = _is_over(survey.closes_at)
    if survey.complete and survey.way is WayIn.WALL:
        db.session.execute(delete(Ticket).where(Ticket.survey_id == survey.id))


def tally(questions: Questions, answers: list[dict[str, Any]]) -> dict[str, Any]:
    """``items``: for each item how often each word of the scale was chosen, last what is apart
    from it. ``words``: for each open question what was written, and whether it may be quoted."""
    columns = len(questions.scale) + (questions.apart is not None)
    items = {item.code: [0] * columns for item in questions.items}
    words: list[list[dict[str, Any]]] = [[] for _question in questions.open]
    for one in answers:
        for code, place in one["ticks"].items():
            items[code][place] += 1
        for question, text in enumerate(one["words"]):
            if text:
                words[question].append({"text": text, "quotable": one["quotable"]})
    for texts in words:
        _chance.shuffle(texts)
    return {"items": items, "words": words}


def _is_over(closes_at: Any) -> bool:
    return bool(closes_at + LATE <= clock.now())
