from dataclasses import dataclass

from portal.core.events import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class SupportGained(Event):
    """An idea has one more voter than it had."""

    idea_id: int
    votes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class IdeaDecided(Event):
    """The library's stage of an idea changed."""

    idea_id: int
    was: str
    became: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WordsTakenBack(Event):
    """Whoever wrote this idea has left and took its words along."""

    idea_id: int
