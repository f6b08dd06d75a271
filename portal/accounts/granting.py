"""Roles given and taken, each change in the audit log."""

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from portal.accounts.models import Grant, Person
from portal.audit.recording import record
from portal.core.database import db, insert, lock
from portal.core.errors import Refused
from portal.policy import Role


def grant(
    person_id: int, *, role: Role, branch_id: int | None = None, by: int | None = None
) -> bool:
    """Give the role, for all branches or the one named. Giving it twice changes nothing, and
    then the answer is False. ``by`` is the person who does it; None for the command line."""
    if role is Role.RESIDENT:
        raise Refused(_("Everybody is a resident already."))
    lock(Person, person_id)
    given = db.session.execute(
        insert(Grant)
        .values(person_id=person_id, role=role, branch_id=branch_id)
        .on_conflict_do_nothing()
        .returning(Grant.id)
    ).first()
    if given:
        _note("person.grant", person_id, role, branch_id, by)
    return given is not None


def revoke(
    person_id: int, *, role: Role, branch_id: int | None = None, by: int | None = None
) -> None:
    """Take the role back; it ends with the person's next click. The last administrator stays."""
    _hold_administrators()
    if role is Role.ADMINISTRATOR and branch_id is None and _is_last(person_id):
        raise Refused(
            _("The library needs an administrator, and this is the last one."),
            _("Make somebody else an administrator first."),
        )
    taken = db.session.execute(
        delete(Grant)
        .where(
            Grant.person_id == person_id,
            Grant.role == role,
            Grant.branch_id.is_not_distinct_from(branch_id),
        )
        .returning(Grant.id)
    ).first()
    if taken:
        _note("person.revoke", person_id, role, branch_id, by)


def refuse_last_administrator(person_id: int) -> None:
    """Whoever is the last administrator cannot leave. One who has asked to leave is none."""
    _hold_administrators()
    if _is_last(person_id):
        raise Refused(
            _("The library needs an administrator, and you are the last one."),
            _("Make somebody else an administrator first."),
        )


def _hold_administrators() -> None:
    """Of two who take the last two away at once, the second waits and is refused."""
    db.session.execute(
        select(Grant.id).where(_IS_ADMINISTRATOR).order_by(Grant.id).with_for_update()
    )


def _is_last(person_id: int) -> bool:
    """Without this administrator none would stay."""
    mine = select(Grant.id).where(_IS_ADMINISTRATOR, Grant.person_id == person_id)
    others = (
        select(func.count(Grant.id))
        .join(Person, Person.id == Grant.person_id)
        .where(_IS_ADMINISTRATOR, Person.leaves_at.is_(None), Person.id != person_id)
    )
    return db.session.scalar(mine) is not None and not db.session.scalar(others)


_IS_ADMINISTRATOR = (Grant.role == Role.ADMINISTRATOR) & Grant.branch_id.is_(None)


def _note(action: str, person_id: int, role: Role, branch_id: int | None, by: int | None) -> None:
    thing = ("person", person_id)
    record(action, actor_id=by, thing=thing, role=role.value, branch_id=branch_id)
