"""How often something is tried from one address, counted in the memory of this process and nowhere
else: who tries is never written down. Few guesses at letters that are typed, and only misses
count, for 200 phones may answer from one address; and no more tickets drawn at a wall than that."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock

from flask_babel import gettext as _

from portal.core import clock
from portal.core.errors import TooMany
from portal.surveys.answering import Used
from portal.surveys.wall import Unknown

MISSES = 30  # in one minute
DRAWN = 200  # in one hour

_START = datetime(2000, 1, 1, tzinfo=UTC)


class _Tries:
    """By address, in this window of time; those of the window before are forgotten."""

    def __init__(self, per: timedelta) -> None:
        self._per, self._window = per, _START
        self._counted: Counter[str] = Counter()
        self._lock = Lock()

    def so_far(self, source: str) -> int:
        now = clock.now()
        window = now - (now - _START) % self._per
        with self._lock:
            if self._window != window:
                self._counted.clear()
                self._window = window
            return self._counted[source]

    def one_more(self, source: str) -> None:
        with self._lock:
            self._counted[source] += 1

    def forget(self) -> None:
        with self._lock:
            self._counted.clear()


_misses, _drawn = _Tries(timedelta(minutes=1)), _Tries(timedelta(hours=1))


@contextmanager
def counted(source: str) -> Iterator[None]:
    """A use of letters that were typed. Where they are not known, that is a miss."""
    if _misses.so_far(source) >= MISSES:
        raise TooMany(_("That was too often in a short time."), _("Wait a minute, then try again."))
    try:
        yield
    except (Used, Unknown):
        _misses.one_more(source)
        raise


def spend_ticket(source: str, *, most: int) -> None:
    """One more ticket drawn at a wall; one too many is refused."""
    if _drawn.so_far(source) >= most:
        raise TooMany(
            _("From here there were very many answers in a short time."),
            _("Try again in an hour, or with mobile data."),
        )
    _drawn.one_more(source)


def forget() -> None:
    """Begin again, as a new process does."""
    _misses.forget()
    _drawn.forget()
