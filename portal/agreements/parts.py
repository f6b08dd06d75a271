"""What somebody offered and signed."""

from flask_babel import lazy_gettext as _l

from portal.accounts.exports import adds, leaves_out
from portal.agreements.models import AgreementVersion, Offer, Signature

adds(
    "offers",
    _l("Offers you made for a group"),
    lambda person_id: Offer.person_id == person_id,
    number=(Offer.id, _l("The number of the offer")),
    idea=(Offer.idea_id, _l("The number of the idea")),
    group=(Offer.organisation_id, _l("The number of the group")),
    words=(Offer.words, _l("What you wrote")),
    brings=(Offer.brings, _l("The kinds of help")),
    state=(Offer.state, _l("Where it is")),
    answer=(Offer.answer, _l("What the library answered")),
    made_at=(Offer.made_at, _l("When you made it")),
    changed_at=(Offer.changed_at, _l("When it last changed")),
)
adds(
    "offers_answered",
    _l("Offers that you answered for the library"),
    lambda person_id: Offer.answered_by == person_id,
    number=(Offer.id, _l("The number of the offer")),
    answer=(Offer.answer, _l("What you answered")),
    changed_at=(Offer.changed_at, _l("When it last changed")),
)
leaves_out(_l("How often it changed."), Offer.version)
adds(
    "agreements_written",
    _l("Agreements that you sent for the library"),
    lambda person_id: AgreementVersion.made_by == person_id,
    agreement=(AgreementVersion.agreement_id, _l("The number of the agreement")),
    n=(AgreementVersion.n, _l("Its version")),
    words=(AgreementVersion.words, _l("Its words")),
    made_at=(AgreementVersion.made_at, _l("When")),
)
leaves_out(_l("The same as what is here, in another form."), AgreementVersion.html)
adds(
    "signatures",
    _l("What you signed"),
    lambda person_id: Signature.person_id == person_id,
    agreement=(Signature.agreement_id, _l("The number of the agreement")),
    n=(Signature.n, _l("Its version")),
    side=(Signature.side, _l("For whom")),
    name=(Signature.name, _l("The name you signed with")),
    title=(Signature.title, _l("What you called yourself")),
    signed_at=(Signature.signed_at, _l("When")),
)
leaves_out(
    _l("It is you, in every row of yours; elsewhere it is somebody else."),
    Offer.person_id,
    Offer.answered_by,
    AgreementVersion.made_by,
    Signature.person_id,
)
