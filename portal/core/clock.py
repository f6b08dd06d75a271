"""The one place that asks what time it is, so that a test or the demo can answer instead."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_shift = timedelta()


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC) + _shift


def move(by: timedelta) -> None:
    """Let time run ahead (or back) for this whole process, from here on."""
    global _shift  # noqa: PLW0603  the one clock of the process
    _shift += by


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Inside, the clock starts at this moment; afterwards it is what it was."""
    global _shift  # noqa: PLW0603
    before = _shift
    _shift = moment - datetime.now(UTC)
    try:
        yield
    finally:
        _shift = before
