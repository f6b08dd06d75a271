"""A session that took place, its guests, and the mails that ask them."""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta

import pytest
from flask import Flask

from portal.core import clock
from portal.core.database import db
from portal.mail import sending
from portal.programs.lifecycle import ProgramStage, SeatState, SessionStage
from portal.programs.models import Program, Session
from portal.surveys import asking, counting, guessing, instruments, keys
from portal.surveys.answering import Reply
from portal.surveys.models import Answer, Survey
from tests import factories
from tests.mail import conftest as mail
from tests.mail.conftest import Sink

sink = mail.sink
Asked = Callable[[Session], list[str]]


@pytest.fixture(autouse=True)
def _instruments(app: Flask) -> Iterator[None]:
    instruments.seed()
    db.session.commit()
    guessing.forget()
    yield
    for survey_id in keys.kept():
        keys.destroy(survey_id)


def held(
    guests: int, *, of: Program | None = None, hours_ago: float = 5, number: int = 1
) -> Session:
    """A session of two hours that began so long ago, with guests who came."""
    starts = clock.now() - timedelta(hours=hours_ago)
    session = factories.session(
        of or factories.program(), starts=starts, capacity=400, number=number
    )
    for _ in range(guests):
        factories.registration(session, state=SeatState.ATTENDED, arrived=1)
    db.session.commit()
    return session


@pytest.fixture
def ask(sink: Sink) -> Asked:
    """The tokens in the mails that ask the guests of a session, in no order that means anything."""

    def tokens(session: Session) -> list[str]:
        before = len(sink.mails)
        asking.ask_due()
        sending.send_due()
        found = []
        for letter in sink.mails[before:]:
            body = letter.get_body(("plain",))
            assert body is not None
            found += re.findall(r"/s/#(\S+)", body.get_content())
        return found

    return tokens


def surveyed(session: Session, *replies: Reply, complete: bool = True) -> Survey:
    """A survey after this session that was answered like this, and counted."""
    opened = clock.now() - timedelta(days=20 if complete else 1)
    instrument = instruments.use(session_program(session).instrument_id)
    survey = factories.kept(
        Survey(
            session_id=session.id,
            instrument_id=instrument.id,
            opened_at=opened,
            closes_at=opened + asking.OPEN_FOR,
            invited=len(replies) + 5,
        )
    )
    for reply in replies:
        factories.kept(
            Answer(key=secrets.token_hex(16), survey_id=survey.id, answers=asdict(reply))
        )
    counting.count(survey.id)
    db.session.commit()
    return survey


def session_program(session: Session) -> Program:
    return db.session.get_one(Program, session.program_id)


def agreeing(number: int, *, place: int = 4, words: str = "") -> list[Reply]:
    """So many who chose the same place for every federal item."""
    codes = ("knowledge", "confidence", "application", "awareness", "awareness_use")
    return [
        Reply(ticks=dict.fromkeys(codes, place), words=[words, ""], quotable=bool(words))
        for _ in range(number)
    ]


def counted(
    program: Program | None = None, *, heads: int = 20, number: int = 1, days_ago: int = 21
) -> Session:
    """A session that was held and closed, of a program that is over."""
    session = held(0, of=program, hours_ago=24 * days_ago, number=number)
    session.stage, session.head_count = SessionStage.HELD, heads
    over = session_program(session)
    over.stage, over.results_owed_since = ProgramStage.DONE, session.ends_at
    db.session.commit()
    return session
