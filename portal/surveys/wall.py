"""The way in for those who just came: a code that hangs where they are. From the start of the
session until the survey closes, whoever opens it gets a ticket of their own, drawn then and there
and good once, like those that are mailed elsewhere.

Nothing is known of who it is, so nothing of them is kept: no invitation, no mail, no count of
addresses in the database. Where fewer came than the smallest cell that may be shown, nobody is
asked, and no more answers are taken than people were counted.
"""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal.core import clock
from portal.core.database import db, insert
from portal.core.errors import Missing, Refused
from portal.core.locale import clock_time, long_date
from portal.core.tokens import draw, is_signed, keyed, sign
from portal.programs.lifecycle import ProgramStage, SessionStage
from portal.programs.models import Admission, Program, Session
from portal.programs.queries import Sitting
from portal.settings.queries import current as library
from portal.surveys import instruments, tickets
from portal.surveys.answering import Closed
from portal.surveys.asking import OPEN_FOR
from portal.surveys.models import Answer, Survey, Ticket, WayIn

LETTERS = 8

_TAKES_PLACE = (SessionStage.SCHEDULED, SessionStage.HELD)


class Unknown(Missing):
    """These are not the letters that hang there."""


class Early(Refused):
    """The session has not begun."""

    status = 403


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A session whose code is good now."""

    session_id: int
    title: str
    starts_local: datetime
    closes_at: datetime


def letters(session_id: int) -> str:
    """What stands on the wall to be typed: few enough to be tried, so tries are counted."""
    return tickets.letters(keyed("survey wall", str(session_id)))[:LETTERS]


def address(session_id: int) -> str:
    """What somebody types."""
    return f"/s/{session_id}/{letters(session_id)}"


def picture(session_id: int) -> str:
    """What the camera reads: nobody guesses it, so it is never held back."""
    return f"/s/{session_id}/{sign('survey wall', session_id)}"


def is_of_picture(session_id: int, code: str) -> bool:
    return is_signed(code, "survey wall", session_id)


def refuse_unknown(session_id: int, code: str) -> None:
    """Raises Unknown where these are not the letters, in whatever shape."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    if not compare_digest(typed.encode(), letters(session_id).encode()):
        raise Unknown(
            _("We do not know this address."), _("Compare it with the one that hangs there.")
        )


def hangs(one: Sitting) -> bool:
    """Whether a code for it is worth hanging up: nobody saves a seat there, and it is not long
    over."""
    takes_place = one.stage in _TAKES_PLACE and not one.planned and not one.seated
    return takes_place and _closing(one.ends_at) > clock.now()


def closes_at(one: Sitting) -> datetime:
    """Until when its code is good. Raises Missing where there is none."""
    if not hangs(one):
        raise Missing(
            _("There is no code for a survey here."),
            _("Events to which people just come have one, until two weeks after their end."),
        )
    return _closing(one.ends_at)


def asked(session_id: int) -> Asked:
    """The session, where its code is good now. Raises Missing, Early and Closed."""
    row = db.session.execute(
        select(Session.stage, Session.starts_at, Session.ends_at, Session.starts_local)
        .add_columns(Session.head_count, Session.online_count, Program.title, Program.admission)
        .join(Program, Program.id == Session.program_id)
        .where(Session.id == session_id, Program.announced_at.is_not(None))
        .where(Program.stage != ProgramStage.PLANNING)
    ).first()
    if row is None or row.admission is Admission.SEATS:
        raise Missing(_("There is nothing here, or it is no longer public."))
    if row.stage not in _TAKES_PLACE:
        raise Closed(_("This event does not take place."), _("There is nothing to ask about."))
    if row.starts_at > clock.now():
        when = f"{long_date(row.starts_local.date())}, {clock_time(row.starts_local)}"
        raise Early(_("It has not begun yet."), _("From %(when)s you can answer.", when=when))
    if row.stage is SessionStage.HELD:
        _refuse_more(session_id, came=(row.head_count or 0) + (row.online_count or 0))
    if _closing(row.ends_at) <= clock.now():
        raise Closed(
            _("This survey has closed."), _("Thank you for wanting to tell us how it was.")
        )
    return Asked(
        session_id=session_id,
        title=row.title,
        starts_local=row.starts_local,
        closes_at=_closing(row.ends_at),
    )


def _closing(ends_at: datetime) -> datetime:
    return ends_at + OPEN_FOR


def _refuse_more(session_id: int, *, came: int) -> None:
    """Of those who were counted: none where they are so few that each would stand out, and no more
    than they are."""
    if came < library().smallest_cell:
        raise Closed(
            _("We do not ask about this event."),
            _("So few came that anybody could be guessed."),
        )
    answers = (
        select(func.count(Answer.key))
        .join(Survey, Survey.id == Answer.survey_id)
        .where(Survey.session_id == session_id)
    )
    if (db.session.scalar(answers) or 0) >= came:
        raise Closed(
            _("As many have answered as came."),
            _("Thank you for wanting to tell us how it was."),
        )


def draw_ticket(session_id: int) -> str:
    """A new ticket, and the survey that it is for where it is the first. Raises what ``asked``
    raises."""
    asked(session_id)
    token = draw()
    kept = tickets.fingerprints(token)
    ticket = Ticket(hash=kept.hash, code=kept.code, survey_id=_survey(session_id))
    db.session.add(ticket)
    db.session.flush()
    return token


def _survey(session_id: int) -> int:
    """Made once, with the times of its session: when somebody first opened it is not kept."""
    known = select(Survey.id).where(Survey.session_id == session_id)
    if (found := db.session.scalar(known)) is not None:
        return found
    session = db.session.get_one(Session, session_id)
    program = db.session.get_one(Program, session.program_id)
    row = {
        "session_id": session_id,
        "instrument_id": instruments.use(program.instrument_id).id,
        "opened_at": session.starts_at,
        "closes_at": _closing(session.ends_at),
        "way": WayIn.WALL,
        "invited": 0,
        "tallied": 0,
        "complete": False,
    }
    made = insert(Survey).values(row).on_conflict_do_nothing(index_elements=[Survey.session_id])
    db.session.execute(made)
    return db.session.scalars(known).one()
