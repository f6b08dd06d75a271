from dataclasses import dataclass

from portal.core.events import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramAnnounced(Event):
    """A program is on the calendar."""

    program_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionEnded(Event):
    """A session took place and its heads were counted."""

    session_id: int
    program_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionCancelled(Event):
    session_id: int
    program_id: int
