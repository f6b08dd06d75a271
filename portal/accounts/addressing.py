"""Where mail for a person goes, as of the moment of sending."""

from sqlalchemy import select

from portal.accounts.models import Person
from portal.core.database import db
from portal.mail.letters import Addressee, addressees


def addressee(person_id: int) -> Addressee | None:
    """None for somebody who is blanked or was never there."""
    row = db.session.execute(
        select(Person.email, Person.name, Person.mail_stopped_at).where(
            Person.id == person_id, Person.blanked_at.is_(None), Person.email.is_not(None)
        )
    ).first()
    return row and Addressee(str(row.email), row.name, stopped=row.mail_stopped_at is not None)


addressees.append(addressee)
