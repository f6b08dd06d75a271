"""The lives of an offer and of an agreement."""

from enum import StrEnum

from portal.core.lifecycle import Lifecycle, Step


class OfferState(StrEnum):
    MADE = "made"
    IN_TALKS = "in_talks"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class OfferMove(StrEnum):
    TALK = "talk"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


O = OfferState  # noqa: E741

OFFER = Lifecycle(
    {
        OfferMove.TALK: Step({O.MADE}, O.IN_TALKS),
        OfferMove.ACCEPT: Step({O.MADE, O.IN_TALKS}, O.ACCEPTED),
        OfferMove.DECLINE: Step({O.MADE, O.IN_TALKS}, O.DECLINED),
        OfferMove.WITHDRAW: Step({O.MADE, O.IN_TALKS, O.ACCEPTED}, O.WITHDRAWN),
    }
)


class AgreementState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    SENT_BACK = "sent_back"
    PARTNER_SIGNED = "partner_signed"
    ACTIVE = "active"
    FULFILLED = "fulfilled"
    ENDED_EARLY = "ended_early"
    EXPIRED = "expired"


class AgreementMove(StrEnum):
    SEND = "send"
    SEND_BACK = "send_back"
    SIGN_PARTNER = "sign_partner"
    SIGN_LIBRARY = "sign_library"
    CHANGE = "change"  # a new version that both sign again
    FULFIL = "fulfil"
    END = "end"
    EXPIRE = "expire"


A = AgreementState
_OUT = frozenset({A.SENT, A.SENT_BACK, A.PARTNER_SIGNED, A.ACTIVE})

AGREEMENT = Lifecycle(
    {
        AgreementMove.SEND: Step({A.DRAFT, A.SENT_BACK}, A.SENT),
        AgreementMove.SEND_BACK: Step({A.SENT}, A.SENT_BACK),
        AgreementMove.SIGN_PARTNER: Step({A.SENT}, A.PARTNER_SIGNED),
        AgreementMove.SIGN_LIBRARY: Step({A.PARTNER_SIGNED}, A.ACTIVE),
        AgreementMove.CHANGE: Step(_OUT | {A.ENDED_EARLY}, A.SENT),
        AgreementMove.FULFIL: Step({A.ACTIVE}, A.FULFILLED),
        AgreementMove.END: Step(_OUT | {A.DRAFT}, A.ENDED_EARLY),
        AgreementMove.EXPIRE: Step({A.ACTIVE}, A.EXPIRED),
    }
)
