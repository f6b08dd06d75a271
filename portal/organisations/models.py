from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock
from portal.core.database import Base, Rows
from portal.organisations.lifecycle import Standing


class MemberRole(StrEnum):
    OWNER = "owner"
    EDITOR = "editor"


class Organisation(Base):
    __tablename__ = "organisations"
    __table_args__ = (Index("ix_organisations_named", "name", "id"), *Base.__table_args__)

    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(60), default="")  # "non-profit", "city department"
    brings: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    standing: Mapped[Standing] = mapped_column(default=Standing.APPLIED, index=True)
    reason: Mapped[str] = mapped_column(Text, default="")  # why declined, paused or ended
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    verified_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)
    applied_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Member(Rows):
    __tablename__ = "members"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    role: Mapped[MemberRole] = mapped_column(default=MemberRole.OWNER)
    joined_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
