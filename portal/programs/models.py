from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock
from portal.core.database import Base, Rows
from portal.ideas.models import AgeGroup
from portal.programs.lifecycle import ProgramStage, SeatState, SessionStage


class Venue(StrEnum):
    """Where a session is counted (US Public Libraries Survey, elements 606-608)."""

    ONSITE = "onsite"
    OFFSITE = "offsite"
    VIRTUAL = "virtual"


class Admission(StrEnum):
    """How people come to be there."""

    SEATS = "seats"  # they save a seat here
    OPEN = "open"  # no sign-up, they just come
    ELSEWHERE = "elsewhere"  # they sign up in the calendar that the library keeps elsewhere


class Program(Base):
    """What is put on. While in planning it is the wizard's saved steps."""

    __tablename__ = "programs"
    __table_args__ = (
        CheckConstraint("party_limit BETWEEN 1 AND 20", name="party_limit"),
        CheckConstraint("step BETWEEN 1 AND 5", name="step"),
        CheckConstraint(
            "admission <> 'elsewhere' OR stage IN ('planning', 'cancelled')"
            " OR calendar_link LIKE 'https://%'",
            name="calendar_link",
        ),
        *Base.__table_args__,
    )

    title: Mapped[str] = mapped_column(String(250))
    planner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    summary: Mapped[str] = mapped_column(Text, default="")
    summary_html: Mapped[str] = mapped_column(Text, default="")
    goal: Mapped[str] = mapped_column(Text, default="")
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"), default=None)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"), default=None)
    age_group: Mapped[AgeGroup | None] = mapped_column(default=None)
    stage: Mapped[ProgramStage] = mapped_column(default=ProgramStage.PLANNING, index=True)
    step: Mapped[int] = mapped_column(default=1)  # how far the wizard got
    alone: Mapped[bool] = mapped_column(default=False)  # the library by itself
    admission: Mapped[Admission] = mapped_column(
        default=Admission.SEATS, server_default=Admission.SEATS
    )
    calendar_link: Mapped[str] = mapped_column(String(500), default="", server_default="")
    followers_first: Mapped[bool] = mapped_column(default=True)
    party_limit: Mapped[int] = mapped_column(default=4)
    waitlist: Mapped[bool] = mapped_column(default=True)
    question: Mapped[str] = mapped_column(String(200), default="")  # asked at sign-up
    opens_at: Mapped[datetime | None] = mapped_column(default=None)  # registration; none: at once
    instrument_id: Mapped[int | None] = mapped_column(ForeignKey("instruments.id"), default=None)
    announced_at: Mapped[datetime | None] = mapped_column(default=None)
    announced_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    unsigned_reason: Mapped[str] = mapped_column(Text, default="")  # published without signatures
    first_seats_until: Mapped[datetime | None] = mapped_column(default=None)  # none: mails leave
    first_seats_over: Mapped[bool] = mapped_column(default=True)
    results_owed_since: Mapped[datetime | None] = mapped_column(default=None, index=True)  # its end
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class ProgramIdea(Rows):
    __tablename__ = "program_ideas"

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True, index=True)


class ProgramPartner(Rows):
    __tablename__ = "program_partners"

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id"), primary_key=True, index=True
    )
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"), default=None)


class Task(Base):
    """Who does what: the library's when no organisation is named."""

    __tablename__ = "tasks"

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), index=True)
    what: Mapped[str] = mapped_column(String(250))
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), default=None
    )


class Measure(Base):
    """What success is: one thing to be counted, and its target."""

    __tablename__ = "measures"

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), index=True)
    what: Mapped[str] = mapped_column(String(250))
    target: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20), default="")  # visits | knowledge | … | own


class Session(Base):
    """One sitting of a program, at a time and place. Local wall time and zone are the truth;
    ``starts_at`` and ``ends_at`` are derived. Holding this row makes ``taken`` agree with the
    registrations; every path takes it first."""

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("program_id", "number"),
        CheckConstraint("taken BETWEEN 0 AND capacity", name="never_more_than_seats"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("(stage = 'held') = (head_count IS NOT NULL)", name="held_means_counted"),
        CheckConstraint("head_count >= 0 AND online_count >= 0", name="counts"),
        Index("ix_sessions_room", "room_id", "starts_at"),
        Index("ix_sessions_stage", "stage", "starts_at"),
        *Base.__table_args__,
    )

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    number: Mapped[int]  # k of /events/<n>/<k>
    starts_local: Mapped[datetime] = mapped_column(DateTime())
    ends_local: Mapped[datetime] = mapped_column(DateTime())
    zone: Mapped[str] = mapped_column(String(64))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    capacity: Mapped[int]  # 0 where nobody saves a seat here
    venue: Mapped[Venue] = mapped_column(default=Venue.ONSITE)
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"), default=None)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"), default=None)
    place: Mapped[str] = mapped_column(String(250), default="")  # where it is not a room of ours
    taken: Mapped[int] = mapped_column(default=0)
    places_given: Mapped[int] = mapped_column(default=0)  # numbers of the waitlist, never reused
    stage: Mapped[SessionStage] = mapped_column(default=SessionStage.SCHEDULED)
    moved_at: Mapped[datetime | None] = mapped_column(default=None)  # to its present time or place
    reason: Mapped[str] = mapped_column(Text, default="")  # why cancelled, postponed or moved
    head_count: Mapped[int | None] = mapped_column(default=None)
    online_count: Mapped[int | None] = mapped_column(default=None)
    staff_minutes: Mapped[int | None] = mapped_column(default=None)
    cost: Mapped[int | None] = mapped_column(default=None)  # in minor units of the currency
    note: Mapped[str] = mapped_column(Text, default="")
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)  # also SEQUENCE of the calendar


_LIVE = text("state <> 'cancelled'")


class Registration(Base):
    """Seats for a party at a session, of a person or of a guest with an e-mail."""

    __tablename__ = "registrations"
    __table_args__ = (
        Index(
            "uq_registrations_person",
            "session_id",
            "person_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "uq_registrations_email",
            "session_id",
            "email",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        CheckConstraint("party BETWEEN 1 AND 20", name="party"),
        CheckConstraint("(state = 'offered') = (offered_until IS NOT NULL)", name="offered"),
        Index("ix_registrations_queue", "session_id", "state", "place"),
        *Base.__table_args__,
    )

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    code: Mapped[str] = mapped_column(String(20), unique=True)  # on the ticket: K7M4P2GX
    party: Mapped[int]
    state: Mapped[SeatState]
    name: Mapped[str] = mapped_column(String(120), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None, index=True)
    email: Mapped[str | None] = mapped_column(String(254), default=None)
    place: Mapped[int | None] = mapped_column(default=None)  # on the waitlist, kept for good
    offers: Mapped[int] = mapped_column(default=0)
    offered_until: Mapped[datetime | None] = mapped_column(default=None, index=True)
    offered_seats: Mapped[int] = mapped_column(default=0)
    waits_for_more_than: Mapped[int] = mapped_column(default=0)  # seats it would rather not take
    needs: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    remind: Mapped[bool] = mapped_column(default=True)
    share_name: Mapped[bool] = mapped_column(default=False)  # with the partner, for this event
    walk_in: Mapped[bool] = mapped_column(default=False)
    at_desk: Mapped[bool] = mapped_column(default=False, server_default=false())  # by name alone
    arrived: Mapped[int] = mapped_column(default=0)
    checked_in_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)  # of its links: a new one ends the old
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
