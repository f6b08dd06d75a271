"""The one way into the audit log."""

from typing import Any

from portal.audit.models import Entry
from portal.core.database import db


def record(action: str, *, actor_id: int | None, thing: tuple[str, int], **details: Any) -> None:
    """Note that somebody (None: the portal itself) did this to ``(kind, id)``."""
    kind, thing_id = thing
    entry = Entry(actor_id=actor_id, action=action, thing_kind=kind, thing_id=thing_id)
    entry.details = details or None
    db.session.add(entry)
