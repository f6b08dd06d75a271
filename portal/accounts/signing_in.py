"""Signing in: by a link or a code from a mail, within minutes, once, in the browser that asked.

Known and unknown addresses are never told apart: nothing looks a person up until the mail's
owner has answered. A link opened in another browser signs nobody in, but finishes what waits.
Staff may sign in by password or passkey as well, and may have a second step to do.
"""

from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, select, update

from portal.accounts import (
    addresses,
    code_app,
    devices,
    identity,
    joining,
    passkeys,
    passwords,
    quotas,
    second_step,
    waiting,
)
from portal.accounts.models import Person, SignIn
from portal.accounts.second_step import Half
from portal.accounts.waiting import Waits
from portal.core import clock
from portal.core.database import SAFE_METHODS, db, keep_on_refusal, lock
from portal.core.errors import Missing, Refused
from portal.core.tokens import digest, digits, draw, draw_code, keyed
from portal.core.web import leave_for
from portal.mail import outbox
from portal.policy import Permission, require

VALID_FOR = timedelta(minutes=10)
TRIES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A mail that this browser waits for."""

    email: str
    next_path: str
    waiting_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """What a link can still do, in the browser that opened it."""

    email: str
    used: bool
    signs_in: bool
    elsewhere: bool  # it would sign in, in the browser that asked
    waits: Waits | None
    next_path: str

    @property
    def alive(self) -> bool:
        """Whether there is anything left to do or to say."""
        waits = self.waits is not None and (self.waits.open or self.waits.done_at is not None)
        return self.signs_in or self.elsewhere or waits


def begin(kind: str, payload: dict[str, Any], next_path: str = "/") -> ResponseReturnValue:
    """A stranger's act waits, and they are asked who they are. A view answers with this."""
    waiting_id = waiting.keep(kind, payload)
    return leave_for(url_for("accounts.sign_in", waiting=waiting_id, next=next_path))


def ask(
    email: str, *, name: str = "", shared: bool, next_path: str, waits: Waits | None = None
) -> None:
    """Send a mail with a link and a code. The same for every address, known or not."""
    mailbox, quarter = f"address {addresses.key(email)}", timedelta(minutes=15)
    quotas.spend("sign-in quarter", mailbox, limit=3, per=quarter)
    quotas.spend("sign-in day", mailbox, limit=10, per=timedelta(days=1))
    quotas.spend_here("sign-in", limit=30, per=timedelta(hours=1))
    own, token, code = identity.browser(), draw(), draw_code()
    row = SignIn(
        email=email,
        name=name,
        shared=shared,
        next_path=next_path,
        waiting_id=waits.id if waits else None,
        token_hash=digest(token),
        code_hash=_code_hash(own, code),
        browser_hash=digest(own),
        expires_at=clock.now() + VALID_FOR,
    )
    db.session.add(row)
    db.session.flush()
    context, secret = {"sign_in_id": row.id}, f"{token} {code}"
    outbox.queue("sign_in", key=f"sign_in:{row.id}", to=email, context=context, secret=secret)


def asked() -> Asked | None:
    """The latest mail that this browser waits for, while it can still be answered."""
    row = db.session.execute(
        select(SignIn.email, SignIn.next_path, SignIn.waiting_id)
        .where(SignIn.browser_hash == _own_hash(), _open())
        .order_by(SignIn.id.desc())
        .limit(1)
    ).first()
    return Asked(**row._mapping) if row else None


def by_code(code: str) -> str:
    """Sign in with the code that was typed. Gives the path to go on to.

    Every try counts against each open mail of this browser, so that five are all there are.
    """
    keep_on_refusal()
    rows = db.session.execute(
        update(SignIn)
        .where(SignIn.browser_hash == _own_hash(), _open())
        .values(tries=SignIn.tries + 1)
        .returning(SignIn.id, SignIn.code_hash, SignIn.tries)
    ).all()
    right = _code_hash(identity.known_browser() or "", digits(code))
    for row in rows:
        if compare_digest(row.code_hash or "", right):
            return _enter(SignIn.id == row.id) or "/"
    left = TRIES - min((row.tries for row in rows), default=TRIES)
    raise Refused(_refusal(left))


def _refusal(left: int) -> str:
    if left <= 0:
        return _("That code has run out. Send a new one.")
    return ngettext(
        "That code does not match. You have %(num)s more try.",
        "That code does not match. You have %(num)s more tries.",
        left,
    )


def look(token: str) -> Link | None:
    """What this link can still do; None if there is no such link."""
    row = db.session.scalars(select(SignIn).where(SignIn.token_hash == digest(token))).first()
    if row is None:
        return None
    fresh = row.used_at is None and row.tries < TRIES and row.expires_at > clock.now()
    mine = row.browser_hash in (None, _own_hash())
    return Link(
        email=row.email,
        used=row.used_at is not None,
        signs_in=fresh and mine,
        elsewhere=fresh and not mine,
        waits=waiting.found(row.waiting_id),
        next_path=row.next_path,
    )


def by_link(token: str) -> str | None:
    """Sign in with the link, where it was asked for. Gives the path to go on to, or None."""
    mine = SignIn.browser_hash.is_(None) | (SignIn.browser_hash == _own_hash())
    return _enter((SignIn.token_hash == digest(token)) & mine & _open())


def by_password(
    email: str, password: str, *, shared: bool, next_path: str, waits: Waits | None = None
) -> str:
    """Sign in one of the staff. Gives the path to go on to."""
    person_id = passwords.owner(email, password)
    if person_id is None:
        raise Refused(
            _("This email and this password do not go together."),
            _("Try again, or have a link sent to you."),
        )
    waiting_id = waits.id if waits else None
    return _come_in(person_id, shared=shared, next_path=next_path, waiting_id=waiting_id)


def by_passkey(answer: str, *, shared: bool, next_path: str, waits: Waits | None = None) -> str:
    """Sign in one of the staff by their passkey, which is both steps. Gives the path to go on to:
    where this was their second step, to what they came for with the first."""
    person_id = passkeys.owner(answer)
    if path := both_steps_done(person_id):
        return path
    waiting_id = waits.id if waits else None
    return _sign_in(person_id, shared=shared, next_path=next_path, waiting_id=waiting_id)


def by_second_step(half: Half, code: str) -> str:
    """The code of the app, or one on paper, after the first step in this browser. Gives the path
    to go on to."""
    code_app.check(half.person_id, code)
    return both_steps_done(half.person_id) or "/"


def who_sets_up() -> int:
    """Whose ways to sign in are set up in this request: of whoever of the staff is signed in, or of
    somebody after the first step who has none yet. With one, they must do it and not add to it."""
    actor, half = identity.current_actor(), second_step.here()
    if actor.id is not None or half is None:
        require(actor, Permission.DESK_READ)
        return actor.signed_in_id
    if request.method not in SAFE_METHODS:
        lock(Person, half.person_id)
    if any(second_step.has(half.person_id)):
        raise Refused(_("This needs your second step first."), _("Go back and do it."))
    return half.person_id


def both_steps_done(person_id: int) -> str | None:
    """Who has just done or set up a second step in this browser is signed in. Gives the path to go
    on to; None where there was no first step."""
    half = second_step.end(person_id)
    if half is None:
        return None
    return _sign_in(
        person_id, shared=half.shared, next_path=half.next_path, waiting_id=half.waiting_id
    )


def finish(token: str) -> None:
    """Do what waits for this link, as the owner of the mailbox; nobody is signed in."""
    row = db.session.execute(
        select(SignIn.email, SignIn.name, SignIn.waiting_id).where(
            SignIn.token_hash == digest(token), SignIn.waiting_id.is_not(None)
        )
    ).first()
    if row:
        waiting.finish(row.waiting_id, joining.confirm(row.email, name=row.name))


def leave() -> None:
    """Sign out: the device's row ends, so that a copy of the cookie is worth nothing."""
    if (device_id := identity.current_device_id()) is not None:
        devices.end(device_id)
    identity.forget()


def hand_out(address: str) -> str:
    """A link that signs this person in once, from any browser and without a second step: for the
    command line."""
    person = db.session.execute(
        select(Person.email).where(Person.email_key == addresses.key(address))
    ).scalar()
    if person is None:
        raise Missing(_("Nobody here has the address %(address)s.", address=address))
    token = draw()
    expires_at = clock.now() + VALID_FOR
    link = SignIn(email=person, token_hash=digest(token), expires_at=expires_at, by_operator=True)
    db.session.add(link)
    return token


def _enter(which: ColumnElement[bool]) -> str | None:
    """Use up the one open request that is meant, if it still is one, and sign its owner in."""
    row = db.session.execute(
        update(SignIn)
        .where(which)
        .values(used_at=clock.now())
        .returning(
            SignIn.email,
            SignIn.name,
            SignIn.shared,
            SignIn.next_path,
            SignIn.waiting_id,
            SignIn.by_operator,
        )
    ).first()
    if row is None:
        return None
    come_in = _sign_in if row.by_operator else _come_in
    return come_in(
        joining.confirm(row.email, name=row.name),
        shared=row.shared,
        next_path=row.next_path,
        waiting_id=row.waiting_id,
    )


def _come_in(person_id: int, *, shared: bool, next_path: str, waiting_id: int | None) -> str:
    """The first step is done: on to the second where one is asked, else they are signed in."""
    if not second_step.is_asked_of(person_id):
        return _sign_in(
            person_id, shared=shared, next_path=next_path, waiting_id=waiting_id, both=False
        )
    leave()
    second_step.begin(person_id, shared=shared, next_path=next_path, waiting_id=waiting_id)
    return url_for("accounts.second_step")


def _sign_in(
    person_id: int, *, shared: bool, next_path: str, waiting_id: int | None, both: bool = True
) -> str:
    """From here on this browser is theirs, and nobody else's; then what waited is done."""
    leave()
    key = devices.add(person_id, shared=shared, second_step=both)
    identity.remember(key, shared=shared)
    if waiting_id is None:
        return next_path
    try:
        return waiting.finish(waiting_id, person_id) or next_path
    except Refused as refusal:
        waiting.hand_over(waiting_id, person_id)
        flash(f"{refusal} {refusal.next_step}".strip(), "refused")
        return url_for("accounts.still_waiting", waiting_id=waiting_id)


def _open() -> ColumnElement[bool]:
    return SignIn.used_at.is_(None) & (SignIn.tries < TRIES) & (SignIn.expires_at > clock.now())


def _own_hash() -> str:
    return digest(identity.known_browser() or "")


def _code_hash(browser: str, code: str) -> str:
    return keyed("sign-in code", f"{browser}:{code}")
