"""What keeps the installation from doing its work, in sentences for its administrator."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal.core import clock, migrating
from portal.core.database import db
from portal.jobs.models import Beat
from portal.jobs.work import SILENCE


def last_seen() -> datetime | None:
    """When a worker was seen last."""
    return db.session.scalar(select(Beat.at))


def problems() -> list[str]:
    try:
        migrating.refuse_newer()
        if migrating.pending():
            return ["The tables are older than the program. Start the portal again."]
        seen = last_seen()
    except migrating.Newer as error:
        return [str(error)]
    except DBAPIError:
        return ["The database does not answer."]
    if seen is None or clock.now() - seen > SILENCE:
        return ["No worker was seen for three minutes: mail is not sent."]
    return []
