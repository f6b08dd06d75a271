"""Who is expected at a session, who came, and who is to be called: for staff alone."""

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select

from portal.core import clock
from portal.core.database import db, get
from portal.policy import Actor, Permission, may, require
from portal.programs import places
from portal.programs.lifecycle import LIVE, SeatState, SessionStage
from portal.programs.models import Registration, Session


def expected(session_id: int, *, reader: Actor, like: str = "") -> Sequence[Registration]:
    """Who is expected, by name, then who is here, for staff of the session's branch: no sign-up
    time, which could tell who voted."""
    require(reader, Permission.SESSION_RUN, places.of(get(Session, session_id)))
    live = (SeatState.REGISTERED, SeatState.OFFERED, SeatState.ATTENDED, SeatState.WAITLISTED)
    statement = select(Registration).where(
        Registration.session_id == session_id, Registration.state.in_(live)
    )
    if like:
        statement = statement.where(
            or_(
                Registration.name.icontains(like[:60], autoescape=True),
                Registration.code.startswith(like.upper()[:20], autoescape=True),
            )
        )
    return db.session.scalars(
        statement.order_by(
            Registration.state == SeatState.ATTENDED,
            func.lower(Registration.name),
            Registration.id,
        ).limit(300)
    ).all()


def arrived(session_id: int) -> int:
    total = select(func.coalesce(func.sum(Registration.arrived), 0)).where(
        Registration.session_id == session_id, Registration.state == SeatState.ATTENDED
    )
    return db.session.scalar(total) or 0


def to_tell(session_id: int, *, reader: Actor) -> tuple[int, int]:
    """How many parties are registered or wait: those with an e-mail, and those without."""
    require(reader, Permission.SESSION_RUN, places.of(get(Session, session_id)))
    by_mail = func.count().filter(Registration.at_desk.is_(False))
    row = db.session.execute(
        select(by_mail, func.count() - by_mail).where(
            Registration.session_id == session_id, Registration.state.in_(LIVE)
        )
    ).one()
    return row[0], row[1]


def to_call(program_id: int, *, reader: Actor) -> list[Registration]:
    """Who has seats at a date that was cancelled, postponed or moved since, and no e-mail to be
    told by: for staff of the session's branch, as their guests are."""
    off = Session.stage.in_((SessionStage.CANCELLED, SessionStage.POSTPONED))
    moved = and_(Session.starts_at > clock.now(), Session.moved_at >= Registration.made_at)
    rows = db.session.execute(
        select(Registration, Session)
        .join(Session, Session.id == Registration.session_id)
        .where(
            Session.program_id == program_id,
            or_(off, moved),
            Registration.at_desk,
            Registration.state == SeatState.REGISTERED,
            Registration.name != "",
        )
        .order_by(Registration.session_id, func.lower(Registration.name))
    )
    return [
        guest for guest, session in rows if may(reader, Permission.SESSION_RUN, places.of(session))
    ]
