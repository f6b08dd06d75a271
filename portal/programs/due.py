"""What the clock does to seats: offers lapse, reminders are owed."""

from datetime import datetime, time, timedelta

from sqlalchemy import select

from portal.core import clock
from portal.core.database import db, transaction
from portal.core.locale import to_local, to_utc
from portal.jobs.schedule import every, one_by_one
from portal.mail import outbox
from portal.programs import registering
from portal.programs.lifecycle import SeatState, SessionStage
from portal.programs.models import Registration, Session

REMIND_AT = time(9)  # the day before, where the session is
BATCH = 500


@every(seconds=30)
def lapse_offers() -> None:
    """Seats on offer whose time is over go to the next."""
    late = select(Registration.id).where(
        Registration.state == SeatState.OFFERED, Registration.offered_until <= clock.now()
    )
    ids = db.session.scalars(late.order_by(Registration.offered_until).limit(BATCH)).all()
    one_by_one(registering.lapse, ids)


@every(seconds=60)
def remind() -> None:
    """One reminder the day before, to those who ticked it. Registered for a new time: anew."""
    now = clock.now()
    soon = (
        select(Registration.id, Registration.person_id, Registration.email, Session.starts_at)
        .add_columns(Session.zone)
        .join(Session, Session.id == Registration.session_id)
        .where(
            Registration.state == SeatState.REGISTERED,
            Registration.remind,
            Session.stage == SessionStage.SCHEDULED,
            Session.starts_at > now,
            Session.starts_at <= now + timedelta(hours=48),
        )
    )
    due = [row for row in db.session.execute(soon).all() if _reminder(row[3], row[4]) <= now]
    db.session.rollback()
    if not due:
        return
    with transaction():
        for registration_id, person_id, email, starts_at, _zone in due:
            outbox.queue(
                "seat_reminder",
                key=f"reminder:{registration_id}:{starts_at:%Y%m%d%H%M}",
                to=person_id or email or "",
                context={"registration_id": registration_id},
            )


def _reminder(starts_at: datetime, zone: str) -> datetime:
    day_before = to_local(starts_at, zone).date() - timedelta(days=1)
    return to_utc(datetime.combine(day_before, REMIND_AT), zone)
