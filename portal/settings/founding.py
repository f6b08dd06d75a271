"""A library begins: its one row, then its branches, rooms and topics."""

from sqlalchemy import func, select

from portal.core.database import db
from portal.core.text import excerpt
from portal.settings.changes import moved
from portal.settings.models import (
    Branch,
    BranchKind,
    BranchName,
    Library,
    Room,
    Topic,
    TopicName,
)

LONGEST_SHORT_NAME = 40


def found(name: str, *, short_name: str = "") -> Library:
    """The empty library of a new installation."""
    library = Library(name=name, short_name=short_name or _shortened(name))
    db.session.add(library)
    db.session.flush()
    return library


def _shortened(name: str) -> str:
    fits = len(name) <= LONGEST_SHORT_NAME
    return name if fits else excerpt(name, LONGEST_SHORT_NAME - 1)


def add_branch(name: str, *, code: str, kind: BranchKind = BranchKind.BRANCH) -> int:
    """The last in lists."""
    last = db.session.scalar(select(func.max(Branch.position)))
    branch = Branch(code=code, kind=kind, position=last or 0)
    db.session.add(branch)
    db.session.flush()
    db.session.add(BranchName(branch_id=branch.id, name=name))
    moved()
    return branch.id


def add_room(branch_id: int, *, name: str, capacity: int, features: str = "") -> int:
    room = Room(branch_id=branch_id, name=name, capacity=capacity, features=features)
    db.session.add(room)
    db.session.flush()
    moved()
    return room.id


def add_topic(name: str, *, code: str, cloth: str, outcome_area: str) -> int:
    topic = Topic(code=code, cloth=cloth, outcome_area=outcome_area)
    db.session.add(topic)
    db.session.flush()
    db.session.add(TopicName(topic_id=topic.id, name=name))
    moved()
    return topic.id
