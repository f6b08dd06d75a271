"""What each capability holds about a person, for the copy that they may take. Each registers its
own parts when it is imported, and says which columns it leaves out and why:

    adds(
        "votes",
        _l("Your votes"),
        lambda person_id: Vote.person_id == person_id,
        idea=(Vote.idea_id, _l("The number of the idea")),
        cast_at=(Vote.cast_at, _l("When you voted")),
    )
    leaves_out(_l("It is a secret."), Device.key_hash)

A column of a table that refers to people and is in neither fails tests/test_exports.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute

Whose = Callable[[int], ColumnElement[bool]]
Field = tuple[Any, Any]  # a column or an expression of columns, and what it means


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A table of the copy. Words are lazily translated."""

    name: str
    about: Any
    whose: Whose
    fields: dict[str, Field]

    def of(self, person_id: int) -> Select[Any]:
        """The rows of this person: joined where a field is of another table, in order."""
        columns = [column.label(name) for name, (column, _words) in self.fields.items()]
        key = next(iter(self.fields.values()))[0]
        return select(*columns).where(self.whose(person_id)).order_by(key)


@dataclass(frozen=True, slots=True)
class LeftOut:
    why: Any
    columns: Sequence[InstrumentedAttribute[Any]]


parts: list[Part] = []
left_out: list[LeftOut] = []


def adds(name: str, about: Any, whose: Whose, /, **fields: Field) -> None:
    """Register a part; its fields stand in the order given, the rows in that of the first."""
    parts.append(Part(name=name, about=about, whose=whose, fields=fields))


def leaves_out(why: Any, *columns: Any) -> None:
    """Say why these columns are in nobody's copy."""
    left_out.append(LeftOut(why, columns))
