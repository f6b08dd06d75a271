"""What pages read of offers and agreements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, bindparam, case, select

from portal.agreements.lifecycle import AGREEMENT, AgreementMove, AgreementState, OfferState
from portal.agreements.models import Agreement, AgreementVersion, Offer, Signature
from portal.core import clock
from portal.core.database import db, read
from portal.core.errors import Missing
from portal.ideas.lifecycle import READABLE
from portal.ideas.models import Idea
from portal.organisations.lifecycle import Standing
from portal.organisations.models import Organisation

LIVE = (OfferState.MADE, OfferState.IN_TALKS, OfferState.ACCEPTED)
ANSWERED_WITHIN = timedelta(days=3)


class Offered(NamedTuple):
    """An offer with the names of both sides."""

    id: int
    idea_id: int
    idea_title: str
    branch_id: int | None  # of the idea: who answers depends on it
    organisation_id: int
    organisation: str
    standing: Standing
    words: str
    state: OfferState
    answer: str
    version: int
    made_at: datetime

    @property
    def late(self) -> bool:
        """Whether nobody has answered for too long."""
        return self.state is OfferState.MADE and clock.now() - self.made_at > ANSWERED_WITHIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreed:
    """An agreement in a list."""

    id: int
    program_id: int
    organisation_id: int
    organisation: str
    state: AgreementState
    sent_at: datetime | None
    remark: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """A version of an agreement with its signatures, to be read, signed or printed."""

    agreement: Agreement
    organisation: str
    n: int
    html: str
    signatures: Sequence[Signature]

    @property
    def in_force(self) -> bool:
        return self.n == self.agreement.current

    @property
    def can_end(self) -> bool:
        return AgreementMove.END in AGREEMENT.moves_from(self.agreement.state)


def _columns(title: SQLColumnExpression[str]) -> tuple[Any, ...]:
    return (
        Offer.id,
        Offer.idea_id,
        title.label("idea_title"),
        Idea.branch_id,
        Offer.organisation_id,
        Organisation.name.label("organisation"),
        Organisation.standing,
        Offer.words,
        Offer.state,
        Offer.answer,
        Offer.version,
        Offer.made_at,
    )


def _offers(columns: tuple[Any, ...]) -> Select[Any]:
    return (
        select(*columns)
        .join(Idea, Idea.id == Offer.idea_id)
        .join(Organisation, Organisation.id == Offer.organisation_id)
        .limit(200)
    )


_OFFERED = _columns(Idea.title)
_LIVE = _offers(_OFFERED).where(Offer.state.in_(LIVE)).order_by(Offer.id)
_PUBLIC = _LIVE.where(
    Offer.idea_id == bindparam("idea_id"), Organisation.standing == Standing.VERIFIED
)
_PUBLIC_TITLE = case((Idea.publication.in_(READABLE), Idea.title), else_="")
_THEIRS = _offers(_columns(_PUBLIC_TITLE)).order_by(Offer.id.desc())


def _offered(statement: Select[Any], **values: Any) -> list[Offered]:
    return [Offered(*row) for row in read(statement, **values)]


def public_offers(idea_id: int) -> list[Offered]:
    """What everybody sees under an idea: offers of verified organisations."""
    return _offered(_PUBLIC, idea_id=idea_id)


def offers_for(idea_id: int) -> list[Offered]:
    """What staff see under an idea."""
    return _offered(_LIVE.where(Offer.idea_id == idea_id))


def unanswered() -> list[Offered]:
    """Offers that wait for staff, oldest first."""
    return _offered(_LIVE.where(Offer.state.in_((OfferState.MADE, OfferState.IN_TALKS))))


def of_organisations(ids: frozenset[int]) -> list[Offered]:
    """Everything they ever offered, the newest first; no title of an idea that is not public any
    more."""
    return _offered(_THEIRS.where(Offer.organisation_id.in_(ids)))


def agreements(*which: ColumnElement[bool]) -> list[Agreed]:
    rows = db.session.execute(
        select(Agreement, Organisation.name)
        .join(Organisation, Organisation.id == Agreement.organisation_id)
        .where(*which)
        .order_by(Agreement.id.desc())
        .limit(200)
    )
    return [
        Agreed(
            id=agreement.id,
            program_id=agreement.program_id,
            organisation_id=agreement.organisation_id,
            organisation=name,
            state=agreement.state,
            sent_at=agreement.sent_at,
            remark=agreement.remark,
        )
        for agreement, name in rows
    ]


def state_for(program_id: int) -> list[Agreed]:
    """The agreements of one program that were sent."""
    return agreements(Agreement.program_id == program_id, Agreement.current > 0)


def asked(program_id: int) -> set[int]:
    """The organisations to which an agreement for this program was sent."""
    mine = select(Agreement.organisation_id).where(
        Agreement.program_id == program_id, Agreement.current > 0
    )
    return set(db.session.scalars(mine))


def paper(agreement_id: int, *, n: int | None = None) -> Paper:
    """One version (the one in force, where none is named), unchanged for ever."""
    row = db.session.execute(
        select(Agreement, Organisation.name, AgreementVersion)
        .join(Organisation, Organisation.id == Agreement.organisation_id)
        .join(AgreementVersion, AgreementVersion.agreement_id == Agreement.id)
        .where(Agreement.id == agreement_id, AgreementVersion.n == (n or Agreement.current))
    ).first()
    if row is None:
        raise Missing(_("There is nothing here, or it is no longer public."))
    agreement, name, version = row
    signatures = db.session.scalars(
        select(Signature)
        .where(Signature.agreement_id == agreement_id, Signature.n == version.n)
        .order_by(Signature.signed_at)
    ).all()
    return Paper(
        agreement=agreement,
        organisation=name,
        n=version.n,
        html=version.html,
        signatures=signatures,
    )
