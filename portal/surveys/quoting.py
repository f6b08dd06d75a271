"""Words of guests on the public page: read by staff first, and only where their writer said yes."""

from flask_babel import gettext as _
from sqlalchemy import delete, select

from portal.core.database import db, lock
from portal.core.errors import Refused
from portal.policy import Actor, Permission, require
from portal.programs.models import Program, Session
from portal.settings.queries import current as library
from portal.surveys import figures
from portal.surveys.models import Quote, Result, Survey
from portal.surveys.reporting import refuse_if_public


def choose(program_id: int, words: str, *, by: Actor) -> None:
    """Show somebody's words on the page: only such as their writer said we may."""
    program = lock(Program, program_id)
    require(by, Permission.RESULT_PUBLISH, program)
    refuse_if_public(db.session.get(Result, program_id))
    if words not in quotable(program_id):
        raise Refused(
            _("These words may not be quoted."), _("Their writer did not say that we may.")
        )
    if words not in figures.quotes(program_id):
        db.session.add(Quote(program_id=program_id, words=words, chosen_by=by.signed_in_id))
        db.session.flush()


def drop(program_id: int, words: str, *, by: Actor) -> None:
    """Take chosen words off the page again."""
    program = lock(Program, program_id)
    require(by, Permission.RESULT_PUBLISH, program)
    refuse_if_public(db.session.get(Result, program_id))
    db.session.execute(delete(Quote).where(Quote.program_id == program_id, Quote.words == words))


def quotable(program_id: int) -> set[str]:
    """All words after this program's sessions that their writers said we may quote."""
    tallies = db.session.scalars(
        select(Survey.tally)
        .join(Session, Session.id == Survey.session_id)
        .where(Session.program_id == program_id, Survey.tallied >= library().smallest_cell)
    )
    texts = [text for tally in tallies if tally for question in tally["words"] for text in question]
    return {text["text"] for text in texts if text["quotable"]}
