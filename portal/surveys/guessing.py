"""Few tries for letters that are typed, counted in the memory of this process and nowhere else:
who tries is never written down. Only misses count, for 200 phones may answer from one address."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock

from flask_babel import gettext as _

from portal.core import clock
from portal.core.errors import TooMany
from portal.surveys import tickets
from portal.surveys.answering import Used

MISSES = 30  # in one minute

_lock = Lock()
_misses: Counter[str] = Counter()
_minute: list[datetime] = []


@contextmanager
def counted(ticket: str, *, source: str) -> Iterator[None]:
    """A use of a ticket. Where it was typed and is not known, that is a miss."""
    if tickets.typed(ticket) is None:
        yield
        return
    if _so_far(source) >= MISSES:
        raise TooMany(_("That was too often in a short time."), _("Wait a minute, then try again."))
    try:
        yield
    except Used:
        with _lock:
            _misses[source] += 1
        raise


def forget() -> None:
    """Begin again, as a new process does."""
    with _lock:
        _misses.clear()


def _so_far(source: str) -> int:
    """The misses of this minute; those of the minute before are forgotten."""
    now = clock.now().replace(second=0, microsecond=0)
    with _lock:
        if _minute != [now]:
            _misses.clear()
            _minute[:] = [now]
        return _misses[source]
