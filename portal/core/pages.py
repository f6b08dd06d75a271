"""Long lists, a page at a time, by the key of the last row seen: page 1,000 costs as page 1."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

R = TypeVar("R")
SIZE = 20
LARGEST = 2**63 - 1  # that both databases compare with

Key = int | str | datetime


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    items: Sequence[R]
    next: str | None = None  # what ?after= takes for the page that follows


def after(cursor: str | None, *kinds: type[Key]) -> tuple[Any, ...] | None:
    """The key that a cursor stands for: one value of each kind. None for the first page, and for
    a cursor that is not ours."""
    if not cursor or len(cursor) > 400:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(urlsafe_b64decode(padded.encode()))
        return tuple(_read(kind, value) for kind, value in zip(kinds, values, strict=True))
    except (ValueError, TypeError, OverflowError, NotBase64):
        return None


def cut(rows: Sequence[R], key: Callable[[R], Sequence[Key]], *, size: int = SIZE) -> Page[R]:
    """A page of rows that were asked for with ``limit(size + 1)``."""
    if len(rows) <= size:
        return Page(rows)
    values = [str(v) if isinstance(v, datetime) else v for v in key(rows[size - 1])]
    raw = json.dumps(values, separators=(",", ":")).encode()
    return Page(rows[:size], urlsafe_b64encode(raw).rstrip(b"=").decode())


def beyond(
    columns: Sequence[Any], values: Sequence[Any], *, upwards: bool = False
) -> sa.ColumnElement[bool]:
    """Rows after this key where every column goes down (``ORDER BY a DESC, b DESC``), or up."""
    literals = (
        sa.literal(value, column.type) for column, value in zip(columns, values, strict=True)
    )
    here, key = sa.tuple_(*columns), sa.tuple_(*literals)
    return here > key if upwards else here < key


def _read(kind: type[Key], value: Any) -> Key:
    """One value of a key; an error where a database cannot be asked for it."""
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if kind is int and type(value) is int and abs(value) <= LARGEST:
        return value
    if kind is str and isinstance(value, str) and "\0" not in value:
        value.encode()  # half of a pair of surrogates is no text
        return value
    raise ValueError
