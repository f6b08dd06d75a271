"""How long a no is known."""

from flask_babel import lazy_gettext as _l

from portal.core.keeping import Subject, keeps
from portal.notifications.models import GuestStop

keeps(
    Subject.MAIL,
    GuestStop,
    what=_l(
        "That you want no mail you did not ask for, where you have no account: as a scrambled mark "
        "of your address"
    ),
    seen_by=_l("Nobody"),
    until=_l(
        "Until you take it back, by the link in any mail about a seat, or make an account: then it "
        "stands there"
    ),
    why=_l("So that your no holds, however often you save a seat."),
)
