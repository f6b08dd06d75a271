"""How long offers and agreements stay, and the names under them."""

from flask_babel import lazy_gettext as _l

from portal.agreements.models import AgreementVersion, Offer, Signature
from portal.core.keeping import Subject, keeps

keeps(
    Subject.LIBRARY,
    *(Offer, AgreementVersion, Signature),
    what=_l("Offers you made for a group, agreements you signed, and your name under them"),
    seen_by=_l(
        "Offers of a group that was checked: everybody, without your name. Agreements: your group "
        "and the library’s staff"
    ),
    until=_l("For good; your name until you delete your account, and seven days more"),
    why=_l("It is what the library and its partners promise each other."),
)
