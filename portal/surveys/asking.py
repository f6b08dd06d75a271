"""Two hours after a session, those who came are asked; and nobody can tell later who answered.

As many tokens are drawn as there are people to ask. Of each, only fingerprints are kept, in
the order of their hashes; which mail carries which token is decided by lot and sealed with a key
that is destroyed when the last mail has left. Where fewer came than the smallest cell that may
be shown, nobody is asked.
"""

import secrets
from datetime import timedelta

from sqlalchemy import String, cast, exists, func, insert, literal, or_, select

from portal.accounts import addresses
from portal.accounts.models import Person
from portal.core import clock
from portal.core.database import checkpoint, db, lock
from portal.core.tokens import draw, seal
from portal.jobs.schedule import every, one_by_one
from portal.mail.models import MailState, Outgoing
from portal.mail.outbox import queue
from portal.programs.lifecycle import SeatState, SessionStage
from portal.programs.models import Program, Registration, Session
from portal.settings.queries import current as library
from portal.surveys import instruments, keys, tickets
from portal.surveys.models import Invitation, Survey, Ticket

AFTER = timedelta(hours=2)
OPEN_FOR = timedelta(days=14)

_TOOK_PLACE = (SessionStage.SCHEDULED, SessionStage.HELD)  # not counted yet, or counted
_CAME = (SeatState.ATTENDED,)
_SAVED_A_SEAT = (SeatState.REGISTERED, SeatState.NO_SHOW)
_chance = secrets.SystemRandom()


@every(seconds=60)
def ask_due() -> None:
    """Open the surveys whose time has come."""
    one_by_one(ask, _due())


def _due() -> list[int]:
    """Sessions that took place two hours ago or more, without a survey, with enough to ask."""
    now, smallest = clock.now(), library().smallest_cell
    came = func.count().filter(Registration.state.in_(_CAME))
    rows = db.session.execute(
        select(Session.id, came, func.count() - came)
        .join(Registration, Registration.session_id == Session.id)
        .where(
            Session.stage.in_(_TOOK_PLACE),
            Session.ends_at.between(now - OPEN_FOR, now - AFTER),
            ~exists().where(Survey.session_id == Session.id),
            Registration.state.in_(_CAME + _SAVED_A_SEAT),
            or_(Registration.person_id.is_not(None), Registration.email.is_not(None)),
        )
        .group_by(Session.id)
        .order_by(Session.id)
    )
    return [session_id for session_id, came, saved in rows if (came or saved) >= smallest]


def ask(session_id: int) -> Survey | None:
    """Open the survey of a session and owe each party its invitation: once, and only where
    enough came that nobody stands out."""
    session = lock(Session, session_id)
    opened = select(Survey.id).where(Survey.session_id == session_id)
    guests = _guests(session_id)
    if db.session.scalar(opened) is not None or len(guests) < library().smallest_cell:
        return None
    if session.stage not in _TOOK_PLACE:
        return None  # called off while we looked
    program, now = db.session.get_one(Program, session.program_id), clock.now()
    survey = Survey(
        session_id=session_id,
        instrument_id=instruments.use(program.instrument_id).id,
        opened_at=now,
        closes_at=now + OPEN_FOR,
        invited=len(guests),
    )
    db.session.add(survey)
    db.session.flush()
    _invite(survey, guests)
    return survey


def _guests(session_id: int) -> dict[int, int | str]:
    """Whom to write to, by registration: who came, or saved a seat where nobody was checked in.
    One for each mailbox."""
    rows = db.session.execute(
        select(Registration.id, Registration.state, Registration.person_id, Registration.email)
        .add_columns(Person.email_key)
        .outerjoin(Person, Person.id == Registration.person_id)
        .where(
            Registration.session_id == session_id,
            Registration.state.in_(_CAME + _SAVED_A_SEAT),
            or_(Person.email_key.is_not(None), Registration.email.is_not(None)),
        )
        .order_by(Registration.id)
    ).all()
    came = [row for row in rows if row.state in _CAME] or rows
    by_mailbox = {row.email_key or addresses.key(row.email): row for row in reversed(came)}
    return {row.id: row.person_id or row.email for row in by_mailbox.values()}


def _invite(survey: Survey, guests: dict[int, int | str]) -> None:
    """Invitations, tickets in the order of their hashes, and mails by lot, all in one go."""
    tokens = [draw() for _guest in guests]
    kept = sorted(tickets.fingerprints(token) for token in tokens)
    db.session.execute(
        insert(Invitation),
        [{"survey_id": survey.id, "registration_id": one} for one in sorted(guests)],
    )
    db.session.execute(
        insert(Ticket),
        [{"hash": one.hash, "code": one.code, "survey_id": survey.id} for one in kept],
    )
    _chance.shuffle(tokens)
    key = keys.draw(survey.id)
    for (registration_id, to), token in zip(sorted(guests.items()), tokens, strict=True):
        queue(
            "survey_invitation",
            key=f"survey:{survey.session_id}:{registration_id}",
            to=to,
            context={"survey": survey.id},
            secret=seal(token, key=key),
        )


@every(seconds=60)
def forget_tokens() -> None:
    """Once the last invitation has left, nothing can open what was sealed for it."""
    for survey_id in keys.kept():
        over = _has_left(survey_id)
        db.session.rollback()
        if over and checkpoint():
            keys.destroy(survey_id)


def _has_left(survey_id: int) -> bool:
    """Whether none of its mails waits any more. A survey that nobody sees yet is being made."""
    survey = db.session.get(Survey, survey_id)
    if survey is None or survey.closes_at <= clock.now():
        return survey is not None
    reason = literal(f"survey:{survey.session_id}:") + cast(Invitation.registration_id, String)
    waits = (
        select(Outgoing.id)
        .join(Invitation, Outgoing.dedupe_key == reason)
        .where(Invitation.survey_id == survey_id, Outgoing.state == MailState.QUEUED)
    )
    return db.session.scalar(waits.limit(1)) is None
