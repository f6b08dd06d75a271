"""What is always true of agreements, as ``flask portal check`` tests it."""

from collections.abc import Iterable

from sqlalchemy import and_, exists, func, or_, select

from portal.agreements.lifecycle import AgreementState
from portal.agreements.models import Agreement, Side, Signature
from portal.core.checking import checks
from portal.core.database import db

_UNSIGNED = (AgreementState.DRAFT, AgreementState.SENT, AgreementState.SENT_BACK)
_IN_FORCE = (AgreementState.ACTIVE, AgreementState.FULFILLED, AgreementState.EXPIRED)


@checks("an agreement in force is signed by both sides, each by another person")
def signatures() -> Iterable[str]:
    here = (Signature.agreement_id == Agreement.id) & (Signature.n == Agreement.current)
    sides = select(func.count(func.distinct(Signature.side))).where(here).scalar_subquery()
    people = select(func.count(func.distinct(Signature.person_id))).where(here).scalar_subquery()
    bare = select(Agreement.id).where(Agreement.state.in_(_IN_FORCE), (sides < 2) | (people < 2))
    for agreement_id in db.session.scalars(bare):
        yield f"agreement {agreement_id} is in force without both signatures"
    partner = exists().where(here, Signature.side == Side.PARTNER)
    early = select(Agreement.id).where(
        or_(
            and_(Agreement.state == AgreementState.PARTNER_SIGNED, ~partner),
            and_(Agreement.state.in_(_UNSIGNED), sides > 0),
        )
    )
    for agreement_id in db.session.scalars(early):
        yield f"agreement {agreement_id}: its state and its signatures do not fit"
