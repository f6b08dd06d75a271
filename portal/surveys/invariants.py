"""What is always true of surveys and results, as ``flask portal check`` tests it."""

from collections.abc import Iterable

from sqlalchemy import and_, case, exists, func, or_, select, update

from portal.core.checking import checks
from portal.core.database import db
from portal.ideas.lifecycle import Stage
from portal.ideas.models import Idea
from portal.mail.models import MailState, Outgoing
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Program, ProgramIdea, Session
from portal.surveys import counting
from portal.surveys.clearing import closed_long_ago
from portal.surveys.models import Answer, Invitation, Result, Survey, Ticket, WayIn

_ANSWERS = select(func.count()).where(Answer.survey_id == Survey.id).scalar_subquery()
_TICKETS = select(func.count()).where(Ticket.survey_id == Survey.id).scalar_subquery()
_INVITED = select(func.count()).where(Invitation.survey_id == Survey.id).scalar_subquery()


@checks("each invitation is a ticket or an answer, and never both")
def tickets() -> Iterable[str]:
    cleared = closed_long_ago() & (_INVITED == 0)
    wrong = select(Survey.id, Survey.invited, _INVITED, _TICKETS, _ANSWERS).where(
        Survey.way == WayIn.INVITED,
        ((Survey.invited != _INVITED) & ~cleared) | (Survey.invited != _TICKETS + _ANSWERS),
    )
    for survey_id, invited, invitations, left, answers in db.session.execute(wrong):
        yield (
            f"survey {survey_id} invited {invited}, has {invitations} invitations, "
            f"{left} tickets and {answers} answers"
        )


@checks("an answer came by the way into its survey")
def ways() -> Iterable[str]:
    astray = (
        select(Survey.id)
        .join(Answer, Answer.survey_id == Survey.id)
        .where(Answer.way != Survey.way)
        .group_by(Survey.id)
    )
    for survey_id in db.session.scalars(astray):
        yield f"survey {survey_id} has answers that came by another way"


@checks("no token stays in the outbox once its mail is out")
def sealed() -> Iterable[str]:
    kept = select(Outgoing.id).where(
        Outgoing.kind == "survey_invitation",
        Outgoing.state != MailState.QUEUED,
        Outgoing.sealed.is_not(None),
    )
    for outgoing_id in db.session.scalars(kept):
        yield f"mail {outgoing_id} still holds its token"


def count_again() -> None:
    for survey_id in list(db.session.scalars(_MISCOUNTED)):
        counting.count(survey_id)


_MISCOUNTED = select(Survey.id).where(Survey.complete, Survey.tallied != _ANSWERS)


@checks("a survey that has closed is counted whole", mend=count_again)
def counted() -> Iterable[str]:
    for survey_id in db.session.scalars(_MISCOUNTED):
        yield f"survey {survey_id} has closed, and its sums leave answers out"


_ENDED = select(func.max(Session.ends_at)).where(Session.program_id == Program.id)
_OWES = and_(
    Program.stage == ProgramStage.DONE,
    or_(Program.announced_at.is_not(None), exists().where(ProgramIdea.program_id == Program.id)),
    ~exists().where(Result.program_id == Program.id, Result.published_at.is_not(None)),
)
_OWED_SINCE = case((_OWES, _ENDED.scalar_subquery()))
_MISDATED = Program.results_owed_since.is_distinct_from(_OWED_SINCE)


def date_again() -> None:
    right = update(Program).where(_MISDATED).values(results_owed_since=_OWED_SINCE)
    db.session.execute(right, execution_options={"synchronize_session": False})


@checks("a program that is over owes results since its end, until they are public", mend=date_again)
def owed() -> Iterable[str]:
    for program_id in db.session.scalars(select(Program.id).where(_MISDATED)):
        yield f"program {program_id} does not owe results since it ended, or still owes public ones"


@checks("an idea whose program has public results says so")
def results() -> Iterable[str]:
    silent = (
        select(Idea.id, Result.program_id)
        .join(ProgramIdea, ProgramIdea.idea_id == Idea.id)
        .join(Result, Result.program_id == ProgramIdea.program_id)
        .where(Result.published_at.is_not(None), Idea.stage == Stage.HELD)
    )
    for idea_id, program_id in db.session.execute(silent):
        yield f"idea {idea_id} does not know of the results of program {program_id}"
