from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.agreements.lifecycle import AgreementState, OfferState
from portal.core import clock
from portal.core.database import Base, Rows

_LIVE = text("state IN ('made', 'in_talks', 'accepted')")


class Offer(Base):
    """How an organisation would help with an idea. ``brings`` lists its kinds of help."""

    __tablename__ = "offers"
    __table_args__ = (
        Index(
            "uq_offers_live",
            "idea_id",
            "organisation_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        *Base.__table_args__,
    )

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    words: Mapped[str] = mapped_column(Text)
    brings: Mapped[str] = mapped_column(String(120), default="")  # "lead host teach fund lend …"
    state: Mapped[OfferState] = mapped_column(default=OfferState.MADE, index=True)
    answer: Mapped[str] = mapped_column(Text, default="")  # the staff's sentence
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Agreement(Base):
    """One partner's agreement for one program. Its words are in its versions."""

    __tablename__ = "agreements"
    __table_args__ = (UniqueConstraint("program_id", "organisation_id"), *Base.__table_args__)

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    state: Mapped[AgreementState] = mapped_column(default=AgreementState.DRAFT, index=True)
    current: Mapped[int] = mapped_column(default=0)  # the number of the version in force
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    remark: Mapped[str] = mapped_column(Text, default="")  # with which the partner sent it back
    ends_on: Mapped[date | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class AgreementVersion(Rows):
    """The words as sent: they never change afterwards (a trigger refuses it)."""

    __tablename__ = "agreement_versions"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(Text)  # Markdown
    html: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Side(StrEnum):
    LIBRARY = "library"
    PARTNER = "partner"


class Signature(Rows):
    """Somebody's typed name under one version, for one side. Nobody signs for the other."""

    __tablename__ = "signatures"
    __table_args__ = (CheckConstraint("length(name) >= 1", name="name"),)

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[Side] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120), default="")
    signed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
