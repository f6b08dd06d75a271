"""Where mail for a person goes, as of the moment of sending."""

from sqlalchemy import bindparam, select

from portal.accounts.models import Person
from portal.core.database import read
from portal.mail.letters import Addressee, addressees

_REACHED = select(Person.email, Person.name, Person.mail_stopped_at).where(
    Person.id == bindparam("person_id"), Person.blanked_at.is_(None), Person.email.is_not(None)
)


def addressee(person_id: int) -> Addressee | None:
    """None for somebody who is blanked or was never there."""
    row = read(_REACHED, person_id=person_id).first()
    if row is None:
        return None
    return Addressee(str(row.email), row.name, stopped=row.mail_stopped_at is not None)


addressees.append(addressee)
