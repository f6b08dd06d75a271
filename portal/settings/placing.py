"""Branches, rooms, topics, hours and closed days. What is in use is closed, not removed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, case, delete, select, true, update
from sqlalchemy.exc import IntegrityError

from portal.core.database import Rows, db, get, lock
from portal.core.errors import Refused
from portal.core.text import slug
from portal.policy import Actor, Permission, require
from portal.settings import founding
from portal.settings.changes import hold, noted
from portal.settings.models import (
    Branch,
    BranchKind,
    BranchName,
    ClosedDays,
    Hours,
    Room,
    Topic,
    TopicName,
)
from portal.settings.queries import Open

LONGEST_CODE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a change is made, for the policy; None is the whole library."""

    branch_id: int | None = None
    room_id: int | None = None
    first: date | None = None
    last: date | None = None
    seats: int | None = None  # of the events there, those that have more


@dataclass(frozen=True, kw_only=True, slots=True)
class BranchDraft:
    name: str
    kind: BranchKind
    code: str = ""  # made from the name where it is empty
    address: str = ""
    after: int | None = None  # the branch before it in lists, 0 for none; it stays where it is
    hours: dict[int, Open] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomDraft:
    branch_id: int
    name: str
    capacity: int
    features: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicDraft:
    name: str
    cloth: str
    outcome_area: str
    code: str = ""


# Filled by the floors above: how many events are on the calendar at a place, in its days and with
# more than its seats, if named.
bookings: list[Callable[[Place], int]] = []


def keep_branch(draft: BranchDraft, *, by: Actor, id: int | None = None) -> int:
    """A new branch, or what has changed of one that is there."""
    _require_at(id, by)
    hold()
    code = draft.code if id or draft.code else _new_code(draft.name, Branch.code)
    _refuse_taken("code", select(Branch.id).where(Branch.code == code, Branch.id != (id or 0)))
    named = BranchName.name == draft.name, BranchName.branch_id != (id or 0)
    _refuse_taken("name", select(BranchName.branch_id).where(*named))
    branch = get(Branch, id or founding.add_branch(draft.name, code=code, kind=draft.kind))
    branch.code, branch.kind, branch.address = code or branch.code, draft.kind, draft.address
    words = BranchName.branch_id == branch.id, BranchName.lang == "en"
    db.session.execute(update(BranchName).where(*words).values(name=draft.name))
    _set_hours(branch.id, draft.hours)
    if draft.after is not None and draft.after != branch.id:
        _put_after(branch.id, draft.after)
    noted("branch", by=by, thing=("branch", branch.id))
    return branch.id


def _set_hours(branch_id: int, hours: dict[int, Open]) -> None:
    db.session.execute(delete(Hours).where(Hours.branch_id == branch_id))
    db.session.add_all(
        Hours(branch_id=branch_id, weekday=weekday, opens=opens, closes=closes)
        for weekday, (opens, closes) in hours.items()
    )


def _put_after(branch_id: int, before: int) -> None:
    """Number all branches anew, with this one behind that."""
    others = select(Branch.id).where(Branch.id != branch_id).order_by(Branch.position, Branch.id)
    order = list(db.session.scalars(others))
    order.insert(order.index(before) + 1 if before in order else 0, branch_id)
    places = {one: n for n, one in enumerate(order, 1)}
    db.session.execute(update(Branch).values(position=case(places, value=Branch.id)))


def keep_room(draft: RoomDraft, *, by: Actor, id: int | None = None) -> int:
    """A new room, or what has changed of one that is there. It stays in its branch."""
    branch_id = get(Room, id).branch_id if id else get(Branch, draft.branch_id).id
    _require_at(branch_id, by)
    hold()
    named = Room.branch_id == branch_id, Room.name == draft.name
    _refuse_taken("name", select(Room.id).where(*named, Room.id != (id or 0)))
    room = lock(Room, id or founding.add_room(branch_id, name=draft.name, capacity=draft.capacity))
    _refuse_too_small(room.id, draft.capacity)
    room.name, room.capacity, room.features = draft.name, draft.capacity, draft.features
    noted("room", by=by, thing=("room", room.id))
    return room.id


def keep_topic(draft: TopicDraft, *, by: Actor, id: int | None = None) -> int:
    """A new topic, or what has changed of one that is there."""
    require(by, Permission.SETTINGS_CHANGE)
    hold()
    named = TopicName.name == draft.name, TopicName.topic_id != (id or 0)
    _refuse_taken("name", select(TopicName.topic_id).where(*named))
    code = draft.code if id or draft.code else _new_code(draft.name, Topic.code)
    _refuse_taken("code", select(Topic.id).where(Topic.code == code, Topic.id != (id or 0)))
    look = {"cloth": draft.cloth, "outcome_area": draft.outcome_area}
    topic = get(Topic, id or founding.add_topic(draft.name, code=code, **look))
    topic.code = code or topic.code
    topic.cloth, topic.outcome_area = draft.cloth, draft.outcome_area
    words = TopicName.topic_id == topic.id, TopicName.lang == "en"
    db.session.execute(update(TopicName).where(*words).values(name=draft.name))
    noted("topic", by=by, thing=("topic", topic.id))
    return topic.id


def require_change(model: type[Branch | Room | Topic], branch_id: int | None, *, by: Actor) -> None:
    """Refuse whoever may not change this: topics and new branches are the whole library's."""
    if model is Room and branch_id is None:
        require(by, Permission.PLACE_CHANGE)  # asked again with the branch that is chosen
    else:
        _require_at(None if model is Topic else branch_id, by)


def close(model: type[Branch | Room | Topic], id: int, *, by: Actor) -> None:
    """Offered no more; what stands there keeps its place. Refused while events are to come."""
    row = _held(model, id, by)
    if not isinstance(row, Topic):
        _refuse_booked(_place(row))
    row.closed = True
    noted("close", by=by, thing=(_kind(row), id))


def reopen(model: type[Branch | Room | Topic], id: int, *, by: Actor) -> None:
    row = _held(model, id, by)
    row.closed = False
    noted("reopen", by=by, thing=(_kind(row), id))


def remove(model: type[Branch | Room | Topic], id: int, *, by: Actor) -> None:
    """For what was added by mistake: the database itself refuses it where something uses it."""
    row = _held(model, id, by)
    try:
        with db.session.begin_nested():
            for own in _OWN[model]:
                db.session.execute(delete(own.class_).where(own == id))
            db.session.delete(row)
    except IntegrityError as error:
        raise Refused(
            _("Ideas, events, rooms or people belong to it, so it cannot be removed."),
            _("Close it instead: then it is not offered any more."),
        ) from error
    noted("remove", by=by, thing=(_kind(row), id))


def hold_room(room_id: int) -> None:
    """Whoever plans in this room holds it and its branch: what the settings say of both, read anew,
    is true until the plan is kept."""
    branch_id = db.session.scalar(select(Room.branch_id).where(Room.id == room_id))
    if branch_id is not None:
        lock(Branch, branch_id)
        lock(Room, room_id)
        g.pop("settings", None)


def close_days(days: ClosedDays, *, by: Actor) -> bool:
    """One branch, or the whole library, is closed. Known by the first day and where: what is said
    now takes the place of what was said, and the answer is False. Refused while events are on
    these days."""
    _require_at(days.branch_id, by)
    hold()
    here = ClosedDays.branch_id.is_not_distinct_from(days.branch_id)
    same = delete(ClosedDays).where(ClosedDays.first == days.first, here)
    known = db.session.execute(same.returning(ClosedDays.id)).first()
    closed = Branch.id == days.branch_id if days.branch_id else true()
    held = select(Branch.id).where(closed).order_by(Branch.id).with_for_update(key_share=True)
    db.session.execute(held).all()
    _refuse_booked(Place(branch_id=days.branch_id, first=days.first, last=days.last))
    db.session.add(days)
    noted("closed_days", by=by)
    return known is None


def open_days(closed_id: int, *, by: Actor) -> None:
    """The days are open days again."""
    hold()
    days = get(ClosedDays, closed_id)
    _require_at(days.branch_id, by)
    db.session.delete(days)
    noted("closed_days", by=by)


def _held(model: type[Branch | Room | Topic], id: int, by: Actor) -> Branch | Room | Topic:
    """The row, where this person may close it: a room is its branch's matter, the rest is all's."""
    hold()
    row = lock(model, id)
    _require_at(row.branch_id if isinstance(row, Room) else None, by)
    return row


def _require_at(branch_id: int | None, by: Actor) -> None:
    if branch_id is None:
        require(by, Permission.SETTINGS_CHANGE)
    else:
        require(by, Permission.PLACE_CHANGE, Place(branch_id=branch_id))


def _place(row: Branch | Room) -> Place:
    return Place(room_id=row.id) if isinstance(row, Room) else Place(branch_id=row.id)


def _kind(row: Branch | Room | Topic) -> str:
    return type(row).__name__.lower()


def _refuse_booked(place: Place) -> None:
    coming = sum(booked(place) for booked in bookings)
    if coming:
        raise Refused(
            ngettext(
                "%(num)s event is on the calendar there.",
                "%(num)s events are on the calendar there.",
                coming,
            ),
            _("Cancel them or plan them elsewhere first."),
        )


def _refuse_too_small(room_id: int, seats: int) -> None:
    larger = sum(booked(Place(room_id=room_id, seats=seats)) for booked in bookings)
    if larger:
        raise Refused(
            ngettext(
                "%(num)s event on the calendar there has more seats.",
                "%(num)s events on the calendar there have more seats.",
                larger,
            ),
            _("Change that first."),
            field="capacity",
        )


def _refuse_taken(field: str, same: Select[int]) -> None:
    if db.session.scalar(same) is not None:
        raise Refused(
            _("This name is taken already.")
            if field == "name"
            else _("This short code is taken already."),
            _("Choose another one."),
            field=field,
        )


def _new_code(name: str, column: Any) -> str:
    """Made from the name, with a number where that is taken."""
    plain = slug(name)[:LONGEST_CODE].strip("-") or "place"
    taken = set(db.session.scalars(select(column)))
    numbered = (f"{plain[: LONGEST_CODE - 4]}-{n}" for n in count(2))
    return plain if plain not in taken else next(one for one in numbered if one not in taken)


_OWN: dict[type[Rows], tuple[Any, ...]] = {
    Branch: (BranchName.branch_id, Hours.branch_id, ClosedDays.branch_id),
    Room: (),
    Topic: (TopicName.topic_id,),
}
