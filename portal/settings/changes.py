"""What every change of a setting does besides: whoever keeps a copy sees that it is old, and the
audit log says who did it."""

from flask import g
from sqlalchemy import update

from portal.audit.recording import record
from portal.core.database import db, lock
from portal.policy import Actor
from portal.settings.models import Library


def hold() -> Library:
    """The library's row, held: settings are changed by one person at a time."""
    return lock(Library, 1)


def moved() -> None:
    """Whoever keeps a copy of the settings sees that it is old, this request first of all. What it
    reads from here on may still be rolled back, so nobody else gets that copy."""
    db.session.flush()
    db.session.execute(update(Library).values(version=Library.version + 1))
    g.pop("settings", None)
    g.settings_moved_in = db.session().get_transaction()


def noted(what: str, *, by: Actor, thing: tuple[str, int] = ("library", 1), **details: str) -> None:
    moved()
    record(f"settings.{what}", actor_id=by.id, thing=thing, **details)
