"""What waits for a librarian, oldest first, with hints that explain themselves."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, func, select, union_all
from sqlalchemy.orm import aliased

from portal.accounts.models import Grant, Person
from portal.audit.models import Entry
from portal.core.database import checked, db, get
from portal.ideas import queries as ideas
from portal.ideas.lifecycle import PUBLICATION, Publication, Publishing
from portal.ideas.models import AgeGroup, Idea, Life, Revision, StoryLine
from portal.ideas.queries import Card
from portal.policy import Actor, Permission, may

LONGEST_QUEUE = 100
_NO = (Publication.NOT_PUBLISHED, Publication.HIDDEN)
_VERDICTS = ("idea.publish", "idea.trust", "idea.send_back", "idea.refuse")  # as they are recorded
PRIVATE = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.\w+|\+?\d[\d\s().-]{6,}\d")

_WAITS = union_all(  # ids of ideas: two ways in, each with an index of its own
    select(Idea.id).where(Idea.publication == Publication.PENDING),
    select(Revision.idea_id)
    .join(Idea, (Idea.id == Revision.idea_id) & (Idea.revisions == Revision.n))
    .where(
        Revision.approved_at.is_(None),
        Revision.refused_at.is_(None),
        checked(Idea.publication == Publication.PUBLISHED, Idea.revisions > 1),
    ),
)
_WAITING = select(  # found once, however little the planner knows of the tables
    _WAITS.cte("waits").prefix_with("MATERIALIZED").c.id
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One text in the queue."""

    idea_id: int
    title: str
    author: str
    since: datetime
    is_change: bool  # of a text that is public already
    author_id: int | None
    branch_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A text as the librarian reads it."""

    idea: Idea
    title: str
    happens: str
    need: str
    topic_id: int | None
    branch_id: int | None
    age_group: AgeGroup | None
    author: str
    is_change: bool
    published_before: int
    private: list[str]
    alike: list[Card]
    own: bool
    elsewhere: bool  # for staff of another branch to decide
    appeal: str  # what the author says where they ask for a second look
    barred: bool  # this reader said no before, so somebody else takes that look


@dataclass(frozen=True, kw_only=True, slots=True)
class Over:
    """A text that waits no more, and who decided what on it; no verdict where nobody had to."""

    idea: Idea
    verdict: str
    by: str
    at: datetime | None


def waiting() -> list[Waiting]:
    newest = aliased(Revision)
    rows = db.session.execute(
        select(Idea.id, newest.title, Person.name, newest.made_at, Idea.publication)
        .add_columns(Idea.author_id, Idea.branch_id)
        .join(newest, (newest.idea_id == Idea.id) & (newest.n == Idea.revisions))
        .outerjoin(Person, Person.id == Idea.author_id)
        .where(Idea.id.in_(_WAITING))
        .order_by(newest.made_at, Idea.id)
        .limit(LONGEST_QUEUE)
    )
    return [
        Waiting(
            idea_id=row.id,
            title=row.title,
            author=row.name or "",
            since=row.made_at,
            is_change=row.publication is Publication.PUBLISHED,
            author_id=row.author_id,
            branch_id=row.branch_id,
        )
        for row in rows
    ]


def waiting_count() -> int:
    some = _WAITS.limit(LONGEST_QUEUE).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def following(idea_id: int | None, *, reader: Actor) -> int | None:
    """The next text that this reader may decide on: after this one, else the oldest."""
    mine = [one.idea_id for one in waiting() if may(reader, Permission.IDEA_MODERATE, one)]
    after = mine[mine.index(idea_id) + 1 :] if idea_id in mine else []
    return next((one for one in [*after, *mine] if one != idea_id), None)


def item(idea_id: int, *, reader: Actor) -> Item | None:
    """The text, while it waits."""
    newest = aliased(Revision)
    row = db.session.execute(
        select(Idea, newest, Person.name, _published_before())
        .join(newest, (newest.idea_id == Idea.id) & (newest.n == Idea.revisions))
        .outerjoin(Person, Person.id == Idea.author_id)
        .where(Idea.id == idea_id, Idea.id.in_(_WAITING))
    ).first()
    return _item(row, reader) if row else None


def over(idea_id: int) -> Over:
    """What became of the newest text of an idea, for whoever comes too late to decide on it."""
    idea = get(Idea, idea_id)
    newest = select(Revision.made_at).where(
        Revision.idea_id == idea_id, Revision.n == idea.revisions
    )
    last = db.session.execute(
        select(Entry.action, Entry.at, Person.name)
        .outerjoin(Person, Person.id == Entry.actor_id)
        .where(
            Entry.thing_kind == "idea",
            Entry.thing_id == idea_id,
            Entry.action.in_(_VERDICTS),
            Entry.at >= newest.scalar_subquery(),
        )
        .order_by(Entry.id.desc())
        .limit(1)
    ).first()
    verdict, at, by = last or ("", None, "")
    return Over(idea=idea, verdict=verdict, by=by or "", at=at)


def _item(row: Row[Idea, Revision, str, int], reader: Actor) -> Item:
    idea, text, author, before = row
    own, is_change = idea.author_id == reader.id, idea.publication is Publication.PUBLISHED
    belongs = text if is_change else idea
    alike = [card for card in ideas.similar(text.title) if card.id != idea.id]
    appeal = appeal_of(idea.id) or ""
    return Item(
        idea=idea,
        title=text.title,
        happens=text.happens,
        need=text.need,
        topic_id=belongs.topic_id,
        branch_id=belongs.branch_id,
        age_group=belongs.age_group,
        author=author or "",
        is_change=is_change,
        published_before=before,
        private=PRIVATE.findall(f"{text.title}\n{text.happens}\n{text.need}"),
        alike=alike,
        own=own,
        elsewhere=not own and not may(reader, Permission.IDEA_MODERATE, idea),
        appeal=appeal,
        barred=bool(appeal) and is_barred(idea, reader),
    )


def may_appeal(idea: Idea | Row[Any], reader: Actor) -> bool:
    """Whether the button for a second look would work."""
    refused = Publishing.APPEAL in PUBLICATION.moves_from(idea.publication)
    return refused and may(reader, Permission.IDEA_EDIT, idea) and appeal_of(idea.id) is None


def appeal_of(idea_id: int) -> str | None:
    """With what its author asked for a second look; None where they did not."""
    return db.session.scalar(
        select(StoryLine.sentence).where(
            StoryLine.idea_id == idea_id,
            StoryLine.life == Life.PUBLICATION,
            StoryLine.was.in_(_NO),
            StoryLine.became == Publication.PENDING,
        )
    )


def said_no(idea_id: int, person_id: int) -> bool:
    """Whether this person decided that it does not appear."""
    lines = select(StoryLine.n).where(
        StoryLine.idea_id == idea_id,
        StoryLine.life == Life.PUBLICATION,
        StoryLine.became.in_(_NO),
        StoryLine.by_id == person_id,
    )
    return db.session.scalar(lines.limit(1)) is not None


def is_barred(idea: Idea, judge: Actor) -> bool:
    """Whether this person said no before and somebody else could take the second look."""
    return said_no(idea.id, judge.signed_in_id) and _somebody_else(idea, judge)


def _somebody_else(idea: Idea, judge: Actor) -> bool:
    others = (
        select(Grant.person_id)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.person_id.not_in((judge.signed_in_id, idea.author_id or 0)),
            Person.blanked_at.is_(None),
        )
    )
    if idea.branch_id is not None:
        here = (Grant.branch_id == idea.branch_id) | Grant.branch_id.is_(None)
        others = others.where(here)
    return db.session.scalar(others.limit(1)) is not None


def reason_of(idea_id: int) -> str:
    """Why it does not appear, as its author was told."""
    latest = (
        select(StoryLine.sentence)
        .where(
            StoryLine.idea_id == idea_id,
            StoryLine.life == Life.PUBLICATION,
            StoryLine.became.in_(_NO),
        )
        .order_by(StoryLine.n.desc())
    )
    return db.session.scalar(latest.limit(1)) or ""


def _published_before() -> ScalarSelect[int]:
    other = aliased(Idea)
    return (
        select(func.count())
        .select_from(other)
        .where(
            other.author_id == Idea.author_id,
            other.publication == Publication.PUBLISHED,
        )
        .scalar_subquery()
    )
