from dataclasses import dataclass

from portal.core.events import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonErased(Event):
    """Somebody has left for good: whatever names them is taken out, whatever counts stays. Told
    while their row still says who they are."""

    person_id: int
    withdraws_ideas: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxConfirmed(Event):
    """Somebody has shown that this mailbox is theirs: for the first time, or once more."""

    person_id: int
    address: str
