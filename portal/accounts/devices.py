"""Browsers in which somebody is signed in: rows that can be ended from anywhere."""

from datetime import timedelta

from flask import request
from sqlalchemy import ColumnElement, select, update

from portal.accounts.models import Device
from portal.core import clock
from portal.core.database import db
from portal.core.tokens import digest, draw

SIGNED_IN_FOR = timedelta(days=30)
SHARED_FOR = timedelta(hours=12)
FRESH_FOR = timedelta(minutes=10)

_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


def add(person_id: int, *, shared: bool, second_step: bool) -> str:
    """A device where this person is signed in from now on, with the second step done or without.
    Gives its key, always a new one."""
    key = draw()
    device = Device(
        person_id=person_id,
        key_hash=digest(key),
        shared=shared,
        second_step=second_step,
        label=_label(request.user_agent.string),
        expires_at=clock.now() + (SHARED_FOR if shared else SIGNED_IN_FOR),
    )
    db.session.add(device)
    db.session.flush()
    return key


def is_fresh(device_id: int | None) -> bool:
    """Whether somebody showed just now, on this device, that the account is theirs."""
    just_now = Device.signed_in_at > clock.now() - FRESH_FOR
    which = select(Device.id).where(Device.id == device_id, Device.ended_at.is_(None), just_now)
    return db.session.scalar(which) is not None


def end(device_id: int) -> None:
    _end(Device.id == device_id)


def end_own(person_id: int, device_id: int | None) -> None:
    """Sign this person out on one of their devices; everywhere, where none is named."""
    mine = Device.person_id == person_id
    _end(mine if device_id is None else mine & (Device.id == device_id))


def end_others(person_id: int, *, but: int | None) -> None:
    """Sign this person out everywhere but on one device."""
    _end((Device.person_id == person_id) & (Device.id != (but or 0)))


def _end(which: ColumnElement[bool]) -> None:
    over = update(Device).where(which, Device.ended_at.is_(None))
    db.session.execute(over.values(ended_at=clock.now()))


def _label(user_agent: str) -> str:
    """Firefox, Windows: enough for its owner to know it again, and no more."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in user_agent), "Safari")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    return f"{browser}, {system}" if system else ""
