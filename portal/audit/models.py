from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock
from portal.core.database import Base


class Entry(Base):
    """Append-only: a trigger refuses UPDATE and DELETE. Only ids inside, no personal text."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "thing_kind", "thing_id"), *Base.__table_args__)

    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    action: Mapped[str] = mapped_column(String(60))  # "idea.publish"
    thing_kind: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[int]
    details: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)
