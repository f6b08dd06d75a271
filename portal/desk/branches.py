"""For which branches somebody may do a thing: what a form offers them."""

from portal.accounts.identity import current_actor
from portal.policy import Permission, Site, may
from portal.settings.queries import BranchFacts
from portal.settings.queries import current as library


def own(permission: Permission) -> list[BranchFacts]:
    """The open ones at which whoever asks may do this."""
    by = current_actor()
    return [one for one in library().open_branches if may(by, permission, Site(one.id))]
