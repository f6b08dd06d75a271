"""Who hears by mail that a session is not what it was: everybody registered or waiting, and the
people of the organisations that run it with the library. One mail for each change."""

from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.mail import outbox
from portal.organisations import queries as organisations
from portal.programs import queries
from portal.programs.lifecycle import LIVE, ProgramStage
from portal.programs.models import Program, Registration, Session


def tell_guests(kind: str, session: Session, **context: Any) -> None:
    """Owe a mail of this kind to everybody registered or waiting who can be told by one."""
    guests = db.session.execute(
        select(Registration.id, Registration.person_id, Registration.email).where(
            Registration.session_id == session.id,
            Registration.state.in_(LIVE),
            Registration.at_desk.is_(False),
        )
    ).all()
    for registration_id, person_id, email in guests:
        outbox.queue(
            kind,
            key=f"session:{session.id}:v{session.version}:{registration_id}",
            to=person_id or email or "",
            context={"registration_id": registration_id, **context},
        )


def tell_partners(kind: str, session: Session, **context: Any) -> None:
    """Owe one to the people of each partner. Of a plan they read in its agreement."""
    program = db.session.get_one(Program, session.program_id)
    if program.stage is ProgramStage.PLANNING:
        return
    for partner_id in queries.partner_ids(program.id):
        for person_id in organisations.members(partner_id):
            outbox.queue(
                kind,
                key=f"session:{session.id}:v{session.version}:partner:{partner_id}:{person_id}",
                to=person_id,
                context={"session_id": session.id, "partner_id": partner_id, **context},
            )
