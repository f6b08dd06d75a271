"""Leaving. Somebody who wants to is asked again by mail and has seven days to think better of it;
then whatever names them goes, and what must stay (counts, versions, signatures) stays without a
name. The row of a person is blanked, never deleted."""

import logging
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, or_, select

from portal.accounts import granting
from portal.accounts.events import PersonErased
from portal.accounts.models import (
    Challenge,
    CodeApp,
    Device,
    Grant,
    HalfSignIn,
    Passkey,
    Person,
    RecoveryCode,
    SignIn,
    Waiting,
)
from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db, lock, transaction
from portal.core.errors import Missing, Refused
from portal.core.events import publish
from portal.core.tokens import is_signed
from portal.jobs.schedule import every
from portal.mail import outbox

GRACE = timedelta(days=7)

log = logging.getLogger("portal")


def ask(person_id: int, *, withdraws_ideas: bool) -> datetime:
    """This person wants to leave: in seven days, unless they say otherwise. Gives the moment."""
    granting.refuse_last_administrator(person_id)
    person = lock(Person, person_id)
    person.leaves_at = clock.now() + GRACE
    person.withdraws_ideas = withdraws_ideas
    outbox.queue(
        "leaving",
        key=f"leaving:{person_id}:{version(person.leaves_at)}",
        to=person_id,
        context={"leaves": version(person.leaves_at)},
    )
    record("person.leave", actor_id=person_id, thing=("person", person_id))
    return person.leaves_at


def stay(person_id: int) -> None:
    """They stay after all. Twice does no harm."""
    person = lock(Person, person_id)
    if person.leaves_at is not None:
        person.leaves_at = None
        record("person.stay", actor_id=person_id, thing=("person", person_id))


def check_link(person_id: int, signature: str) -> None:
    """Whether this is the link of the mail, while they still want to leave."""
    person = db.session.get(Person, person_id)
    number = version(person.leaves_at) if person else 0
    if not number or not is_signed(signature, "stay", person_id, number):
        raise Missing(
            _("This link has ended, or is not whole."),
            _("Your page says whether your account stays."),
        )


def version(leaves_at: datetime | None) -> int:
    """What the link in the mail is signed for: it ends with the wish that it belongs to."""
    return int(leaves_at.timestamp()) if leaves_at else 0


@every(seconds=3600)
def erase_due() -> None:
    """Erase those whose seven days are over. One who cannot be is told to the log, stops no other
    and is due again the next time."""
    due = select(Person.id).where(Person.leaves_at <= clock.now()).order_by(Person.id)
    people = db.session.scalars(due.limit(500)).all()
    db.session.rollback()
    for person_id in people:
        try:
            with transaction():
                erase(person_id)
        except Refused:
            log.warning("person cannot leave yet", extra={"row": person_id})
        except Exception:
            log.exception("person not erased", extra={"row": person_id})


def erase(person_id: int) -> None:
    """Now. Everybody who knows something of this person takes it out."""
    person = db.session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    if person.leaves_at is None or person.leaves_at > clock.now():
        return
    granting.refuse_last_administrator(person_id)
    publish(PersonErased(person_id=person_id, withdraws_ideas=person.withdraws_ideas))
    _forget_sign_ins(person)
    outbox.forget_person(person_id, person.email or "")
    person.email, person.name, person.password_hash, person.lang = None, "", None, "en"
    person.confirmed_at = person.trusted_at = person.mail_stopped_at = person.leaves_at = None
    person.withdraws_ideas = False
    person.blanked_at = clock.now()
    record("person.erase", actor_id=None, thing=("person", person_id))


def _forget_sign_ins(person: Person) -> None:
    waits = select(Waiting.id).where(Waiting.person_id == person.id)
    own = func.lower(SignIn.email) == (person.email or "").lower()
    db.session.execute(delete(SignIn).where(or_(own, SignIn.waiting_id.in_(waits))))
    db.session.execute(delete(HalfSignIn).where(HalfSignIn.waiting_id.in_(waits)))
    for table in (
        *(HalfSignIn, Waiting, Device, Grant),
        *(Passkey, Challenge, CodeApp, RecoveryCode),
    ):
        db.session.execute(delete(table).where(table.person_id == person.id))
