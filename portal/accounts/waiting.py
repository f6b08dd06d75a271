"""What a stranger did waits here until an e-mail shows who they are, a day at most.

A capability that lets strangers act registers how the act is finished::

    @waiting.does("vote", button=_l("Count my vote"), describe=vote_sentence)
    def _vote(payload: dict[str, Any], person_id: int) -> str:
        ...
        return path  # where the person goes on

``describe`` gives the sentence that says what waits. It goes into a mail to an address that
nobody has confirmed, so it quotes nothing that the stranger wrote. An act is finished once,
whoever presses how often. One that is refused meanwhile goes on waiting: nothing is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update

from portal.accounts import identity, quotas
from portal.accounts.models import Waiting
from portal.core import clock
from portal.core.database import db
from portal.core.tokens import digest

KEPT_FOR = timedelta(hours=24)

Payload = dict[str, Any]
Act = Callable[[Payload, int], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    act: Act
    button: str
    describe: Callable[[Payload], str]
    asks_name: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Waits:
    """What waits, as a page says it."""

    id: int
    sentence: str
    button: str
    asks_name: bool
    expires_at: datetime
    done_at: datetime | None

    @property
    def open(self) -> bool:
        return self.done_at is None and self.expires_at > clock.now()


_kinds: dict[str, Kind] = {}


def does(
    kind: str, *, button: str, describe: Callable[[Payload], str], asks_name: bool = False
) -> Callable[[Act], Act]:
    """Register the decorated function as the end of this kind of act.

    ``button`` is lazily translated. ``asks_name`` where a name will stand beside what was done:
    the sign-in page then asks for it.
    """

    def register(act: Act) -> Act:
        _kinds[kind] = Kind(act=act, button=button, describe=describe, asks_name=asks_name)
        return act

    return register


def keep(kind: str, payload: Payload) -> int:
    """Keep an act for this browser, to be finished within a day. Gives its id."""
    if kind not in _kinds:
        raise LookupError(f"nobody registered {kind}")
    quotas.spend_here("waiting", limit=120, per=timedelta(hours=1))
    row = Waiting(
        kind=kind,
        payload=payload,
        expires_at=clock.now() + KEPT_FOR,
        browser_hash=digest(identity.browser()),
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def here(id: int | None) -> Waits | None:
    """What waits under this id, if this browser left it."""
    if id is None or (own := identity.known_browser()) is None:
        return None
    return _one(Waiting.id == id, Waiting.browser_hash == digest(own), _open())


def of(person_id: int, id: int) -> Waits | None:
    """What waits under this id, if it was refused to this person before and can be tried again."""
    return _one(Waiting.id == id, Waiting.person_id == person_id, _open())


def found(id: int | None) -> Waits | None:
    """What waits under this id, done or not: for who holds the link to it."""
    return None if id is None else _one(Waiting.id == id)


def finish(id: int, person_id: int) -> str | None:
    """Finish the act as this person; gives where they go on. None if it is done or gone.

    What the act refuses is raised; then nothing of it was done, and it waits as before.
    """
    with db.session.begin_nested():
        row = db.session.execute(
            update(Waiting)
            .where(Waiting.id == id, _open())
            .values(done_at=clock.now())
            .returning(Waiting.kind, Waiting.payload)
        ).first()
        return _kinds[row.kind].act(row.payload, person_id) if row else None


def hand_over(id: int, person_id: int) -> None:
    """What was refused is theirs to try again."""
    db.session.execute(update(Waiting).where(Waiting.id == id).values(person_id=person_id))


def _open() -> ColumnElement[bool]:
    return Waiting.done_at.is_(None) & (Waiting.expires_at > clock.now())


def _one(*which: ColumnElement[bool]) -> Waits | None:
    columns = (Waiting.id, Waiting.kind, Waiting.payload, Waiting.expires_at, Waiting.done_at)
    row = db.session.execute(select(*columns).where(*which)).first()
    if row is None or row.kind not in _kinds:
        return None
    kind = _kinds[row.kind]
    return Waits(
        id=row.id,
        sentence=kind.describe(row.payload),
        button=str(kind.button),
        asks_name=kind.asks_name,
        expires_at=row.expires_at,
        done_at=row.done_at,
    )
