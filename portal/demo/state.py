"""Whether the demo library is whole: its making takes a while and may be broken off."""

from sqlalchemy import select

from portal.audit.models import Entry
from portal.audit.recording import record
from portal.core.database import db
from portal.settings.models import Library

_MADE = "demo.made"


def finish() -> None:
    """Mark it as whole. The caller's transaction."""
    record(_MADE, actor_id=None, thing=("library", 1))


def unfinished() -> bool:
    """Whether the making of this demo was broken off."""
    is_demo = db.session.scalar(select(Library.demo))
    made = db.session.scalar(select(Entry.id).where(Entry.action == _MADE))
    return bool(is_demo) and made is None
