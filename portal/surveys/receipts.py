"""What each of one person's votes led to: for that person's own eyes, and no other page's."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, select

from portal.core import pages
from portal.core.database import db
from portal.core.pages import Page
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea, StoryLine, Vote
from portal.ideas.paths import idea_path
from portal.surveys.queries import NEWEST_LINE, Did, led_to


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """One vote: where its idea is now, since when, why, and what it became."""

    idea_id: int
    title: str  # empty where the text is not public any more
    path: str
    voted_at: datetime
    publication: Publication
    stage: Stage
    since: datetime | None
    sentence: str
    until: date | None
    link: str
    joined: int | None
    did: list[Did] = field(default_factory=list)

    @property
    def state(self) -> str:
        """The word that says where it is."""
        public = self.publication is Publication.PUBLISHED
        return self.stage.value if public else self.publication.value


_VOTES = (
    select(Idea.id, Idea.title, Idea.publication, Idea.stage, Idea.stage_since, Idea.merged_into)
    .add_columns(Vote.cast_at, StoryLine.sentence, StoryLine.until, StoryLine.link)
    .join(Vote, Vote.idea_id == Idea.id)
    .outerjoin(StoryLine, and_(StoryLine.idea_id == Idea.id, StoryLine.n == NEWEST_LINE))
    .order_by(Vote.cast_at.desc(), Idea.id.desc())
)


def of_person(person_id: int, *, cursor: str | None = None) -> Page[Receipt]:
    """A page of this person's votes, the latest first: two statements, however many there are."""
    statement = _VOTES.where(Vote.person_id == person_id)
    if (key := pages.after(cursor, datetime, int)) is not None:
        statement = statement.where(pages.beyond((Vote.cast_at, Idea.id), key))
    rows = db.session.execute(statement.limit(pages.SIZE + 1)).all()
    page = pages.cut(rows, lambda row: (row.cast_at, row.id))
    became = led_to([row.merged_into or row.id for row in page.items])
    return Page([_receipt(row, became) for row in page.items], page.next)


def _receipt(row: Row[Any], became: dict[int, list[Did]]) -> Receipt:
    public = row.publication in (Publication.PUBLISHED, Publication.MERGED)
    return Receipt(
        idea_id=row.id,
        title=row.title if public else "",
        path=idea_path(row.id, row.title) if public else "",
        voted_at=row.cast_at,
        publication=row.publication,
        stage=row.stage,
        since=row.stage_since,
        sentence=row.sentence or "",
        until=row.until,
        link=row.link or "",
        joined=row.merged_into,
        did=became.get(row.merged_into or row.id, []),
    )
