"""Somebody has left: they act for no group any more."""

from sqlalchemy import delete

from portal.accounts.events import PersonErased
from portal.core.database import db
from portal.core.events import on
from portal.organisations.models import Member


@on(PersonErased)
def end_memberships(event: PersonErased) -> None:
    db.session.execute(delete(Member).where(Member.person_id == event.person_id))
