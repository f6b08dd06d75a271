"""Those who follow the idea have the first seats for 72 hours, which start when the last of their
mails has left (one failed for good counts as left). Until they end nobody else registers."""

from datetime import timedelta

from sqlalchemy import select, update

from portal.core import clock
from portal.core.database import db, transaction
from portal.jobs.schedule import every
from portal.mail.models import MailState, Outgoing
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Program, ProgramIdea

LENGTH = timedelta(hours=72)


def mail_key(program_id: int) -> str:
    return f"program:{program_id}"


@every(seconds=60)
def move_on() -> None:
    """Start the hours of programs whose mails have all left; end those that are over."""
    waiting = select(Program.id).where(
        Program.stage == ProgramStage.ANNOUNCED,
        Program.first_seats_over.is_(False),
        Program.first_seats_until.is_(None),
    )
    for program_id in db.session.scalars(waiting).all():
        if not _mails_wait(program_id):
            _set(program_id, first_seats_until=clock.now() + LENGTH)
    over = select(Program.id).where(
        Program.first_seats_over.is_(False), Program.first_seats_until <= clock.now()
    )
    for program_id in db.session.scalars(over).all():
        _set(program_id, first_seats_over=True)
    db.session.rollback()


def _mails_wait(program_id: int) -> bool:
    ideas = select(ProgramIdea.idea_id).where(ProgramIdea.program_id == program_id)
    for idea_id in db.session.scalars(ideas).all():
        begins = f"idea:{idea_id}:{mail_key(program_id)}:"
        waits = select(Outgoing.id).where(
            Outgoing.dedupe_key.startswith(begins, autoescape=True),
            Outgoing.state == MailState.QUEUED,
        )
        if db.session.scalar(waits.limit(1)) is not None:
            return True
    return False


def _set(program_id: int, **values: object) -> None:
    with transaction():
        db.session.execute(update(Program).where(Program.id == program_id).values(values))
