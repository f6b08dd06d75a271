"""What is always true of ideas (PRODUCT.md section 3), as ``flask portal check`` tests it."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from portal.core.checking import checks
from portal.core.database import db
from portal.ideas import deciding
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea, Life, Revision, StoryLine, Vote
from portal.search import index
from portal.search.models import Word
from portal.search.words import words_of

_PUBLIC = Idea.publication == Publication.PUBLISHED
_VOTERS = select(func.count()).where(Vote.idea_id == Idea.id).scalar_subquery()
_TEXTS = select(func.count()).where(Revision.idea_id == Idea.id).scalar_subquery()
_LATEST_TEXT = (
    select(func.coalesce(func.max(Revision.n), 0))
    .where(Revision.idea_id == Idea.id)
    .scalar_subquery()
)
_VERDICTS = (Publication.PUBLISHED, Publication.SENT_BACK, Publication.NOT_PUBLISHED)


def recount_votes() -> None:
    db.session.execute(
        update(Idea)
        .values(votes=_VOTERS + Idea.detached)
        .execution_options(synchronize_session=False)
    )


@checks("votes are counted once for each person", mend=recount_votes)
def vote_counts() -> Iterable[str]:
    wrong = select(Idea.id, Idea.votes, _VOTERS).where(Idea.votes != _VOTERS + Idea.detached)
    for idea_id, counted, there in db.session.execute(wrong):
        yield f"idea {idea_id} says {counted} votes and has {there} voters"


@checks("the story of an idea has no gap and ends where the idea stands")
def stories() -> Iterable[str]:
    lines = select(func.count()).where(StoryLine.idea_id == Idea.id).scalar_subquery()
    latest = select(func.max(StoryLine.n)).where(StoryLine.idea_id == Idea.id).scalar_subquery()
    gaps = select(Idea.id).where(or_(Idea.story_lines != lines, func.coalesce(latest, 0) != lines))
    for idea_id in db.session.scalars(gaps):
        yield f"idea {idea_id} has a gap in its story"
    for life, stands in (("publication", Idea.publication), ("stage", Idea.stage)):
        each = aliased(StoryLine)
        newest = (
            select(func.max(each.n))
            .where(each.idea_id == Idea.id, each.life == life)
            .scalar_subquery()
        )
        apart = (
            select(Idea.id, StoryLine.became)
            .join(StoryLine, (StoryLine.idea_id == Idea.id) & (StoryLine.n == newest))
            .where(StoryLine.became != stands)
        )
        for idea_id, became in db.session.execute(apart):
            yield f"idea {idea_id}: its story ends with {became}, its {life} is another"


@checks("a merged idea leads to a public one")
def merges() -> Iterable[str]:
    target = select(Idea.id).where(_PUBLIC)
    lost = select(Idea.id).where(Idea.merged_into.is_not(None), Idea.merged_into.not_in(target))
    for idea_id in db.session.scalars(lost):
        yield f"idea {idea_id} joined one that is not public"


def reindex_all() -> None:
    index.drop_all("idea")
    for idea in db.session.scalars(select(Idea).where(_PUBLIC)):
        deciding.reindex(idea)


@checks("search finds the public and nothing else", mend=reindex_all)
def findable() -> Iterable[str]:
    public = exists().where(Idea.id == Word.thing_id, _PUBLIC)
    indexed = exists().where(Word.kind == "idea", Word.thing_id == Idea.id)
    shown = select(Word.thing_id).distinct().where(Word.kind == "idea", ~public)
    for idea_id in db.session.scalars(shown):
        yield f"idea {idea_id} is not public and can be found"
    for idea in db.session.scalars(select(Idea).where(_PUBLIC, ~indexed)):
        if words_of(f"{idea.title} {idea.happens} {idea.need}"):
            yield f"idea {idea.id} is public and cannot be found"


@checks("the public text is one that was approved")
def approved_texts() -> Iterable[str]:
    approved = exists().where(
        Revision.idea_id == Idea.id,
        Revision.title == Idea.title,
        Revision.happens == Idea.happens,
        Revision.need == Idea.need,
        Revision.approved_at.is_not(None),
    )
    for idea_id in db.session.scalars(select(Idea.id).where(_PUBLIC, ~approved)):
        yield f"idea {idea_id} shows a text that nobody approved"


def recount_revisions() -> None:
    db.session.execute(
        update(Idea).values(revisions=_LATEST_TEXT).execution_options(synchronize_session=False)
    )


@checks("the texts of an idea are counted without a gap", mend=recount_revisions)
def texts() -> Iterable[str]:
    wrong = select(Idea.id, Idea.revisions, _TEXTS).where(
        or_(Idea.revisions != _TEXTS, _LATEST_TEXT != _TEXTS)
    )
    for idea_id, counted, there in db.session.execute(wrong):
        yield f"idea {idea_id} says {counted} texts and has {there}"


@checks("nobody decides on their own text")
def judges() -> Iterable[str]:
    own = (
        select(StoryLine.idea_id, StoryLine.n)
        .join(Idea, Idea.id == StoryLine.idea_id)
        .where(
            StoryLine.life == Life.PUBLICATION,
            StoryLine.was == Publication.PENDING,
            StoryLine.became.in_(_VERDICTS),
            StoryLine.by_id == Idea.author_id,
        )
    )
    for idea_id, n in db.session.execute(own):
        yield f"idea {idea_id}: line {n} of its story is its author's verdict on their own text"


@checks("who is refused hears why, and a decision says what it must")
def reasons() -> Iterable[str]:
    unsaid = StoryLine.sentence == ""
    refused = StoryLine.became.in_(
        (Publication.SENT_BACK, Publication.NOT_PUBLISHED, Publication.HIDDEN)
    )
    by_somebody = StoryLine.by_id.is_not(None)  # what another system refused comes without
    bare = or_(
        and_(StoryLine.life == Life.PUBLICATION, refused, by_somebody, unsaid),
        _decided(Stage.NOT_NOW, or_(unsaid, StoryLine.until.is_(None))),
        _decided(Stage.NOT_MOVING, or_(unsaid, StoryLine.reason_code == "")),
        _decided(Stage.ALREADY, StoryLine.link == ""),
    )
    lines = select(StoryLine.idea_id, StoryLine.n, StoryLine.became).where(bare)
    for idea_id, n, became in db.session.execute(lines):
        yield f"idea {idea_id}: line {n} of its story says {became} without what that needs"


def _decided(stage: Stage, lacking: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(StoryLine.life == Life.STAGE, StoryLine.became == stage, lacking)
