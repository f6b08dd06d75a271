"""For which groups somebody acts."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.exports import adds, leaves_out
from portal.organisations.models import Member, Organisation

_NAME = select(Organisation.name).where(Organisation.id == Member.organisation_id)

adds(
    "groups",
    _l("Groups you act for"),
    lambda person_id: Member.person_id == person_id,
    group=(Member.organisation_id, _l("The number of the group")),
    name=(_NAME.scalar_subquery(), _l("Its name")),
    role=(Member.role, _l("What you may do for it")),
    joined_at=(Member.joined_at, _l("Since when")),
)
leaves_out(_l("It is you, in every row of yours."), Member.person_id)
adds(
    "groups_decided",
    _l("Groups that you checked for the library"),
    lambda person_id: Organisation.decided_by == person_id,
    group=(Organisation.id, _l("The number of the group")),
)
leaves_out(
    _l("It is about a group, not about you; its people see it in the partner room."),
    Organisation.name,
    Organisation.kind,
    Organisation.brings,
    Organisation.website,
    Organisation.phone,
    Organisation.standing,
    Organisation.reason,
    Organisation.verified_at,
    Organisation.version,
    Organisation.applied_at,
)
leaves_out(_l("It is you, in every row of yours."), Organisation.decided_by)
