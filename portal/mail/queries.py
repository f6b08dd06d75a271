"""What the pages about mail read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, func, select

from portal.core import clock
from portal.core.database import db, get
from portal.mail.models import DemoMail, MailState, Outgoing

NEWEST = 100


def newest_demo_mails() -> Sequence[Row[int, str, str, datetime]]:
    """id, address, subject and sent_at of the newest mails of a demo."""
    columns = (DemoMail.id, DemoMail.address, DemoMail.subject, DemoMail.sent_at)
    newest_first = select(*columns).order_by(DemoMail.id.desc()).limit(NEWEST)
    return db.session.execute(newest_first).all()


def demo_mail(mail_id: int) -> DemoMail:
    return get(DemoMail, mail_id)


def overdue() -> Row[int, datetime | None]:
    """How many mails should have left and have not, and since when the oldest of them."""
    due = (Outgoing.state == MailState.QUEUED, Outgoing.due_at <= clock.now())
    found = select(func.count(Outgoing.id), func.min(Outgoing.due_at)).where(*due)
    return db.session.execute(found).one()


def fate(key: str) -> Row[MailState, str] | None:
    """state and last_error of the mail that is owed for this reason."""
    columns = (Outgoing.state, Outgoing.last_error)
    return db.session.execute(select(*columns).where(Outgoing.dedupe_key == key)).first()
