"""A guest's no to mail that was not asked for: it stands under the fingerprint of their mailbox.

Where the mailbox is that of a person, mail to the guest keeps to what the person said, and has
the person's own link.
"""

from sqlalchemy import bindparam, delete, func, select, update

from portal.accounts import addresses
from portal.accounts.events import MailboxConfirmed
from portal.accounts.models import Person
from portal.core import clock
from portal.core.database import db, insert, read
from portal.core.events import on
from portal.core.tokens import keyed, sign
from portal.mail.letters import Addressee, guests
from portal.notifications.models import GuestStop

_STOPPED = select(GuestStop.mailbox).where(GuestStop.mailbox == bindparam("mailbox"))
_KNOWN = select(Person.id, Person.mail_stopped_at).where(
    Person.email_key == bindparam("key"), Person.confirmed_at.is_not(None)
)


def stop(mailbox: str) -> None:
    """Nothing more that was not asked for. Twice does no harm."""
    row = {"mailbox": mailbox, "since": clock.now()}
    db.session.execute(insert(GuestStop).values(row).on_conflict_do_nothing())


def start(mailbox: str) -> None:
    """The no is taken back."""
    db.session.execute(delete(GuestStop).where(GuestStop.mailbox == mailbox))


def stopped(mailbox: str) -> bool:
    return read(_STOPPED, mailbox=mailbox).first() is not None


def addressee(address: str) -> Addressee:
    person = read(_KNOWN, key=addresses.key(address)).first()
    if person is not None:
        path = f"/stop/{person.id}/{sign('stop-all', person.id)}"
        return Addressee(address, "", stopped=person.mail_stopped_at is not None, stop_path=path)
    mailbox = _fingerprint(address)
    path = f"/stop/guest/{mailbox}/{sign('stop-guest', mailbox)}"
    return Addressee(address, "", stopped=stopped(mailbox), stop_path=path)


def _fingerprint(address: str) -> str:
    return keyed("mailbox", addresses.key(address))


@on(MailboxConfirmed)
def carry_over(event: MailboxConfirmed) -> None:
    """The guest is a person now, and said no already."""
    mine = delete(GuestStop).where(GuestStop.mailbox == _fingerprint(event.address))
    since = db.session.scalar(mine.returning(GuestStop.since))
    if since is not None:
        db.session.execute(
            update(Person)
            .where(Person.id == event.person_id)
            .values(mail_stopped_at=func.coalesce(Person.mail_stopped_at, since))
        )


guests.append(addressee)
