"""Somebody has left: seats to come are given back, and no seat has their name any more."""

from sqlalchemy import and_, or_, select, update

from portal.accounts.events import PersonErased
from portal.core import clock
from portal.core.database import db
from portal.core.events import on
from portal.programs import registering
from portal.programs.clearing import UNNAMED
from portal.programs.lifecycle import LIVE, SessionStage
from portal.programs.models import Registration, Session
from portal.programs.parts import seats_of


@on(PersonErased)
def forget(event: PersonErased) -> None:
    mine = seats_of(event.person_id)
    to_come = (
        select(Registration.id)
        .join(Session, Session.id == Registration.session_id)
        .where(
            mine,
            Registration.state.in_(LIVE),
            or_(
                Session.stage == SessionStage.POSTPONED,
                and_(Session.stage == SessionStage.SCHEDULED, Session.starts_at > clock.now()),
            ),
        )
        .order_by(Session.id)
    )
    for registration_id in db.session.scalars(to_come).all():
        registering.cancel(registration_id)
    db.session.flush()
    db.session.execute(
        update(Registration)
        .where(mine)
        .values(UNNAMED)
        .execution_options(synchronize_session="fetch")
    )
