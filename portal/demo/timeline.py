"""Many lives, told in the order of time. A life is a generator: it says until when it waits, and
what it does then happens at that moment, in a transaction of its own."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from flask import Flask

from portal.core import clock
from portal.core.database import transaction
from portal.jobs import work
from portal.mail import sending


@dataclass(frozen=True, slots=True)
class Wait:
    """Until this moment; and whether the worker runs first, so that mails leave and hours end."""

    until: datetime
    worker: bool = False


Life = Iterator[Wait]


class Timeline:
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._waiting: list[tuple[datetime, int, bool, Life]] = []
        self._numbers = count()

    def add(self, life: Life) -> None:
        """From its next wait on this life is told, too."""
        if wait := next(life, None):
            entry = (wait.until, next(self._numbers), wait.worker, life)
            heapq.heappush(self._waiting, entry)

    def tell(self, *, until: datetime, heard: Callable[[datetime], None]) -> None:
        """Everything up to this moment; what would come later does not. ``heard`` is told the
        moment of each step."""
        while self._waiting and self._waiting[0][0] <= until:
            moment, _number, worker, life = heapq.heappop(self._waiting)
            with clock.moved_to(moment):
                if worker:
                    work.run_once(self._app)
                    sending.send_due()
                with transaction():
                    self.add(life)
            heard(moment)
