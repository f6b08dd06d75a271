"""What pages read of seats: of a ticket, and of a person's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, bindparam, func, or_, select

from portal.core import clock
from portal.core.database import db, read
from portal.core.errors import Missing
from portal.programs import queries
from portal.programs.lifecycle import LIVE, SeatState, SessionStage
from portal.programs.models import Program, Registration, Session
from portal.programs.queries import Sitting


@dataclass(frozen=True, slots=True)
class OwnSeat:
    """A seat on the page of the person whose it is."""

    registration: Registration
    title: str
    starts_local: datetime
    ends_at: datetime
    stage: SessionStage

    @property
    def state(self) -> str:
        """How it stands with the seat, in a word: that of the session where it decides."""
        if self.stage is SessionStage.CANCELLED:
            return "called_off"
        taken = self.registration.state in (SeatState.REGISTERED, SeatState.OFFERED)
        over = taken and self.ends_at <= clock.now() and not self.postponed
        return "over" if over else self.registration.state

    @property
    def postponed(self) -> bool:
        return self.stage is SessionStage.POSTPONED


def ticket(code: str) -> tuple[Registration, Sitting]:
    row = db.session.execute(
        select(Registration).where(Registration.code == code.upper()[:20])
    ).first()
    if row is None or row[0].state is SeatState.CANCELLED:
        raise Missing(_("There is no such ticket, or its seat was given back."))
    return row[0], queries.sitting(row[0].session_id)


def seat(registration_id: int) -> Registration | None:
    return db.session.get(Registration, registration_id)


def position(registration: Registration) -> int | None:
    """How many wait from here to the front of the list, this one counted; None off the list."""
    if registration.state is not SeatState.WAITLISTED:
        return None
    ahead = select(func.count()).where(
        Registration.session_id == registration.session_id,
        Registration.state == SeatState.WAITLISTED,
        Registration.place <= registration.place,
    )
    return db.session.scalar(ahead)


_MINE = select(*Registration.__table__.columns).where(
    Registration.session_id.in_(bindparam("session_ids", expanding=True)),
    Registration.person_id == bindparam("person_id"),
    Registration.state != SeatState.CANCELLED,
)


def mine(session_ids: Sequence[int], *, person_id: int | None) -> dict[int, Row[Any]]:
    """The reader's own live registrations at these sessions, by session."""
    if person_id is None or not session_ids:
        return {}
    own = read(_MINE, session_ids=session_ids, person_id=person_id)
    return {one.session_id: one for one in own}


def of_person(person_id: int) -> list[OwnSeat]:
    """A person's registrations, the latest first."""
    rows = db.session.execute(
        select(Registration, Program.title, Session.starts_local, Session.ends_at, Session.stage)
        .join(Session, Session.id == Registration.session_id)
        .join(Program, Program.id == Session.program_id)
        .where(Registration.person_id == person_id)
        .order_by(Session.starts_at.desc())
        .limit(100)
    )
    return [OwnSeat(*row) for row in rows]


def seats_to_come(person_id: int) -> int:
    """How many of a person's seats, or places on a list, are still ahead."""
    ahead = (
        select(func.count(Registration.id))
        .join(Session, Session.id == Registration.session_id)
        .where(
            Registration.person_id == person_id,
            Registration.state.in_(LIVE),
            or_(Session.starts_at > clock.now(), Session.stage == SessionStage.POSTPONED),
        )
    )
    return db.session.scalar(ahead) or 0
