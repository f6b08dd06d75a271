"""Staff look at who an organisation is before anybody else sees it."""

from flask_babel import gettext as _

from portal.audit.recording import record
from portal.core import clock
from portal.core.database import lock
from portal.core.errors import Forbidden, Refused
from portal.mail import outbox
from portal.organisations import queries
from portal.organisations.lifecycle import LIFE, Move, Standing
from portal.organisations.models import Organisation
from portal.policy import Actor, Permission, require

NEEDS_REASON = frozenset({Move.DECLINE, Move.PAUSE, Move.END})


def move(
    organisation_id: int, what: Move, *, by: Actor, sentence: str = "", seen: int | None = None
) -> Organisation:
    """Verify, decline, pause, resume or end; its owners hear of it."""
    require(by, Permission.ORGANISATION_VERIFY)
    organisation = lock(Organisation, organisation_id)
    if organisation.id in by.organisations:
        raise Forbidden(
            _("You act for this organization, so somebody else decides on it."),
            _("A colleague can decide on it."),
        )
    if seen is not None and organisation.version != seen:
        raise Refused(
            _("Somebody changed this while you were reading."),
            _("Open the page again to see where it stands now."),
        )
    if what in NEEDS_REASON and not sentence:
        raise Refused(_("Say why, in a sentence that the organization reads."))
    organisation.standing = LIFE.target(what, organisation.standing)
    organisation.reason = sentence
    organisation.decided_by = by.id
    organisation.version += 1
    if organisation.standing is Standing.VERIFIED:
        organisation.verified_at = organisation.verified_at or clock.now()
    record(f"organisation.{what}", actor_id=by.id, thing=("organisation", organisation.id))
    for owner in queries.members(organisation.id):
        outbox.queue(
            "organisation_moved",
            key=f"organisation:{organisation.id}:v{organisation.version}:{owner}",
            to=owner,
            context={"organisation_id": organisation.id, "sentence": sentence},
        )
    return organisation
