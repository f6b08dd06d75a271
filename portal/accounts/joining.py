"""Somebody becomes known here: by their mailbox, and by the name they want to be shown with."""

from sqlalchemy import case, func, update

from portal.accounts import addresses
from portal.accounts.events import MailboxConfirmed
from portal.accounts.models import Person
from portal.core import clock
from portal.core.database import db, insert
from portal.core.events import publish


def confirm(email: str, *, name: str = "") -> int:
    """The person whose mailbox this is, new or known; it is confirmed from now on at the latest.

    The name is taken only where none is known: who types it need not be who it is.
    """
    now = clock.now()
    new = insert(Person).values(
        email=email,
        email_key=addresses.key(email),
        name=name,
        lang="en",
        confirmed_at=now,
        joined_at=now,
    )
    known = new.on_conflict_do_update(
        index_elements=[Person.email_key],
        set_={
            "confirmed_at": func.coalesce(Person.confirmed_at, now),
            "name": case((Person.name == "", new.excluded.name), else_=Person.name),
        },
    )
    person_id = int(db.session.scalars(known.returning(Person.id)).one())
    publish(MailboxConfirmed(person_id=person_id, address=email))
    return person_id


def expect(email: str, *, name: str = "") -> int:
    """The person whose mailbox this is, new or known; it is confirmed when they come."""
    new = insert(Person).values(
        email=email,
        email_key=addresses.key(email),
        name=name,
        lang="en",
        joined_at=clock.now(),
    )
    known = new.on_conflict_do_update(
        index_elements=[Person.email_key],
        set_={"name": case((Person.name == "", new.excluded.name), else_=Person.name)},
    )
    return int(db.session.scalars(known.returning(Person.id)).one())


def rename(person_id: int, name: str) -> None:
    """From now on this person is shown with this name."""
    db.session.execute(update(Person).where(Person.id == person_id).values(name=name))
