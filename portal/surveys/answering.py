"""One answer for each ticket, and nothing in it that leads back to anybody.

The ticket goes and the answer comes in one transaction: no person, no time, no address, no
language. The answer's key is drawn by lot.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select

from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused
from portal.programs.models import Program, Session
from portal.surveys import instruments, tickets
from portal.surveys.instruments import Questions
from portal.surveys.models import Answer, Instrument, Survey, Ticket, WayIn


class Used(Refused):
    """There is no such ticket, or none any more: the two look the same for good reason."""

    status = 410


class Closed(Refused):
    """The survey takes no more answers."""

    status = 410


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """What is asked, and after which session."""

    title: str
    starts_local: datetime
    questions: Questions


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """``ticks``: the place on the scale by item; what is apart from the scale comes after it.
    ``words``: one text for each open question, empty where it was skipped."""

    ticks: dict[str, int]
    words: list[str]
    quotable: bool = False

    @property
    def empty(self) -> bool:
        return not self.ticks and not any(self.words)


def sheet(ticket: str) -> Sheet:
    """The questions that this ticket is for. It stays good. Raises Used and Closed."""
    row = db.session.execute(
        select(Survey.closes_at, Program.title, Session.starts_local, Instrument.questions)
        .join(Ticket, Ticket.survey_id == Survey.id)
        .join(Session, Session.id == Survey.session_id)
        .join(Program, Program.id == Session.program_id)
        .join(Instrument, Instrument.id == Survey.instrument_id)
        .where(tickets.matches(ticket))
    ).first()
    if row is None:
        raise _used()
    _refuse_if_closed(row.closes_at)
    return Sheet(
        title=row.title,
        starts_local=row.starts_local,
        questions=instruments.read(row.questions),
    )


def answer(ticket: str, reply: Reply, *, at_wall_of: int | None = None) -> None:
    """Use the ticket up and keep the reply. Raises Used for the second of two, and for one that
    came by another way than this: by mail, or at the wall of a session; and Closed."""
    taken = delete(Ticket).where(tickets.matches(ticket)).returning(Ticket.survey_id)
    survey_id = db.session.scalar(taken)
    if survey_id is None:
        raise _used()
    survey = db.session.get_one(Survey, survey_id)
    if at_wall_of != (survey.session_id if survey.way is WayIn.WALL else None):
        raise _used()
    _refuse_if_closed(survey.closes_at)
    db.session.add(
        Answer(
            key=secrets.token_hex(16),
            survey_id=survey_id,
            way=survey.way,
            answers={"ticks": reply.ticks, "words": reply.words, "quotable": reply.quotable},
        )
    )
    db.session.flush()


def _used() -> Used:
    return Used(
        _("This link has been used."),
        _(
            "If you have just sent your answers: thank you, we have them. If you have not, "
            "go back and compare the letters with those in the mail."
        ),
    )


def _refuse_if_closed(closes_at: datetime) -> None:
    if closes_at <= clock.now():
        raise Closed(
            _("This survey has closed."), _("Thank you for wanting to tell us how it was.")
        )
