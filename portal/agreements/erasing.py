"""Somebody has left: what they signed stays signed, and their name under it goes."""

from sqlalchemy import update

from portal.accounts.events import PersonErased
from portal.agreements.models import Signature
from portal.core.database import db
from portal.core.events import on

NAMELESS = "—"  # all that the database lets a signed name become


@on(PersonErased)
def take_names_out(event: PersonErased) -> None:
    mine = update(Signature).where(Signature.person_id == event.person_id)
    db.session.execute(mine.values(name=NAMELESS, title=""))
