"""Somebody has left: their votes are numbers, and what they wrote is "a neighbor's", or taken back
where they chose that."""

from sqlalchemy import select, update

from portal.accounts.events import PersonErased
from portal.core.database import db, lock
from portal.core.events import on, publish
from portal.ideas import deciding
from portal.ideas.clearing import detach
from portal.ideas.deciding import Line
from portal.ideas.events import WordsTakenBack
from portal.ideas.lifecycle import Publication, Publishing
from portal.ideas.models import Idea, Revision, StoryLine, Vote

WORDLESS = {"title": "—", "happens": "", "need": ""}


@on(PersonErased)
def forget(event: PersonErased) -> None:
    mine = Vote.person_id == event.person_id
    for idea_id in db.session.scalars(
        select(Vote.idea_id).where(mine).order_by(Vote.idea_id)
    ).all():
        detach(idea_id, mine)
    written = select(Idea.id).where(Idea.author_id == event.person_id).order_by(Idea.id)
    for idea_id in db.session.scalars(written).all():
        idea = lock(Idea, idea_id)
        if event.withdraws_ideas and idea.organisation_id is None:
            _withdraw(idea)
        idea.author_id, idea.unnamed = None, True
    db.session.flush()
    _take_names_out(event.person_id)


def _withdraw(idea: Idea) -> None:
    """It is not public any more, and its words are gone, with what was said about them to nobody
    but whoever wrote it."""
    if idea.publication is Publication.PUBLISHED:
        deciding.move_publication(idea, Publishing.RETIRE, by=None)
    elif idea.publication is Publication.PENDING:
        line = Line(reason_code="left", public=False)
        deciding.move_publication(idea, Publishing.REFUSE, by=None, line=line)
    idea.title, idea.happens, idea.need = WORDLESS["title"], "", ""
    idea.happens_html = idea.need_html = ""
    db.session.execute(update(Revision).where(Revision.idea_id == idea.id).values(WORDLESS))
    private = (StoryLine.idea_id == idea.id) & StoryLine.public.is_(False)
    db.session.execute(update(StoryLine).where(private).values(sentence=""))
    publish(WordsTakenBack(idea_id=idea.id))


def _take_names_out(person_id: int) -> None:
    for column in (Revision.by_id, Revision.approved_by, StoryLine.by_id):
        mine = update(column.class_).where(column == person_id)
        db.session.execute(mine.values({column.key: None}))
