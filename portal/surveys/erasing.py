"""Somebody has left and took their ideas along: what was frozen of them goes, too."""

from sqlalchemy import select

from portal.core.database import db
from portal.core.events import on
from portal.ideas.events import WordsTakenBack
from portal.programs.models import ProgramIdea
from portal.surveys.models import Result


@on(WordsTakenBack)
def take_words_out(event: WordsTakenBack) -> None:
    """The figures stay, and the number of the idea among them."""
    asked = select(ProgramIdea.program_id).where(ProgramIdea.idea_id == event.idea_id)
    frozen = select(Result).where(Result.program_id.in_(asked), Result.published_at.is_not(None))
    for result in db.session.scalars(frozen.with_for_update()):
        shown = result.figures or {}
        wordless = [
            one | {"title": "—", "need": ""} if one["id"] == event.idea_id else one
            for one in shown["asked"]
        ]
        result.figures = shown | {"asked": wordless}
