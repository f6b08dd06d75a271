"""A lifecycle is a table: which moves there are, whence, and whither."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from flask_babel import gettext as _

from portal.core.errors import Refused

S = TypeVar("S", bound=StrEnum)
M = TypeVar("M", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    sources: Set[S]
    target: S


class Lifecycle(Generic[M, S]):
    def __init__(self, steps: Mapping[M, Step[S]]) -> None:
        self._steps = dict(steps)

    def moves_from(self, stage: S) -> list[M]:
        """The moves to offer: a page shows exactly the buttons that will work."""
        return [move for move, step in self._steps.items() if stage in step.sources]

    def target(self, move: M, stage: S) -> S:
        """Where the move leads, or a refusal when it does not start here."""
        step = self._steps[move]
        if stage not in step.sources:
            raise Refused(
                _("Somebody was faster: this has moved on meanwhile."),
                _("Open the page again to see where it stands now."),
            )
        return step.target

    def transitions(self) -> set[tuple[S, S]]:
        """Every (from, to) pair that some move makes."""
        return {(source, step.target) for step in self._steps.values() for source in step.sources}
