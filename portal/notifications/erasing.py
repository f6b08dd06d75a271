"""Somebody has left: they hear nothing more, and nobody knows what they heard."""

from sqlalchemy import delete

from portal.accounts.events import PersonErased
from portal.core.database import db
from portal.core.events import on
from portal.notifications.models import Stop, Subscription


@on(PersonErased)
def forget(event: PersonErased) -> None:
    for table in (Subscription, Stop):
        db.session.execute(delete(table).where(table.person_id == event.person_id))
