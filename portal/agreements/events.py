from dataclasses import dataclass

from portal.core.events import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferAnswered(Event):
    """Staff accepted or declined an offer, or its maker withdrew it."""

    offer_id: int
    idea_id: int
    organisation_id: int
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AgreementSigned(Event):
    """Both sides signed the version in force."""

    agreement_id: int
    program_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PartnershipEnded(Event):
    """A partner will not take part in a program after all."""

    program_id: int
    organisation_id: int
