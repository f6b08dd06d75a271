"""What the pages of a person about themselves read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, exists, func, or_, select

from portal.accounts.identity import IDLE_SHARED
from portal.accounts.models import CodeApp, Device, Grant, Passkey, Person
from portal.core import clock
from portal.core.database import db
from portal.policy import Role


def own(person_id: int) -> Row[str | None, datetime | None, datetime | None]:
    """email, mail_stopped_at and leaves_at of somebody, for their own page."""
    columns = (Person.email, Person.mail_stopped_at, Person.leaves_at)
    return db.session.execute(select(*columns).where(Person.id == person_id)).one()


def devices_of(person_id: int) -> Sequence[Row[int, str, bool, datetime, datetime]]:
    """id, label, shared, signed_in_at and used_at of where somebody is signed in, the last used
    first."""
    columns = (Device.id, Device.label, Device.shared, Device.signed_in_at, Device.used_at)
    alive = (
        Device.person_id == person_id,
        Device.ended_at.is_(None),
        Device.expires_at > clock.now(),
        or_(Device.shared.is_(False), Device.used_at >= clock.now() - IDLE_SHARED),
    )
    newest = select(*columns).where(*alive).order_by(Device.used_at.desc(), Device.id.desc())
    return db.session.execute(newest.limit(50)).all()


def passkeys_of(person_id: int) -> Sequence[Row[int, str, datetime, datetime | None]]:
    """id, name, added_at and used_at, the newest first."""
    columns = (Passkey.id, Passkey.name, Passkey.added_at, Passkey.used_at)
    own = select(*columns).where(Passkey.person_id == person_id)
    return db.session.execute(own.order_by(Passkey.id.desc())).all()


def code_app_of(person_id: int) -> Row[datetime, datetime | None] | None:
    """added_at and used_at, where somebody has an app."""
    columns = (CodeApp.added_at, CodeApp.used_at)
    return db.session.execute(select(*columns).where(CodeApp.person_id == person_id)).first()


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    """Somebody with a role, or several; a branch of None is all of them."""

    id: int
    name: str
    email: str
    came: bool  # signed in at least once
    second_step: bool  # has something to do it with
    roles: list[tuple[Role, int | None]] = field(default_factory=list)


def staff() -> list[Colleague]:
    """Everybody who holds a role, by name."""
    rows = db.session.execute(
        select(
            Person.id,
            Person.name,
            Person.email,
            Person.confirmed_at,
            or_(
                exists().where(Passkey.person_id == Person.id),
                exists().where(CodeApp.person_id == Person.id),
            ),
            Grant.role,
            Grant.branch_id,
        )
        .join(Grant, Grant.person_id == Person.id)
        .where(Person.blanked_at.is_(None))
        .order_by(Person.name, Person.id, Grant.id)
    )
    found: dict[int, Colleague] = {}
    for person_id, name, email, confirmed_at, has_step, role, branch_id in rows:
        one = Colleague(
            id=person_id,
            name=name,
            email=email or "",
            came=confirmed_at is not None,
            second_step=has_step,
        )
        found.setdefault(person_id, one).roles.append((role, branch_id))
    return list(found.values())


def staff_count() -> int:
    return db.session.scalar(select(func.count(Grant.person_id.distinct()))) or 0
