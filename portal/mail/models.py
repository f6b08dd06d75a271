from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock
from portal.core.database import Base, Rows

_QUEUED = text("state = 'queued'")


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"  # when its time came there was no reason left to send it


class Outgoing(Base):
    """One mail that is owed. What it says is made when it is sent, from ``kind`` and
    ``context``; ``sealed`` is wiped by the statement that marks it sent."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (address IS NULL)", name="one_addressee"),
        CheckConstraint("state <> 'sent' OR sealed IS NULL", name="no_secret_stays"),
        Index("ix_outbox_due", "due_at", "id", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
        *Base.__table_args__,
    )

    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    address: Mapped[str | None] = mapped_column(String(254), default=None)
    context: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    state: Mapped[MailState] = mapped_column(default=MailState.QUEUED)
    attempt: Mapped[int] = mapped_column(default=0)  # also the fence of whoever holds the lease
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    last_error: Mapped[str] = mapped_column(Text, default="")
    queued_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Suppression(Rows):
    """An address whose mail server said for good that it takes nothing."""

    __tablename__ = "suppressions"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[datetime] = mapped_column(default_factory=clock.now)


class DemoMail(Base):
    """In a demo nothing is sent: the mail is kept to be read at /demo/mail."""

    __tablename__ = "demo_mails"

    outgoing_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), unique=True)
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    words: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
