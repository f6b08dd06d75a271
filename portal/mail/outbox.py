"""The way into the outbox: one row, in the caller's transaction, once for each reason."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select

from portal.core import clock
from portal.core.database import db, insert, write
from portal.core.tokens import seal
from portal.mail.clearing import NOBODY
from portal.mail.models import DemoMail, MailState, Outgoing, Suppression


def queue(
    kind: str,
    *,
    key: str,
    to: int | str,
    context: dict[str, Any] | None = None,
    secret: str | bytes | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Owe somebody a mail. ``to`` is a person's id or an address; ``key`` names the reason, and
    what is owed for it already is not owed twice (then the answer is False). ``secret`` travels
    sealed: text with the installation's key, bytes as sealed by the caller."""
    row = {
        "dedupe_key": key,
        "kind": kind,
        "person_id": to if isinstance(to, int) else None,
        "address": to if isinstance(to, str) else None,
        "context": context,
        "sealed": seal(secret) if isinstance(secret, str) else secret,
        "due_at": due_at or clock.now(),
        "state": MailState.QUEUED,
        "attempt": 0,
        "last_error": "",
        "queued_at": clock.now(),
    }
    return write(_owed, **row).first() is not None


def _owed() -> Any:
    new = insert(Outgoing).on_conflict_do_nothing(index_elements=["dedupe_key"])
    return new.returning(Outgoing.id)


def forget_person(person_id: int, address: str) -> None:
    """Whatever was sent or is owed to somebody who has left, and that it was for them."""
    own = (Outgoing.address != NOBODY) & (func.lower(Outgoing.address) == address.lower())
    theirs = or_(Outgoing.person_id == person_id, own)
    mails = select(Outgoing.id).where(theirs)
    db.session.execute(delete(DemoMail).where(DemoMail.outgoing_id.in_(mails)))
    db.session.execute(delete(Outgoing).where(theirs))
    db.session.execute(
        delete(Suppression).where(func.lower(Suppression.address) == address.lower())
    )
