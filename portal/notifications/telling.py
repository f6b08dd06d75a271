"""One mail to each who follows an idea, by one statement however many they are."""

from typing import Any

import sqlalchemy as sa

from portal.core import clock
from portal.core.database import db, insert
from portal.mail.models import MailState, Outgoing
from portal.notifications import queries


def tell_followers(
    kind: str, idea_id: int, *, key: str, context: dict[str, Any], but: int | None = None
) -> int:
    """Owe each follower a mail of this kind, once for this ``key``; how many. ``but`` is the
    person who did it and need not be told."""
    people = queries.followers(idea_id).subquery()
    person = people.c.person_id
    now = clock.now()
    rows = sa.select(
        sa.literal(f"idea:{idea_id}:{key}:") + sa.cast(person, sa.String),
        sa.literal(kind),
        person,
        sa.literal(context, type_=sa.JSON()),
        sa.literal(now, type_=Outgoing.due_at.type),
        sa.literal(MailState.QUEUED, type_=Outgoing.state.type),
        sa.literal(0),
        sa.literal(""),
        sa.literal(now, type_=Outgoing.queued_at.type),
    ).where(person != (but or 0))
    columns = [
        "dedupe_key", "kind", "person_id", "context", "due_at", "state", "attempt", "last_error",
        "queued_at",
    ]  # fmt: skip
    statement = insert(Outgoing).from_select(columns, rows)
    done = db.session.execute(
        statement.on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(Outgoing.id)
    )
    return len(done.all())
