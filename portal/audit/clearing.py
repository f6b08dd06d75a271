"""How long it is known who did what. The database keeps its entries as long as this says, reckoned
from the newest one (its own clock is not asked), and refuses to let them go before."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, select

from portal.audit.models import Entry
from portal.core import clock
from portal.core.database import db
from portal.core.keeping import Subject, keeps, removes

THREE_YEARS = timedelta(days=3 * 366)


def _over() -> ColumnElement[bool]:
    newest = db.session.scalar(select(Entry.at).order_by(Entry.id.desc()).limit(1))
    return Entry.at < min(newest, clock.now()) - THREE_YEARS if newest else false()


keeps(
    Subject.LIBRARY,
    Entry,
    what=_l("What staff and partners did here, such as “published idea 7”, by number"),
    seen_by=_l("Whoever runs this site"),
    until=_l("Three years"),
    why=_l("So that it can be found out who did what."),
    clear=removes(Entry, _over),
)
