"""Passwords, for staff only: the others sign in by e-mail. Argon2id; a wrong address, a wrong
password and somebody without a role look and last alike."""

from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from sqlalchemy import exists, select, update

from portal.accounts import addresses, devices, identity, quotas
from portal.accounts.changes import Change, changed
from portal.accounts.models import Grant, Person
from portal.core.database import db, keep_on_refusal, lock
from portal.core.errors import Refused

SHORTEST, LONGEST = 12, 200

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def owner(address: str, password: str) -> int | None:
    """Who of the staff has this address and this password. Each try counts, right or wrong."""
    keep_on_refusal()
    quarter = timedelta(minutes=15)
    quotas.spend("password", f"address {addresses.key(address)}", limit=10, per=quarter)
    quotas.spend_here("password", limit=50, per=quarter)
    row = db.session.execute(
        select(Person.id, Person.password_hash).where(
            Person.email_key == addresses.key(address),
            Person.password_hash.is_not(None),
            exists().where(Grant.person_id == Person.id),
        )
    ).first()
    known = row.password_hash if row else None
    if not _matches(known or _nobodys_hash(), password) or row is None:
        return None
    if _hasher.check_needs_rehash(str(known)):
        _write(row.id, password)
    return int(row.id)


def has_one(person_id: int) -> bool:
    hashed = select(Person.password_hash).where(Person.id == person_id)
    return db.session.scalar(hashed) is not None


def asks_for_current(person_id: int) -> bool:
    """Not of who signed in just now, so that a forgotten one can be replaced after a link by mail;
    of who finds a browser open, yes."""
    return has_one(person_id) and not devices.is_fresh(identity.current_device_id())


def choose(person_id: int, *, new: str, current: str = "") -> None:
    """Set one's own password, knowing the one that was where it is asked for; the other devices
    are signed out, and the person is told."""
    known = lock(Person, person_id).password_hash
    if asks_for_current(person_id) and not _matches(known or "", current):
        raise Refused(
            _("That is not your current password."),
            _("Without it, sign out, and in again by mail: then it is not asked for."),
        )
    _write(person_id, new)
    devices.end_others(person_id, but=identity.current_device_id())
    changed(person_id, Change.PASSWORD_SET, by=person_id)


def _write(person_id: int, password: str) -> None:
    hashed = _hasher.hash(password)
    db.session.execute(update(Person).where(Person.id == person_id).values(password_hash=hashed))


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    """What the password of an address without one is compared with, so that it takes as long."""
    return _hasher.hash("nobody")
