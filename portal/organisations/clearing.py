"""How long it is known who acts for a group."""

from flask_babel import lazy_gettext as _l

from portal.core.keeping import Subject, keeps
from portal.organisations.models import Member, Organisation

keeps(
    Subject.PEOPLE,
    *(Member, Organisation),
    what=_l("For which groups you act"),
    seen_by=_l("You, and the library’s staff"),
    until=_l("Until you delete your account, and seven days more"),
    why=_l("So that you can offer help for them, and sign."),
)
