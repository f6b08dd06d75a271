"""The page that says what a program led to: written by itself from votes, heads, answers and
promises; the librarian adds a sentence and what comes next. Once public, its figures stay."""

from dataclasses import asdict, dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db, insert, lock
from portal.core.errors import Refused
from portal.ideas import deciding
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import Decision, Stage
from portal.ideas.models import Idea
from portal.mail.outbox import queue
from portal.notifications.telling import tell_followers
from portal.organisations.models import Member
from portal.policy import Actor, Permission, require
from portal.programs.lifecycle import SessionStage
from portal.programs.models import Program, ProgramIdea, ProgramPartner, Session
from portal.programs.paths import results_path
from portal.settings.models import Topic
from portal.surveys import figures
from portal.surveys.models import Result


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """What came of one measure, in the librarian's words."""

    words: str
    met: bool | None = None


def save(
    program_id: int, *, by: Actor, sentence: str, next_step: str, delivered: dict[int, Delivered]
) -> None:
    """Keep what the librarian wrote so far. What is public does not change any more."""
    program = lock(Program, program_id)
    require(by, Permission.RESULT_PUBLISH, program)
    refuse_if_public(db.session.get(Result, program_id))
    row = {
        "sentence": sentence,
        "next_step": next_step,
        "delivered": {str(one): asdict(came) for one, came in delivered.items()},
        "changed_at": clock.now(),
    }
    new = insert(Result).values(program_id=program_id, **row)
    db.session.execute(
        new.on_conflict_do_update(index_elements=[Result.program_id], set_=row),
        execution_options={"synchronize_session": False},
    )
    db.session.expire_all()


def publish(program_id: int, *, by: Actor) -> Result:
    """Freeze the figures, move the ideas on, and tell everybody who asked."""
    program = lock(Program, program_id)
    require(by, Permission.RESULT_PUBLISH, program)
    result = db.session.get(Result, program_id)
    refuse_if_public(result)
    if result is None or not (result.sentence and result.next_step):
        raise Refused(
            _("The page needs a sentence on what happened, and one on what comes next."),
            _("Write both, then publish."),
        )
    _refuse_if_not_over(program_id)
    if program.topic_id is not None:
        lock(Topic, program.topic_id)  # small programs of a topic are added up one at a time
    result.figures = figures.of(program)
    result.published_at = clock.now()
    result.published_by = by.signed_in_id
    program.results_owed_since = None
    record("result.publish", actor_id=by.id, thing=("program", program_id))
    _tell_ideas(program, result, by=by)
    _tell_partners(program_id)
    return result


def refuse_if_public(result: Result | None) -> None:
    if result is not None and result.published_at is not None:
        raise Refused(_("These results are public already."), _("What is public stays as it is."))


def _refuse_if_not_over(program_id: int) -> None:
    stages = set(db.session.scalars(select(Session.stage).where(Session.program_id == program_id)))
    if SessionStage.HELD not in stages:
        raise Refused(
            _("No session has been counted yet."), _("Close the session first: enter the heads.")
        )
    if stages & {SessionStage.SCHEDULED, SessionStage.POSTPONED}:
        raise Refused(
            _("A session is still to come, or was not counted yet."),
            _("Publish when the last one is closed."),
        )


def _tell_ideas(program: Program, result: Result, *, by: Actor) -> None:
    """Each idea gains its line and moves on; each who follows it is told once."""
    line = Line(sentence=result.sentence, link=results_path(program.id))
    asked = select(ProgramIdea.idea_id).where(ProgramIdea.program_id == program.id)
    for idea_id in sorted(db.session.scalars(asked)):
        if lock(Idea, idea_id).stage is Stage.HELD:
            deciding.decide(idea_id, Decision.PUBLISH_RESULTS, by=by.id, line=line)
        else:
            deciding.note(idea_id, line, by=by.id)
        context = {"program": program.id, "idea": idea_id}
        tell_followers("results", idea_id, key=f"results:{program.id}", context=context)


def _tell_partners(program_id: int) -> None:
    members = (
        select(Member.person_id)
        .distinct()
        .join(ProgramPartner, ProgramPartner.organisation_id == Member.organisation_id)
        .where(ProgramPartner.program_id == program_id)
    )
    for person_id in sorted(db.session.scalars(members)):
        key = f"partner-results:{program_id}:{person_id}"
        queue("partner_results", key=key, to=person_id, context={"program": program_id})
