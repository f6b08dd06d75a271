"""The current request's person, and the guards that views wear."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial, wraps
from typing import Any, ParamSpec, cast
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, g, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, LoginManager, current_user, logout_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import Select, bindparam, select, union_all, update

from portal.accounts.models import Device, Grant, Person
from portal.core import clock
from portal.core.database import SAFE_METHODS, after_answer, db, read
from portal.core.forgery import SIGNED_IN
from portal.core.tokens import digest, draw
from portal.core.web import is_sessionless, leave_for, wants_fragment
from portal.policy import Actor, Permission, Role, may, require
from portal.settings.queries import current as library

P = ParamSpec("P")

IDLE_SHARED = timedelta(minutes=15)
MARK_EVERY = timedelta(minutes=1)
BROWSER = "browser"

login_manager = LoginManager()
# Filled by organisations: who acts for which, and whether as an owner.
memberships: list[Select[int, int, bool]] = []


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What Flask-Login asks of a person. ``key`` is the device's, never the person's id."""

    key: str
    device_id: int
    actor: Actor

    is_authenticated = is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.key


def current_actor() -> Actor:
    if is_sessionless():
        return Actor()
    user: SignedIn | AnonymousUserMixin = current_user._get_current_object()
    return user.actor if isinstance(user, SignedIn) else Actor()


def current_device_id() -> int | None:
    return current_user.device_id if current_user.is_authenticated else None


def browser() -> str:
    """What this browser goes by while it asks to sign in: drawn when first needed."""
    if BROWSER not in session:
        session[BROWSER] = draw()
    return str(session[BROWSER])


def known_browser() -> str | None:
    """The same, where it was drawn already."""
    return session.get(BROWSER)


def remember(key: str, *, shared: bool) -> None:
    """From the next request on, this browser is the device with this key."""
    session.clear()
    session.permanent = not shared
    session[SIGNED_IN] = key


def forget() -> None:
    """This browser is a stranger's again, at once."""
    _empty_session()
    logout_user()


def _empty_session() -> None:
    """A shared computer's browser (its session is not permanent) drops what it kept as well."""
    g.leaves_shared_computer = SIGNED_IN in session and not session.permanent
    session.clear()


def _clear_shared_computer(response: Response) -> Response:
    if g.get("leaves_shared_computer", False):
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@cache
def _by_key() -> Select[*tuple[Any, ...]]:
    """Of a device: each grant of its person beside each organisation they act for."""
    acting = union_all(*memberships).subquery()
    person_id, organisation_id, owns = acting.c
    return (
        select(
            Device.id,
            Device.person_id,
            Device.shared,
            Device.used_at,
            Device.expires_at,
            Device.second_step,
            Person.name,
            Grant.role,
            Grant.branch_id,
            organisation_id.label("organisation_id"),
            owns.label("owns"),
        )
        .join(Person, Person.id == Device.person_id)
        .outerjoin(Grant, Grant.person_id == Person.id)
        .outerjoin(acting, person_id == Person.id)
        .where(
            Device.key_hash == bindparam("key_hash"),
            Device.ended_at.is_(None),
            Person.blanked_at.is_(None),
        )
    )


def _load(key: str) -> SignedIn | None:
    """The person behind a device's key, in one statement.

    A key that is worth nothing any more leaves the cookie, so that its browser is treated as
    the stranger's that it is.
    """
    g.depends_on_person = True
    rows = read(_by_key(), key_hash=digest(key)).all()
    if not rows or _over(rows[0].shared, rows[0].used_at, rows[0].expires_at):
        _empty_session()
        return None
    first = rows[0]
    if first.role and library().second_step and not first.second_step:
        _empty_session()
        return None
    _mark_used(first.id, first.used_at)
    actor = Actor(
        id=first.person_id,
        name=first.name,
        grants=frozenset((Role(row.role), row.branch_id) for row in rows if row.role),
        organisations=frozenset(row.organisation_id for row in rows if row.organisation_id),
        owned=frozenset(row.organisation_id for row in rows if row.owns),
    )
    return SignedIn(key, first.id, actor)


def _over(shared: bool, used_at: datetime, expires_at: datetime) -> bool:
    now = clock.now()
    return now >= expires_at or (shared and now - used_at > IDLE_SHARED)


def _mark_used(device_id: int, used_at: datetime) -> None:
    now = clock.now()
    if now - used_at > MARK_EVERY:
        mark = update(Device).where(Device.id == device_id).values(used_at=now)
        after_answer(partial(db.session.execute, mark))


def requires(
    permission: Permission,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Guard a view. Every view wears exactly one guard; the application does not start without.

    A person who is not signed in is asked to sign in; one who may not, is told. A rule that
    speaks of a thing is asked again, with the thing, by the service.
    """

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            actor = current_actor()
            if actor.id is None and not may(actor, permission):
                return _ask_to_sign_in()
            require(actor, permission)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def _token_field() -> Markup:
    """For each form of somebody who is signed in. A stranger's page carries nothing of its
    visitor."""
    if "token_field" not in g:
        field = Markup('<input type="hidden" name="csrf_token" value="{}">')
        is_known = current_actor().id is not None
        g.token_field = field.format(generate_csrf()) if is_known else Markup()
    return cast(Markup, g.token_field)


def _ask_to_sign_in() -> ResponseReturnValue:
    """On to the sign-in page, and afterwards back to the page where they were."""
    reading = request.method in SAFE_METHODS and not wants_fragment()
    here = request.full_path.rstrip("?") if reading else _page_before()
    return leave_for(url_for("accounts.sign_in", next=here))


def _page_before() -> str:
    before = urlsplit(request.referrer or "")
    return urlunsplit(("", "", before.path or "/", before.query, ""))


def init_app(app: Flask) -> None:
    login_manager.session_protection = None  # the row decides, not the network a person is in
    login_manager.user_loader(_load)
    login_manager.init_app(app, add_context_processor=False)
    app.jinja_env.globals.update(
        may=lambda permission, thing=None: may(current_actor(), Permission(permission), thing),
        csrf=_token_field,
    )
    app.context_processor(lambda: {"actor": current_actor()})
    app.after_request(_clear_shared_computer)
