from dataclasses import dataclass

from portal.core.events import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalMoved(Event):
    """So many votes make the library answer from now on."""

    goal: int
