"""A colleague is given a role, and a mail with a way in."""

from datetime import timedelta

from portal.accounts import granting, joining
from portal.accounts.models import Person, SignIn
from portal.core import clock
from portal.core.database import db, get
from portal.core.tokens import digest, draw
from portal.mail import outbox
from portal.policy import Actor, Permission, Role, require

GOOD_FOR = timedelta(days=3)


def invite(
    email: str, *, role: Role, branches: list[int | None], name: str = "", by: Actor
) -> bool:
    """Give the role at these branches (None: all) and send a mail with a link that signs in once.
    Where nothing is new, no mail goes, and the answer is False."""
    require(by, Permission.PEOPLE_GRANT)
    person_id = joining.expect(email, name=name)
    given = [
        granting.grant(person_id, role=role, branch_id=branch_id, by=by.id)
        for branch_id in branches
    ]
    if any(given):
        _send_way_in(person_id, role)
    return any(given)


def take_back(person_id: int, *, role: Role, branch_id: int | None, by: Actor) -> None:
    """The role ends with the person's next click. The last administrator stays."""
    require(by, Permission.PEOPLE_GRANT)
    granting.revoke(person_id, role=role, branch_id=branch_id, by=by.id)


def _send_way_in(person_id: int, role: Role) -> None:
    token = draw()
    link = SignIn(
        email=get(Person, person_id).email or "",
        token_hash=digest(token),
        expires_at=clock.now() + GOOD_FOR,
        next_path="/staff",
    )
    db.session.add(link)
    db.session.flush()
    outbox.queue(
        "invitation",
        key=f"invitation:{link.id}",
        to=person_id,
        context={"sign_in_id": link.id, "role": role.value},
        secret=token,
    )
