"""What pages and mails read of organisations."""

from collections.abc import Sequence

from sqlalchemy import Row, select

from portal.core import pages
from portal.core.database import db
from portal.core.pages import Page
from portal.organisations.lifecycle import ACTIVE, Standing
from portal.organisations.models import Member, Organisation


def members(organisation_id: int) -> Sequence[int]:
    """Ids of the people who act for it."""
    return db.session.scalars(
        select(Member.person_id).where(Member.organisation_id == organisation_id)
    ).all()


def acts_for(person_id: int | None, organisation_id: int) -> bool:
    """Whether this person is one of its people now."""
    return db.session.get(Member, (organisation_id, person_id or 0)) is not None


def of_person(person_id: int) -> Sequence[Organisation]:
    return db.session.scalars(
        select(Organisation)
        .join(Member, Member.organisation_id == Organisation.id)
        .where(Member.person_id == person_id)
        .order_by(Organisation.id)
    ).all()


def active_of(person_id: int) -> Sequence[Organisation]:
    """Those of this person's that may offer; where there is none, all, and the offer says why."""
    all_of_them = of_person(person_id)
    return [one for one in all_of_them if one.standing in ACTIVE] or all_of_them


def unverified() -> Sequence[Organisation]:
    """Those that wait for staff, the first to apply first."""
    waiting = select(Organisation).where(Organisation.standing == Standing.APPLIED)
    return db.session.scalars(waiting.order_by(Organisation.id).limit(200)).all()


def listed(*, cursor: str | None) -> Page[Organisation]:
    """All there ever were, by name."""
    named = select(Organisation).order_by(Organisation.name, Organisation.id)
    if (key := pages.after(cursor, str, int)) is not None:
        named = named.where(pages.beyond((Organisation.name, Organisation.id), key, upwards=True))
    found = db.session.scalars(named.limit(pages.SIZE + 1)).all()
    return pages.cut(found, lambda one: (one.name, one.id))


def verified() -> Sequence[Row[int, str, str]]:
    """id, name and what they bring of those that may partner."""
    may_partner = select(Organisation.id, Organisation.name, Organisation.brings).where(
        Organisation.standing == Standing.VERIFIED
    )
    return db.session.execute(may_partner.order_by(Organisation.name)).all()
