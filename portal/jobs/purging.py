"""Each day, what has been kept long enough goes: the table of ``core.keeping``, row by row."""

import logging

from portal.core import keeping
from portal.core.database import transaction
from portal.core.keeping import Clear
from portal.jobs.schedule import every, stopping

log = logging.getLogger("portal")


@every(seconds=24 * 3600)
def purge() -> None:
    """Carry out the whole table. A row that fails is told to the log and does not stop the
    others; what is left is taken the next time."""
    for kept in keeping.table():
        if kept.clear:
            try:
                _clear(kept.clear)
            except Exception:
                log.exception("not cleared", extra={"rule": kept.subject.name.lower()})


def _clear(clear: Clear) -> None:
    """Batch by batch, so that nobody waits long."""
    while not stopping.is_set():
        with transaction():
            cleared = clear()
        if not cleared:
            return
