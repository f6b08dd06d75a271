"""How long it is known who was invited to a survey. Who answered is never known."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from portal.core import clock
from portal.core.keeping import Subject, keeps, removes
from portal.ideas.models import StoryLine
from portal.programs.models import Program, Session
from portal.surveys.models import Answer, Invitation, Quote, Result, Survey

INVITATIONS_KEPT = timedelta(days=30)


def closed_long_ago() -> ColumnElement[bool]:
    return Survey.closes_at <= clock.now() - INVITATIONS_KEPT


keeps(
    Subject.SURVEYS,
    Invitation,
    what=_l("That you were invited to a survey"),
    seen_by=_l("Nobody; staff see how many were invited"),
    until=_l("30 days after the survey has closed"),
    why=_l("So that nobody is asked twice."),
    clear=removes(
        Invitation, lambda: Invitation.survey_id.in_(select(Survey.id).where(closed_long_ago()))
    ),
)
keeps(
    Subject.SURVEYS,
    Answer,
    what=_l("What you answered in a survey"),
    seen_by=_l(
        "Everybody sees the sums; staff read open answers. Nobody can tell whose they are, not "
        "even someone who can read our database"
    ),
    until=_l("For good, without any person"),
    why=_l("To learn whether an event did what it was meant to do."),
)
keeps(
    Subject.LIBRARY,
    *(StoryLine, Program, Session, Quote, Result),
    what=_l("What staff answered, planned, counted and published, and who of them it was"),
    seen_by=_l("Everybody reads answers and results with a name; the rest the staff"),
    until=_l("For good; the name until they delete their account, and seven days more"),
    why=_l("So that somebody stands behind each answer."),
)
