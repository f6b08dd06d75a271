from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock
from portal.core.database import Base, Rows


class Instrument(Base):
    """A versioned set of questions, locked once used. Versions are never pooled."""

    __tablename__ = "instruments"
    __table_args__ = (UniqueConstraint("code", "version", "lang"), *Base.__table_args__)

    code: Mapped[str] = mapped_column(String(60))  # "imls", or the outcome area that it fits
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    questions: Mapped[dict[str, Any]]  # see instruments.Questions
    lang: Mapped[str] = mapped_column(String(12), default="en")
    locked_at: Mapped[datetime | None] = mapped_column(default=None)


class WayIn(StrEnum):
    """How somebody comes to answer. Only who is invited makes a response rate."""

    INVITED = "invited"  # by a mail, after a session with seats
    WALL = "wall"  # by the code that hangs where people just came


class Survey(Base):
    """An instrument asked after one session. ``invited`` is a number, never a list of answers.

    ``tally`` is what may be looked at: it moves by several answers at a time, so that no
    two looks differ by one person, and takes in all of them once the survey has closed.
    """

    __tablename__ = "surveys"
    __table_args__ = (
        CheckConstraint("invited >= 0 AND tallied >= 0", name="counts"),
        CheckConstraint("closes_at > opened_at", name="closes_after_it_opens"),
        Index("ix_surveys_counting", "complete", "closes_at"),
        *Base.__table_args__,
    )

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"), unique=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instruments.id"), index=True)
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    way: Mapped[WayIn] = mapped_column(default=WayIn.INVITED, server_default=WayIn.INVITED)
    invited: Mapped[int] = mapped_column(default=0)
    tally: Mapped[dict[str, Any] | None] = mapped_column(default=None)  # see counting.Tally
    tallied: Mapped[int] = mapped_column(default=0)  # how many answers are in it
    complete: Mapped[bool] = mapped_column(default=False)


class Invitation(Rows):
    """That this party was invited. Never changes when somebody answers."""

    __tablename__ = "survey_invitations"
    __table_args__ = ({"sqlite_with_rowid": False},)

    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), primary_key=True)


class Ticket(Rows):
    """The right to answer once: only fingerprints of what was mailed, in hash order, no rowid."""

    __tablename__ = "survey_tickets"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)  # SHA-256 of the token
    code: Mapped[str] = mapped_column(String(32), unique=True)  # keyed, of the letters to type
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)


class Answer(Rows):
    """What somebody answered: no person, no invitation, no time, no order."""

    __tablename__ = "survey_answers"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[str] = mapped_column(String(32), primary_key=True)  # random
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"), index=True)
    answers: Mapped[dict[str, Any]]  # see answering.Reply
    way: Mapped[WayIn] = mapped_column(default=WayIn.INVITED)


class Quote(Base):
    """An open text that staff read and chose to show, where its writer said we may."""

    __tablename__ = "quotes"

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    chosen_by: Mapped[int] = mapped_column(ForeignKey("people.id"))


class Result(Rows):
    """The public page of what a program led to. ``figures`` are frozen when it is published."""

    __tablename__ = "results"
    __table_args__ = (CheckConstraint("(published_at IS NULL) = (figures IS NULL)", name="frozen"),)

    program_id: Mapped[int] = mapped_column(
        ForeignKey("programs.id"), primary_key=True, autoincrement=False
    )
    sentence: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(Text)
    delivered: Mapped[dict[str, Any]]  # measure id -> what came of it, in words
    figures: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    changed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
