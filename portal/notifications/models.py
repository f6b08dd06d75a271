from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock
from portal.core.database import Rows


class Reason(StrEnum):
    """Why somebody follows an idea. A person may have several."""

    VOTED = "voted"  # as secret as the vote itself
    WROTE = "wrote"
    FOLLOWS = "follows"


class Subscription(Rows):
    __tablename__ = "subscriptions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    reason: Mapped[Reason] = mapped_column(primary_key=True)


class Stop(Rows):
    """An explicit no to mail about an idea: it survives every later automatic subscription."""

    __tablename__ = "stops"
    __table_args__ = ({"sqlite_with_rowid": False},)

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(default_factory=clock.now)


class GuestStop(Rows):
    """A no to mail that was not asked for, of somebody without an account. ``mailbox`` is a keyed
    fingerprint of the address: it can be compared, and not be read."""

    __tablename__ = "guest_stops"

    mailbox: Mapped[str] = mapped_column(String(22), primary_key=True)
    since: Mapped[datetime] = mapped_column(default_factory=clock.now)
