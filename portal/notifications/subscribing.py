"""Who follows an idea, why, and who said no. Every call can be repeated without harm."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, delete, select, update

from portal.accounts.models import Person
from portal.core import clock
from portal.core.database import db, insert, read, write
from portal.core.errors import Missing
from portal.mail.letters import idea_refusals
from portal.notifications.models import Reason, Stop, Subscription

_STOPPED = select(Stop.idea_id).where(
    Stop.idea_id == bindparam("idea_id"), Stop.person_id == bindparam("person_id")
)


def follow(idea_id: int, *, person_id: int, reason: Reason) -> None:
    """A subscription of this kind. Only the person's own "Follow" takes a former no back."""
    write(_subscribed, idea_id=idea_id, person_id=person_id, reason=reason)
    if reason is Reason.FOLLOWS:
        db.session.execute(delete(Stop).where(Stop.idea_id == idea_id, Stop.person_id == person_id))


def _subscribed() -> Any:
    return insert(Subscription).on_conflict_do_nothing()


def drop(idea_id: int, *, person_id: int, reason: Reason) -> None:
    """This reason is gone, as when a vote is taken back; others stay."""
    write(_dropped, idea_id=idea_id, person_id=person_id, reason=reason)


def _dropped() -> Any:
    return delete(Subscription).where(
        Subscription.idea_id == bindparam("idea_id"),
        Subscription.person_id == bindparam("person_id"),
        Subscription.reason == bindparam("reason"),
    )


def drop_all(idea_id: int, *, people: Sequence[int], reason: Reason) -> None:
    """The same for many at once."""
    db.session.execute(
        delete(Subscription).where(
            Subscription.idea_id == idea_id,
            Subscription.person_id.in_(people),
            Subscription.reason == reason,
        )
    )


def stop(idea_id: int, *, person_id: int) -> None:
    """An explicit no to this idea."""
    row = {"idea_id": idea_id, "person_id": person_id, "since": clock.now()}
    db.session.execute(insert(Stop).values(row).on_conflict_do_nothing())
    drop(idea_id, person_id=person_id, reason=Reason.FOLLOWS)


def stop_followed(idea_id: int, *, person_id: int) -> None:
    """The same, of an idea that this person hears about."""
    if not _hears(idea_id, person_id):
        raise Missing(_("You do not hear about this idea."))
    stop(idea_id, person_id=person_id)


def start(idea_id: int, *, person_id: int) -> None:
    """The no is taken back: they hear of it again for the reasons they have, or because they ask
    to now."""
    mine = delete(Stop).where(Stop.idea_id == idea_id, Stop.person_id == person_id)
    taken_back = db.session.execute(mine.returning(Stop.idea_id)).first()
    if taken_back and not _hears(idea_id, person_id):
        follow(idea_id, person_id=person_id, reason=Reason.FOLLOWS)


def start_all(person_id: int) -> None:
    """The no to everything is taken back; what was stopped idea by idea stays so."""
    mine = update(Person).where(Person.id == person_id)
    db.session.execute(mine.values(mail_stopped_at=None))


def _hears(idea_id: int, person_id: int) -> bool:
    mine = (Subscription.idea_id == idea_id, Subscription.person_id == person_id)
    return db.session.scalar(select(Subscription.idea_id).where(*mine).limit(1)) is not None


def stop_all(person_id: int) -> None:
    """An explicit no to everything that may be stopped."""
    db.session.execute(
        update(Person)
        .where(Person.id == person_id, Person.mail_stopped_at.is_(None))
        .values(mail_stopped_at=clock.now())
    )


def refused(person_id: int, idea_id: int) -> bool:
    return read(_STOPPED, idea_id=idea_id, person_id=person_id).first() is not None


idea_refusals.append(refused)
