"""What somebody hears about."""

from flask_babel import lazy_gettext as _l

from portal.accounts.exports import adds, leaves_out
from portal.notifications.models import GuestStop, Stop, Subscription

adds(
    "mail_about",
    _l("Ideas you hear about"),
    lambda person_id: Subscription.person_id == person_id,
    idea=(Subscription.idea_id, _l("The number of the idea")),
    reason=(Subscription.reason, _l("Why: you voted, wrote it or follow it")),
)
adds(
    "mail_stopped",
    _l("Ideas you do not want to hear about"),
    lambda person_id: Stop.person_id == person_id,
    idea=(Stop.idea_id, _l("The number of the idea")),
    since=(Stop.since, _l("Since when")),
)
leaves_out(_l("It is you, in every row of yours."), Subscription.person_id, Stop.person_id)
leaves_out(
    _l("Of people without an account, and nobody can read of whom."),
    GuestStop.mailbox,
    GuestStop.since,
)
