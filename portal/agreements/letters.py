"""What partners hear of their offers and agreements."""

from flask_babel import gettext as _

from portal.agreements.lifecycle import AgreementState, OfferState
from portal.agreements.models import Agreement, Offer
from portal.core.database import db
from portal.core.text import excerpt
from portal.ideas import queries as ideas
from portal.mail.letters import Envelope, Letter, renders
from portal.organisations import queries as organisations


@renders("offer_answered")
def offer_answered(envelope: Envelope) -> Letter | None:
    offer = db.session.get(Offer, envelope.context["offer_id"])
    if offer is None or offer.state is OfferState.WITHDRAWN:
        return None
    if not organisations.acts_for(envelope.person_id, offer.organisation_id):
        return None
    title = ideas.public_title(offer.idea_id)
    news = {
        OfferState.IN_TALKS: _("We would like to talk about your offer"),
        OfferState.ACCEPTED: _("Your offer is accepted"),
        OfferState.DECLINED: _("Your offer is not taken up this time"),
    }.get(offer.state, _("About your offer"))
    return Letter(
        subject=f"{news}: {excerpt(title, 80)}" if title else news,
        lines=[f"{news}.", *([f"“{offer.answer[:1000]}”"] if offer.answer else [])],
        button=(_("Your partner room"), "/partner"),
        reason=_("You get this because you made the offer."),
    )


@renders("agreement_sent")
def agreement_sent(envelope: Envelope) -> Letter | None:
    agreement = _agreement(envelope)
    if agreement is None or agreement.state is not AgreementState.SENT:
        return None
    return Letter(
        subject=_("An agreement to read and sign"),
        lines=[_("It is one page in plain words: who does what, when, and how we know it worked.")],
        button=(_("Read the agreement"), f"/partner/agreements/{agreement.id}"),
        after=[_("If something should be different, send it back with a sentence.")],
        reason=_("You get this because you act for the partner."),
    )


@renders("agreement_ended")
def agreement_ended(envelope: Envelope) -> Letter | None:
    agreement = _agreement(envelope)
    if agreement is None or agreement.state is not AgreementState.ENDED_EARLY:
        return None
    return Letter(
        subject=_("An agreement has ended"),
        lines=[
            _("One side ended it before its time."),
            *([f"“{agreement.remark[:1000]}”"] if agreement.remark else []),
        ],
        button=(_("Read what was agreed"), f"/partner/agreements/{agreement.id}"),
        reason=_("You get this because you act for the partner."),
    )


@renders("agreement_signed")
def agreement_signed(envelope: Envelope) -> Letter | None:
    agreement = _agreement(envelope)
    if agreement is None:
        return None
    return Letter(
        subject=_("Both sides have signed"),
        lines=[_("The agreement is in force. You can read and print it at any time.")],
        button=(_("The signed agreement"), f"/partner/agreements/{agreement.id}"),
        reason=_("You get this because you act for the partner."),
    )


def _agreement(envelope: Envelope) -> Agreement | None:
    """While the reader acts for its partner."""
    agreement = db.session.get(Agreement, envelope.context["agreement_id"])
    if agreement and organisations.acts_for(envelope.person_id, agreement.organisation_id):
        return agreement
    return None
