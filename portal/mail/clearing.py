"""How long it is known what we wrote to whom."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, cast, func, literal, or_

from portal.core import clock
from portal.core.keeping import Subject, blanks, keeps, removes
from portal.mail.models import DemoMail, MailState, Outgoing, Suppression

MAIL_KEPT = timedelta(days=30)
REFUSAL_KEPT = timedelta(days=365)
NOBODY = ""  # stands where an address was


def _before() -> datetime:
    return clock.now() - MAIL_KEPT


def _sent_long_ago() -> ColumnElement[bool]:
    done = func.coalesce(Outgoing.sent_at, Outgoing.due_at, type_=Outgoing.due_at.type)
    names_somebody = or_(
        Outgoing.person_id.is_not(None), Outgoing.address != NOBODY, Outgoing.context.is_not(None)
    )
    return (Outgoing.state != MailState.QUEUED) & (done < _before()) & names_somebody


keeps(
    Subject.MAIL,
    Outgoing,
    what=_l("Which mails we sent you"),
    seen_by=_l("Nobody"),
    until=_l("30 days after it was sent"),
    why=_l("To find out what went wrong if a mail did not reach you."),
    clear=blanks(
        Outgoing,
        _sent_long_ago,
        dedupe_key=literal("forgotten:")
        + cast(Outgoing.id, String),  # the reason names people, too
        context=None,
        last_error="",
        person_id=None,
        address=NOBODY,
    ),
)
keeps(
    Subject.MAIL,
    DemoMail,
    what=_l("Mails of a demo, which are kept to be read instead of sent"),
    seen_by=_l("Everybody who tries the demo"),
    until=_l("30 days"),
    why=_l("So that you can try what a mail does. A real library has none of these."),
    clear=removes(DemoMail, lambda: DemoMail.sent_at < _before()),
)
keeps(
    Subject.MAIL,
    Suppression,
    what=_l("An address that a mail server refused for good"),
    seen_by=_l("Nobody"),
    until=_l("A year; then we may try again"),
    why=_l("So that we do not write to it again and again."),
    clear=removes(Suppression, lambda: Suppression.since < clock.now() - REFUSAL_KEPT),
)
