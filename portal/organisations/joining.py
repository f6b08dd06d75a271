"""An organisation applies, by the person who offers something in its name: its first owner."""

from datetime import timedelta

from sqlalchemy import select

from portal.accounts import identity, quotas
from portal.audit.recording import record
from portal.core.database import db
from portal.core.text import one_line
from portal.organisations.models import Member, MemberRole, Organisation


def apply(name: str, *, person_id: int, brings: str = "", kind: str = "") -> Organisation:
    """A new organisation that staff have not verified yet, with this person as its owner."""
    quotas.spend("apply", str(person_id), limit=2, per=timedelta(days=1))
    organisation = Organisation(name=one_line(name), brings=brings, kind=kind)
    db.session.add(organisation)
    db.session.flush()
    owner = Member(organisation_id=organisation.id, person_id=person_id, role=MemberRole.OWNER)
    db.session.add(owner)
    record("organisation.apply", actor_id=person_id, thing=("organisation", organisation.id))
    return organisation


identity.memberships.append(
    select(Member.person_id, Member.organisation_id, Member.role == MemberRole.OWNER)
)
