"""The second step of signing in, for staff. Asked of all of them where the library says so, and of
whoever has set up an app. Until it is done they are strangers here: no device is theirs yet."""

from dataclasses import dataclass
from datetime import timedelta

from flask import g
from sqlalchemy import ColumnElement, delete, exists, select, update

from portal.accounts import devices, identity
from portal.accounts.changes import Change, changed
from portal.accounts.models import CodeApp, Grant, HalfSignIn, Passkey, Person, RecoveryCode
from portal.core import clock
from portal.core.database import db, get
from portal.core.tokens import digest
from portal.policy import Actor, Permission, require
from portal.settings.queries import current as library

VALID_FOR = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Half:
    """Somebody who has done the first step in this browser, and what they came for."""

    person_id: int
    shared: bool
    next_path: str
    waiting_id: int | None


def is_asked_of(person_id: int) -> bool:
    staff, app = exists().where(Grant.person_id == person_id), _has_app(person_id)
    return bool(db.session.scalar(select(staff & app if not library().second_step else staff)))


def has(person_id: int) -> tuple[bool, bool]:
    """Whether there is an app, and whether there is a passkey, to do the second step with."""
    passkey = exists().where(Passkey.person_id == person_id)
    app, key = db.session.execute(select(_has_app(person_id), passkey)).one()
    return bool(app), bool(key)


def begin(person_id: int, *, shared: bool, next_path: str, waiting_id: int | None) -> None:
    """The first step is done in this browser; ten minutes are left for the second."""
    row = HalfSignIn(
        person_id=person_id,
        browser_hash=digest(identity.browser()),
        shared=shared,
        next_path=next_path,
        waiting_id=waiting_id,
        expires_at=clock.now() + VALID_FOR,
    )
    db.session.add(row)


def here() -> Half | None:
    """Whose second step this browser has to do. The page is theirs alone."""
    g.depends_on_person = True
    newest = select(*_COLUMNS).where(_open()).order_by(HalfSignIn.id.desc()).limit(1)
    row = db.session.execute(newest).first()
    return Half(**row._mapping) if row else None


def end(person_id: int) -> Half | None:
    """This person's second step is done here: what was the first, once."""
    done = update(HalfSignIn).where(_open(), HalfSignIn.person_id == person_id)
    row = db.session.execute(done.values(used_at=clock.now()).returning(*_COLUMNS)).first()
    return Half(**row._mapping) if row else None


def reset(person_id: int, *, by: Actor) -> None:
    """For somebody whose phone is lost: all they have for the second step goes, they are signed
    out everywhere, and told. They set it up anew when they next sign in."""
    require(by, Permission.PEOPLE_GRANT)
    get(Person, person_id)
    for table in (Passkey, CodeApp, RecoveryCode, HalfSignIn):
        db.session.execute(delete(table).where(table.person_id == person_id))
    devices.end_own(person_id, None)
    changed(person_id, Change.WAYS_RESET, by=by.signed_in_id)


_COLUMNS = (
    HalfSignIn.person_id,
    HalfSignIn.shared,
    HalfSignIn.next_path,
    HalfSignIn.waiting_id,
)


def _has_app(person_id: int) -> ColumnElement[bool]:
    return exists().where(CodeApp.person_id == person_id)


def _open() -> ColumnElement[bool]:
    return (
        (HalfSignIn.browser_hash == digest(identity.known_browser() or ""))
        & HalfSignIn.used_at.is_(None)
        & (HalfSignIn.expires_at > clock.now())
    )
