"""How long it is known who had a seat: what stays of it is a count at a branch."""

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, and_, or_, select

from portal.core import clock
from portal.core.keeping import Subject, blanks, keeps
from portal.programs.lifecycle import SessionStage
from portal.programs.models import Registration, Session
from portal.settings.queries import current as library

POSTPONED = timedelta(days=183)  # without a new date

UNNAMED = {
    "name": "",
    "email": None,
    "person_id": None,
    "needs": "",
    "answer": "",
    "share_name": False,
    "checked_in_at": None,
}


def names_kept() -> timedelta:
    return timedelta(days=library().guest_days)


def names_somebody() -> ColumnElement[bool]:
    return or_(
        Registration.name != "",
        Registration.email.is_not(None),
        Registration.person_id.is_not(None),
        Registration.needs != "",
        Registration.answer != "",
        Registration.checked_in_at.is_not(None),
    )


def long_over(*, by: timedelta) -> ColumnElement[bool]:
    """Whether a session ended so long ago. Of one that was postponed, who is to hear of its new
    date is known for longer."""
    moment = clock.now() - by
    ended = and_(Session.stage != SessionStage.POSTPONED, Session.ends_at <= moment)
    return or_(ended, Session.ends_at <= moment - POSTPONED)


def _over() -> ColumnElement[bool]:
    ended = select(Session.id).where(long_over(by=names_kept()))
    return Registration.session_id.in_(ended) & names_somebody()


def _until() -> str:
    said = ngettext(
        "%(num)s day after the event; then only the number of seats stays, without you",
        "%(num)s days after the event; then only the number of seats stays, without you",
        library().guest_days,
    )
    postponed = _("If it is postponed without a new date: half a year longer at most")
    return f"{said}. {postponed}"


keeps(
    Subject.EVENTS,
    Registration,
    what=_l("A seat you saved, what you told us with it, and that you came"),
    seen_by=_l("You and the library’s staff. Partners see a number, never names"),
    until=LazyString(_until),
    why=_l("To keep your seat, to write to you if something changes, and to count who came."),
    clear=blanks(Registration, _over, **UNNAMED),
)
keeps(
    Subject.EVENTS,
    Session,
    what=_l("How many people came to an event"),
    seen_by=_l("Everybody, as a number"),
    until=_l("For good, without any person"),
    why=_l("The library reports it every year."),
)
