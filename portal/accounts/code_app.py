"""Codes from an app (TOTP, RFC 6238), for staff: six digits, new every 30 seconds, each good once.
Recovery codes come with it, for when the app is gone."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

import pyotp
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from portal.accounts import quotas, recovery
from portal.accounts.changes import Change, changed
from portal.accounts.models import CodeApp, Person
from portal.core import clock
from portal.core.database import db, get, insert, keep_on_refusal, lock
from portal.core.errors import Refused
from portal.core.tokens import digits, seal, unseal
from portal.settings.queries import current as library

SECONDS = 30  # of a step
TRIES = 5  # in a quarter of an hour
TRIES_A_DAY = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A secret that waits for its first code. ``parcel`` brings it back, sealed."""

    secret: str
    address: str  # for the camera
    parcel: str


def offer(person_id: int, parcel: str | None = None) -> Offer:
    """A new secret for this person; that of the parcel, where it is theirs."""
    secret = (_opened(person_id, parcel) if parcel else None) or pyotp.random_base32()
    named = get(Person, person_id).email or ""
    address = pyotp.TOTP(secret).provisioning_uri(name=named, issuer_name=library().name)
    sealed = seal(f"{person_id} {secret}")
    return Offer(secret=secret, address=address, parcel=urlsafe_b64encode(sealed).decode())


def set_up(person_id: int, *, parcel: str, code: str) -> list[str]:
    """The app shows the right code: from now on it is theirs, in place of any before. Gives new
    recovery codes, which are told this once."""
    keep_on_refusal()
    _spend_a_try(person_id)
    secret = _opened(person_id, parcel)
    step = _step_of(code, secret) if secret else None
    if secret is None or step is None:
        raise _refusal()
    lock(Person, person_id)
    now = clock.now()
    kept = {"sealed": seal(secret), "last_step": step, "added_at": now, "used_at": now}
    new = insert(CodeApp).values(person_id=person_id, **kept)
    db.session.execute(new.on_conflict_do_update(index_elements=[CodeApp.person_id], set_=kept))
    changed(person_id, Change.APP_SET_UP, by=person_id)
    return recovery.draw(person_id)


def check(person_id: int, typed: str) -> None:
    """Refused where this is neither the app's code nor a recovery code, or was used before. Each
    try counts, right or wrong."""
    keep_on_refusal()
    _spend_a_try(person_id)
    if not (_is_of_app(person_id, typed) or recovery.use(person_id, typed)):
        raise _refusal()


def remove(person_id: int) -> None:
    """The app goes, and the person is told. Twice does no harm."""
    own = delete(CodeApp).where(CodeApp.person_id == person_id).returning(CodeApp.person_id)
    if db.session.scalar(own) is not None:
        recovery.end_with_last(person_id)
        changed(person_id, Change.APP_REMOVED, by=person_id)


def _spend_a_try(person_id: int) -> None:
    who, quarter = str(person_id), timedelta(minutes=15)
    quotas.spend("second step", who, limit=TRIES, per=quarter)
    quotas.spend("second step day", who, limit=TRIES_A_DAY, per=timedelta(days=1))


def _opened(person_id: int, parcel: str) -> str | None:
    try:
        words = unseal(urlsafe_b64decode(parcel.encode()))
    except ValueError:
        return None
    owner, _blank, secret = (words or "").partition(" ")
    return secret if owner == str(person_id) else None


def _step_of(code: str, secret: str) -> int | None:
    """The step that this code is of: the present one, that before or the next."""
    app, now = pyotp.TOTP(secret), int(clock.now().timestamp()) // SECONDS
    typed, steps = digits(code), (now - 1, now, now + 1)
    return next((n for n in steps if compare_digest(app.generate_otp(n), typed)), None)


def _is_of_app(person_id: int, typed: str) -> bool:
    sealed = db.session.scalar(select(CodeApp.sealed).where(CodeApp.person_id == person_id))
    secret = unseal(sealed) if sealed else None
    step = _step_of(typed, secret) if secret else None
    if step is None:
        return False
    used = (
        update(CodeApp)
        .where(CodeApp.person_id == person_id, CodeApp.last_step < step)
        .values(last_step=step, used_at=clock.now())
    )
    return db.session.scalar(used.returning(CodeApp.person_id)) is not None


def _refusal() -> Refused:
    return Refused(
        _("That code is not right, or was used before."), _("Look again, or use the next one.")
    )
