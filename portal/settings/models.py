from datetime import date, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, Rows


class ReviewMode(StrEnum):
    HOLD_ALL = "hold_all"  # until a librarian presses "Publish and trust"
    HOLD_NEW = "hold_new"  # until somebody's first text was published
    HOLD_NONE = "hold_none"


class BranchKind(StrEnum):
    CENTRAL = "central"
    BRANCH = "branch"
    BOOKMOBILE = "bookmobile"
    NEIGHBOURHOOD = "neighbourhood"
    ONLINE = "online"


class Library(Rows):
    """The one row of an installation. ``version`` moves with every change of any setting."""

    __tablename__ = "libraries"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("vote_goal >= 1", name="vote_goal"),
        CheckConstraint("answer_days >= 1", name="answer_days"),
        CheckConstraint("smallest_cell >= 5", name="smallest_cell"),
        CheckConstraint("smallest_survey >= 10", name="smallest_survey"),
        CheckConstraint("guest_days BETWEEN 1 AND 30", name="guest_days"),
        CheckConstraint("vote_months BETWEEN 1 AND 12", name="vote_months"),
    )

    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(40))
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    timezone: Mapped[str] = mapped_column(String(64), default="America/New_York")
    lang: Mapped[str] = mapped_column(String(12), default="en")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    brand_colour: Mapped[str] = mapped_column(String(7), default="#0f5147")
    people_word: Mapped[str] = mapped_column(String(40), default="neighbors")
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    vote_goal: Mapped[int] = mapped_column(default=25)  # N: at so many votes the library answers
    answer_days: Mapped[int] = mapped_column(default=30)  # D: within so many days
    review_mode: Mapped[ReviewMode] = mapped_column(default=ReviewMode.HOLD_ALL)
    smallest_cell: Mapped[int] = mapped_column(default=5)
    smallest_survey: Mapped[int] = mapped_column(default=10)
    guest_days: Mapped[int] = mapped_column(default=30, server_default="30")  # names of guests
    second_step: Mapped[bool] = mapped_column(default=False, server_default=false())  # for staff
    vote_months: Mapped[int] = mapped_column(default=12, server_default="12")  # who voted
    mark: Mapped[str] = mapped_column(String(40), default="", server_default="")  # its file
    mark_width: Mapped[int] = mapped_column(default=0, server_default="0")  # as it is shown
    demo: Mapped[bool] = mapped_column(default=False)  # invented: no mail leaves
    version: Mapped[int] = mapped_column(default=1)


class Branch(Base):
    """A service point: central, branch, bookmobile, "in the neighborhood", online."""

    __tablename__ = "branches"

    code: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[BranchKind]
    position: Mapped[int] = mapped_column(default=0)
    address: Mapped[str] = mapped_column(String(200), default="")
    closed: Mapped[bool] = mapped_column(default=False, server_default=false())  # offered no more


class BranchName(Rows):
    __tablename__ = "branch_names"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    lang: Mapped[str] = mapped_column(String(12), primary_key=True, default="en")


class Hours(Rows):
    """When a branch is open on one day of the week, 0 is Monday. A day without a row is closed;
    a branch without any has not said."""

    __tablename__ = "branch_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("closes > opens", name="closes"),
    )

    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opens: Mapped[time]
    closes: Mapped[time]


class ClosedDays(Base):
    """Days on which one branch, or the whole library, is closed: the first to the last."""

    __tablename__ = "closed_days"
    __table_args__ = (CheckConstraint("last >= first", name="last"), *Base.__table_args__)

    first: Mapped[date]
    last: Mapped[date]
    why: Mapped[str] = mapped_column(String(80), default="")
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"), default=None)


class Room(Base):
    __tablename__ = "rooms"
    __table_args__ = (
        UniqueConstraint("branch_id", "name"),
        CheckConstraint("capacity >= 1", name="capacity"),
        *Base.__table_args__,
    )

    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"))
    name: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[int]
    features: Mapped[str] = mapped_column(Text, default="")
    closed: Mapped[bool] = mapped_column(default=False, server_default=false())


class Topic(Base):
    """What an idea is about: its cloth colour and its outcome area (which survey set fits)."""

    __tablename__ = "topics"

    code: Mapped[str] = mapped_column(String(20), unique=True)
    cloth: Mapped[str] = mapped_column(String(20))  # a class of the style sheet: t-<cloth>
    outcome_area: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(default=0)
    closed: Mapped[bool] = mapped_column(default=False, server_default=false())


class TopicName(Rows):
    __tablename__ = "topic_names"

    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    lang: Mapped[str] = mapped_column(String(12), primary_key=True, default="en")


class Reply(Base):
    """Words that librarians send again and again, beside a decision on a text."""

    __tablename__ = "replies"

    title: Mapped[str] = mapped_column(String(80), unique=True)
    words: Mapped[str] = mapped_column(String(1000))


class HouseText(Rows):
    """A page in the library's own words: as it was written, and as it is shown."""

    __tablename__ = "house_texts"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)  # "rules"
    words: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(String(12), primary_key=True, default="en")
