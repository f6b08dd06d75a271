"""The right to answer once: a token in a link, or twelve letters that stand for it.

Of each, a ticket keeps a fingerprint: SHA-256 of the token; of the letters, which are few enough
to be tried one by one, one that only this installation can make.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import ColumnElement

from portal.core.tokens import LETTERS, keyed
from portal.surveys.models import Ticket

LENGTH = 12
_TYPED = re.compile(f"[{LETTERS}]{{{LENGTH}}}")


@dataclass(frozen=True, order=True, slots=True)
class Fingerprints:
    hash: bytes
    code: str


def fingerprints(token: str) -> Fingerprints:
    """What is kept of a token."""
    return Fingerprints(_hash(token), _keyed(letters(token)))


def letters(token: str) -> str:
    """The twelve letters that stand for a token: they say nothing else about it."""
    number = int.from_bytes(sha256(f"letters:{token}".encode()).digest(), "big")
    chosen = ""
    for _place in range(LENGTH):
        number, at = divmod(number, len(LETTERS))
        chosen += LETTERS[at]
    return chosen


def spaced(code: str) -> str:
    """As it stands in a mail: K7M4-P2GX-9QRT."""
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def typed(ticket: str) -> str | None:
    """The letters, where somebody typed them, in whatever shape; None for a token."""
    code = re.sub(r"[\s\-]", "", ticket).upper()
    return code if _TYPED.fullmatch(code) else None


def matches(ticket: str) -> ColumnElement[bool]:
    """The one ticket that a token or typed letters stand for."""
    code = typed(ticket)
    return Ticket.hash == _hash(ticket.strip()) if code is None else Ticket.code == _keyed(code)


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()


def _keyed(code: str) -> str:
    return keyed("survey ticket", code)
