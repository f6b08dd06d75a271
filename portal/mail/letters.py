"""What a mail says is made at the moment of sending, from ids: with the reader's rights, address
and wishes of that moment. Each capability registers its kinds:

    @renders("idea_published")
    def published(envelope: Envelope) -> Letter | None: ...

None means that there is no reason left to send it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.core.tokens import unseal


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """Whom a mail is for and what it is about."""

    id: int
    kind: str
    context: dict[str, Any]
    address: str
    person_id: int | None = None
    name: str = ""
    stop_path: str | None = None
    sealed: bytes | None = None

    def secret(self, *, key: bytes | None = None) -> str | None:
        """The sealed words, or None where there are none or the key is gone."""
        return unseal(self.sealed, key=key) if self.sealed else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """Plain sentences; whatever people wrote is escaped in the HTML twin and is never a link.

    ``about_idea`` makes it one that can be stopped for that idea; ``stoppable`` one that a
    general no stops. What somebody asked for just now (a code, a seat) is neither; ``leads_on``
    where mail follows that nobody asked for: a guest can stop that from here. ``calendar`` is a
    file (RFC 5545) that goes along."""

    subject: str
    lines: list[str]
    reason: str  # why you get this
    button: tuple[str, str] | None = None  # words, path on this site
    after: list[str] = field(default_factory=list)
    about_idea: int | None = None
    stoppable: bool = False
    leads_on: bool = False
    calendar: bytes | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person, or a guest without an account, as mail knows them at the moment of sending."""

    address: str
    name: str
    stopped: bool  # said no to all that may be stopped
    stop_path: str | None = None  # of a guest: where they say it


Renderer = Callable[[Envelope], Letter | None]

renderers: dict[str, Renderer] = {}

# Filled by the floors above when they are imported.
addressees: list[Callable[[int], Addressee | None]] = []  # by person; None: blanked or gone
guests: list[Callable[[str], Addressee]] = []  # by address
idea_refusals: list[Callable[[int, int], bool]] = []  # (person, idea): whether they said no
letterheads: list[Callable[[], str]] = []  # the library's name


def renders(kind: str) -> Callable[[Renderer], Renderer]:
    """Register how mails of this kind are made."""

    def register(renderer: Renderer) -> Renderer:
        renderers[kind] = renderer
        return renderer

    return register
