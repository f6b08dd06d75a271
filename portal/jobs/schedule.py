"""What is done again and again. A capability says so when it is imported:

    @every(seconds=60)
    def offer_lapsed_seats() -> None: ...

A rule derives what is due from the state of the database, so moving or cancelling a thing needs
no timer surgery. It opens its own transactions, and running it twice, or on two workers at once,
does no harm. A rule that finds nothing to do writes nothing.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.core.database import db, transaction

log = logging.getLogger("portal")

Rule = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Planned:
    rule: Rule
    seconds: int


planned: list[Planned] = []

# Set when the worker is to end: a rule finishes what is in hand and leaves the rest.
stopping = threading.Event()


def every(*, seconds: int) -> Callable[[Rule], Rule]:
    """Run the decorated rule so often, on each worker."""

    def plan(rule: Rule) -> Rule:
        planned.append(Planned(rule, seconds))
        return rule

    return plan


def one_by_one(act: Callable[[int], object], ids: Sequence[int]) -> None:
    """Do it to each of these, which were read in this session, in a transaction of its own. One
    that fails is told to the log and stops no other; it is due again the next time."""
    db.session.rollback()
    for each in ids:
        if stopping.is_set():
            return
        try:
            with transaction():
                act(each)
        except Exception:
            rule = f"{act.__module__}.{act.__name__}"
            log.exception("rule failed", extra={"rule": rule, "row": each})
