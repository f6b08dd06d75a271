"""Whatever is due leaves, at least once and seldom twice.

A row is claimed for a while (the lease) by one statement; ``attempt`` is the fence: whoever
finishes a row says which attempt was theirs. Between the relay's yes and our mark lies the one
window in which a killed worker costs a second copy, with the same Message-ID.
"""

import logging
import random
import smtplib
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from portal.core import clock, config
from portal.core.database import db, insert, read, transaction, write
from portal.jobs.schedule import every, stopping
from portal.mail.composing import compose, spell_out
from portal.mail.letters import (
    Addressee,
    Envelope,
    Letter,
    addressees,
    guests,
    idea_refusals,
    renderers,
)
from portal.mail.models import MailState, Outgoing, Suppression
from portal.mail.transport import Relay, keep_for_demo

LEASE = timedelta(minutes=5)
LONGEST_MAIL = timedelta(minutes=2)  # the relay may use its time limit at each of its answers
BATCH = 20
AT_ONCE = 5.0  # seconds
GIVE_UP = timedelta(days=3)
SHORT_LIVED = {"sign_in": timedelta(minutes=10)}
LONGEST_PAUSE = timedelta(hours=6)
REFUSED_FOR_GOOD = 500
POLICY = b"5.7."  # RFC 3463

log = logging.getLogger("portal")

_OWED = sa.select(
    Outgoing.id,
    Outgoing.kind,
    Outgoing.person_id,
    Outgoing.address,
    Outgoing.context,
    Outgoing.sealed,
).where(Outgoing.id == sa.bindparam("id"))
_NOW = sa.bindparam("now", type_=Outgoing.due_at.type)
_DUE = (
    sa.select(Outgoing.id)
    .where(
        Outgoing.state == MailState.QUEUED,
        Outgoing.due_at <= _NOW,
        sa.or_(Outgoing.lease_until.is_(None), Outgoing.lease_until <= _NOW),
    )
    .order_by(Outgoing.due_at, Outgoing.id)
)
_ANY_DUE = _DUE.limit(1)
_SUPPRESSED = sa.select(Suppression.address).where(Suppression.address == sa.bindparam("address"))


@every(seconds=1)
def send_due() -> None:
    """Send what is due, for a while: other rules want their turn. An empty look writes nothing."""
    settings = config.current()
    if not settings.demo and not settings.smtp_host:
        return
    relay, until = Relay(), time.monotonic() + AT_ONCE
    try:
        while time.monotonic() < until and not stopping.is_set() and (rows := _claim()):
            _deliver_all(rows, relay)
    finally:
        relay.close()


def _claim() -> list[sa.Row[int, int]]:
    now = clock.now()
    if read(_ANY_DUE, now=now).first() is None:
        db.session.rollback()
        return []
    with transaction():
        claimed = write(_claimed, now=now, until=now + LEASE).all()
    return sorted(claimed, key=lambda row: row.id)


def _claimed() -> Any:
    some = _DUE.limit(BATCH).with_for_update(skip_locked=True).scalar_subquery()
    return (
        sa.update(Outgoing)
        .where(Outgoing.id.in_(some))
        .values(attempt=Outgoing.attempt + 1, lease_until=sa.bindparam("until"))
        .returning(Outgoing.id, Outgoing.attempt)
    )


def _deliver_all(rows: Sequence[sa.Row[int, int]], relay: Relay) -> None:
    """One after the other. Once told to end, or when the lease might not last for one more, the
    rest is handed back."""
    enough = clock.now() + LEASE - LONGEST_MAIL
    for n, row in enumerate(rows):
        if stopping.is_set() or clock.now() > enough:
            for outgoing_id, attempt in rows[n:]:
                _finish(outgoing_id, attempt)
            return
        _deliver(row, relay)


def _deliver(row: sa.Row[int, int], relay: Relay) -> None:
    """A mail that cannot be made is put off like one that the relay did not take, and does not
    stop the others."""
    outgoing_id, attempt = row
    try:
        made = _make(outgoing_id)
        if made:
            _hand_over(*made, relay)
    except Exception as error:
        db.session.rollback()
        relay.close()
        if isinstance(error, (smtplib.SMTPException, OSError)):
            log.warning(
                "mail not taken",
                extra={"mail": outgoing_id, "attempt": attempt, "final": _is_for_good(error)},
                exc_info=True,
            )
        else:
            log.exception("mail not made", extra={"mail": outgoing_id})
        _put_off(outgoing_id, attempt, error)
    else:
        if made:
            _finish(outgoing_id, attempt, state=MailState.SENT, sent_at=clock.now(), sealed=None)
        else:
            _finish(outgoing_id, attempt, state=MailState.CANCELLED, sealed=None)


def _hand_over(envelope: Envelope, letter: Letter, relay: Relay) -> None:
    if config.current().demo:
        keep_for_demo(envelope.id, envelope.address, spell_out(envelope, letter))
        return
    message = compose(envelope, letter)
    db.session.rollback()  # nothing is held while the relay takes its time
    relay.send(message)


def _make(outgoing_id: int) -> tuple[Envelope, Letter] | None:
    """Who it is for and what it says now; None where there is no reason left to send it."""
    row = read(_OWED, id=outgoing_id).one()
    to = _addressee(row.person_id, row.address)
    if to is None or read(_SUPPRESSED, address=to.address).first():
        return None
    envelope = Envelope(
        id=row.id,
        kind=row.kind,
        context=row.context or {},
        address=to.address,
        person_id=row.person_id,
        name=to.name,
        stop_path=to.stop_path,
        sealed=row.sealed,
    )
    letter = renderers[row.kind](envelope)
    if letter is None or _is_unwanted(envelope, letter, to):
        return None
    return envelope, letter


def _addressee(person_id: int | None, address: str | None) -> Addressee | None:
    if address is not None:
        return next(find(address) for find in guests)
    found = (find(person_id or 0) for find in addressees)
    return next((one for one in found if one), None)


def _is_unwanted(envelope: Envelope, letter: Letter, to: Addressee) -> bool:
    if letter.stoppable and to.stopped:
        return True
    person, idea = envelope.person_id, letter.about_idea
    return bool(person and idea and any(refused(person, idea) for refused in idea_refusals))


def _put_off(outgoing_id: int, attempt: int, error: Exception) -> None:
    """Later again, or never: refused for good, or too old by now."""
    words = f"{type(error).__name__}: {error}"[:300]
    if _is_for_good(error):
        _flag_addresses(error, words)
        _finish(outgoing_id, attempt, state=MailState.FAILED, last_error=words, sealed=None)
        return
    row = db.session.get_one(Outgoing, outgoing_id, populate_existing=True)
    if clock.now() - row.due_at > SHORT_LIVED.get(row.kind, GIVE_UP):
        _finish(outgoing_id, attempt, state=MailState.FAILED, last_error=words, sealed=None)
    else:
        _finish(outgoing_id, attempt, lease_until=clock.now() + _pause(attempt), last_error=words)


def _is_for_good(error: Exception) -> bool:
    """The relay refused this recipient, or this message, with a permanent code."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= REFUSED_FOR_GOOD for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= REFUSED_FOR_GOOD


def _flag_addresses(error: Exception, words: str) -> None:
    """Nothing is sent again to an address that was refused. A refused message, or one refused for
    the relay's policy, says nothing about the address."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return
    refused = (to for to, (_code, said) in error.recipients.items() if not said.startswith(POLICY))
    with transaction():
        for address in refused:
            flag = insert(Suppression).values(address=address, reason=words, since=clock.now())
            db.session.execute(flag.on_conflict_do_nothing(index_elements=["address"]))


def _pause(attempt: int) -> timedelta:
    doubled: timedelta = min(timedelta(seconds=30) * 2 ** min(attempt - 1, 12), LONGEST_PAUSE)
    return doubled * random.uniform(0.75, 1.25)  # noqa: S311  spreads, hides nothing


def _finish(outgoing_id: int, attempt: int, **values: object) -> None:
    """Only if the row is still ours: another worker may hold it since our lease ran out."""
    with transaction():
        write(_ours, this=outgoing_id, ours=attempt, **{"lease_until": None} | values)


def _ours() -> Any:
    return sa.update(Outgoing).where(
        Outgoing.id == sa.bindparam("this"),
        Outgoing.attempt == sa.bindparam("ours"),
        Outgoing.state == MailState.QUEUED,
    )
