"""What the calendar does to settings: a mark that nobody wears goes."""

from sqlalchemy import select

from portal.core import clock
from portal.core.database import db, transaction
from portal.jobs.schedule import every
from portal.settings import marking
from portal.settings.models import Library


@every(seconds=24 * 3600)
def forget_marks() -> None:
    """The row is held meanwhile, so that nobody puts on what goes."""
    with transaction():
        worn = db.session.scalar(select(Library.mark).with_for_update())
        if worn is not None:
            marking.forget(worn, now=clock.now())
