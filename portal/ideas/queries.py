"""What pages about ideas read. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    false,
    or_,
    select,
    union,
)

from portal.accounts.models import Person
from portal.core import pages
from portal.core.database import db, get
from portal.core.errors import Missing
from portal.core.pages import Page
from portal.core.text import excerpt
from portal.ideas.lifecycle import PROMISED, READABLE, VOTABLE, Publication, Stage
from portal.ideas.models import AgeGroup, Idea, Revision, StoryLine, Vote
from portal.ideas.paths import idea_path
from portal.notifications.models import Reason, Stop, Subscription
from portal.organisations.models import Organisation
from portal.policy import Actor, Permission, may
from portal.search import index
from portal.settings.queries import today

# What a reader calls a stage, and the stages that it means.
STAGE_WORDS: dict[str, frozenset[Stage]] = {
    "open": frozenset({Stage.OPEN, Stage.UNDER_REVIEW}),
    "looking_for_partner": frozenset({Stage.LOOKING}),
    "in_planning": frozenset({Stage.PLANNING}),
    "scheduled": frozenset({Stage.SCHEDULED}),
    "held": frozenset({Stage.HELD, Stage.RESULTS}),
    "not_now": frozenset({Stage.NOT_NOW}),
    "not_moving_forward": frozenset({Stage.NOT_MOVING}),
    "already_offered": frozenset({Stage.ALREADY}),
}
SORTS = ("votes", "newest", "eyes")
FOUND = 60  # the best finds of a search


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A public idea in a list, as one reader sees it."""

    id: int
    title: str
    short: str
    path: str
    stage: Stage
    branch_id: int | None
    topic_id: int | None
    votes: int
    imported_votes: int
    desk_votes: int
    published_at: datetime
    open_elsewhere: bool
    voted: bool

    @property
    def votable(self) -> bool:
        return self.stage in VOTABLE or self.open_elsewhere


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What somebody chose in the list: nothing chosen means everything."""

    stages: frozenset[Stage] = frozenset()
    topics: frozenset[int] = frozenset()
    branches: frozenset[int] = frozenset()
    ages: frozenset[AgeGroup] = frozenset()
    sort: str = "votes"
    words: str = ""

    @property
    def filtered(self) -> bool:
        return bool(self.stages or self.topics or self.branches or self.ages)


_CARD = (
    Idea.id,
    Idea.title,
    Idea.happens,
    Idea.stage,
    Idea.branch_id,
    Idea.topic_id,
    Idea.votes,
    Idea.imported_votes,
    Idea.desk_votes,
    Idea.published_at,
    Idea.open_elsewhere,
)


def listed(wanted: Wanted, *, reader_id: int | None, cursor: str | None = None) -> Page[Card]:
    """One page of the public ideas that fit: by key, or the best finds of a search at once."""
    statement = _cards(reader_id).where(*_filters(wanted))
    if wanted.words:
        return Page(_found(statement, wanted.words))
    columns, ascending = _order(wanted.sort)
    statement = statement.order_by(*(c if ascending else c.desc() for c in columns))
    key = pages.after(cursor, datetime if wanted.sort == "newest" else int, int)
    if key is not None:
        statement = statement.where(pages.beyond(columns, key, upwards=ascending))
    rows = db.session.execute(statement.limit(pages.SIZE + 1)).all()
    page = pages.cut(rows, lambda row: _key_of(wanted.sort, row))
    return Page([_card(row) for row in page.items], page.next)


def gathering(*, reader_id: int | None, limit: int = 4) -> list[Card]:
    """The ideas that most people stand behind while votes are open."""
    most_first = (
        _cards(reader_id).where(Idea.stage.in_(VOTABLE)).order_by(Idea.votes.desc(), Idea.id.desc())
    )
    return [_card(row) for row in db.session.execute(most_first.limit(limit))]


def similar(title: str, *, limit: int = 3) -> list[Card]:
    """Public ideas that may say the same, best first, while votes for them are open."""
    return _found(_cards(None).where(Idea.stage.in_(VOTABLE)), title)[:limit]


def card(idea_id: int, *, reader_id: int | None) -> Card:
    row = db.session.execute(_cards(reader_id).where(Idea.id == idea_id)).first()
    if row is None:
        raise Missing(_("There is nothing here, or it is no longer public."))
    return _card(row)


def _cards(reader_id: int | None) -> Select[Any]:
    mine: ColumnElement[bool] = false()
    if reader_id is not None:
        mine = exists().where(Vote.idea_id == Idea.id, Vote.person_id == reader_id)
    columns: tuple[Any, ...] = (*_CARD, mine.label("voted"))
    return select(*columns).where(Idea.publication == Publication.PUBLISHED)


def _card(row: Row[Any]) -> Card:
    return Card(
        id=row.id,
        title=row.title,
        short=excerpt(row.happens[:400]),
        path=idea_path(row.id, row.title),
        stage=row.stage,
        branch_id=row.branch_id,
        topic_id=row.topic_id,
        votes=row.votes,
        imported_votes=row.imported_votes,
        desk_votes=row.desk_votes,
        published_at=row.published_at,
        open_elsewhere=row.open_elsewhere,
        voted=row.voted,
    )


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.stages:
        conditions.append(Idea.stage.in_(wanted.stages))
    if wanted.topics:
        conditions.append(Idea.topic_id.in_(wanted.topics))
    if wanted.branches:
        conditions.append(or_(Idea.branch_id.in_(wanted.branches), Idea.branch_id.is_(None)))
    if wanted.ages:
        conditions.append(or_(Idea.age_group.in_(wanted.ages), Idea.age_group.is_(None)))
    return conditions


def _order(sort: str) -> tuple[tuple[Any, Any], bool]:
    """Columns that the list follows, and whether upwards. "eyes": few votes, long there."""
    if sort == "newest":
        return (Idea.published_at, Idea.id), False
    return (Idea.votes, Idea.id), sort == "eyes"


def _key_of(sort: str, row: Row[Any]) -> tuple[int | datetime, int]:
    return (row.published_at if sort == "newest" else row.votes), row.id


def _found(statement: Select[Any], words: str) -> list[Card]:
    ids = index.find("idea", words, limit=index.CANDIDATES)
    rows = {row.id: row for row in db.session.execute(statement.where(Idea.id.in_(ids)))}
    return [_card(rows[one]) for one in ids if one in rows][:FOUND]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One line of an idea's story, as everybody reads it."""

    at: datetime
    life: str
    was: str
    became: str
    by: str
    sentence: str
    reason_code: str
    link: str
    until: date | None
    goal: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """An idea on its own page, as one reader sees it."""

    idea: Idea
    author: str  # empty where it is "a neighbor"
    organisation: str
    voted: bool
    follows: bool
    change_waits: bool  # a newer text has not been read by a librarian
    inside: bool  # read by its author or by staff

    @property
    def path(self) -> str:
        return idea_path(self.idea.id, self.idea.title)

    @property
    def votable(self) -> bool:
        public = self.idea.publication is Publication.PUBLISHED
        return public and (self.idea.stage in VOTABLE or self.idea.open_elsewhere)

    @property
    def offerable(self) -> bool:
        return self.idea.publication is Publication.PUBLISHED and self.idea.stage in PROMISED

    @property
    def answer_due(self) -> date | None:
        """The day until which the library promised an answer, while it owes one."""
        return self.idea.answer_due_on if self.idea.stage is Stage.UNDER_REVIEW else None

    @property
    def late(self) -> bool:
        """The library did not keep its promise yet: that is shown, not hidden."""
        return self.answer_due is not None and self.answer_due < today()


def shown(idea_id: int, *, reader_id: int | None, staff: bool = False) -> Shown:
    """The idea, where this reader may see it: everybody when it is public or joined, its author
    and staff always."""
    row = db.session.execute(
        select(
            Idea,
            Person.name.label("author"),
            Organisation.name.label("organisation"),
            exists().where(Vote.idea_id == Idea.id, Vote.person_id == (reader_id or 0)),
            and_(
                exists().where(
                    Subscription.idea_id == Idea.id, Subscription.person_id == (reader_id or 0)
                ),
                ~exists().where(Stop.idea_id == Idea.id, Stop.person_id == (reader_id or 0)),
            ),
            exists().where(_waits(Revision.idea_id == Idea.id, Revision.n == Idea.revisions)),
        )
        .outerjoin(Person, Person.id == Idea.author_id)
        .outerjoin(Organisation, Organisation.id == Idea.organisation_id)
        .where(Idea.id == idea_id)
    ).first()
    inside = staff or (row is not None and reader_id is not None and row[0].author_id == reader_id)
    if row is None or not (inside or row[0].publication in READABLE):
        raise Missing(_("There is nothing here, or it is no longer public."))
    idea, author, organisation, voted, follows, change_waits = row
    return Shown(
        idea=idea,
        author="" if idea.unnamed else (author or ""),
        organisation=organisation or "",
        voted=voted,
        follows=follows,
        change_waits=inside and change_waits and idea.publication is Publication.PUBLISHED,
        inside=inside,
    )


def _waits(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(*which, Revision.approved_at.is_(None), Revision.refused_at.is_(None))


def public_title(idea_id: int) -> str | None:
    """The title, while everybody may read it."""
    return db.session.scalar(
        select(Idea.title).where(Idea.id == idea_id, Idea.publication == Publication.PUBLISHED)
    )


def story(idea_id: int, *, inside: bool = False) -> list[Told]:
    """The public lines, oldest first; ``inside``, what the library and the author know besides."""
    which = [StoryLine.idea_id == idea_id] + ([] if inside else [StoryLine.public])
    rows = db.session.execute(
        select(StoryLine, Person.name)
        .outerjoin(Person, Person.id == StoryLine.by_id)
        .where(*which)
        .order_by(StoryLine.n)
    )
    return [
        Told(
            at=line.at,
            life=line.life,
            was=line.was,
            became=line.became,
            by=name or "",
            sentence=line.sentence,
            reason_code=line.reason_code,
            link=line.link,
            until=line.until,
            goal=line.goal,
        )
        for line, name in rows
    ]


def for_staff(*, cursor: str | None) -> Page[Card]:
    """Every public idea, newest first."""
    return listed(Wanted(sort="newest"), reader_id=None, cursor=cursor)


def own(idea_id: int, *, author: Actor) -> Idea:
    """The idea, where this person wrote it."""
    idea = get(Idea, idea_id)
    if not may(author, Permission.IDEA_EDIT, idea):
        raise Missing(_("There is nothing here, or it is no longer public."))
    return idea


def form_values(idea: Idea) -> dict[str, str]:
    """What the form of an idea shows before it is changed: a newer text that waits goes first, and
    with one of a public idea where its author says that it belongs."""
    mine = (Revision.idea_id == idea.id, Revision.n == idea.revisions)
    text = db.session.scalars(select(Revision).where(_waits(*mine))).first() or idea
    belongs = text if idea.publication is Publication.PUBLISHED else idea
    return {
        "title": text.title,
        "happens": text.happens,
        "need": text.need,
        "topic": str(belongs.topic_id or ""),
        "branch": str(belongs.branch_id or ""),
        "age_group": belongs.age_group.value if belongs.age_group else "",
        "shown_as": "neighbor" if idea.unnamed else "name",
        "seen": str(idea.version),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """An idea that somebody hears about, or said no to."""

    id: int
    title: str  # empty where the text is not public any more
    reasons: frozenset[Reason]
    stopped: bool


def heard_about(person_id: int, *, cursor: str | None = None) -> Page[Heard]:
    """A page of the ideas that this person gets mail about or stopped, the newest first."""
    statement = _HEARD.params(person=person_id)
    if (key := pages.after(cursor, int)) is not None:
        statement = statement.where(Idea.id < key[0])
    rows = db.session.execute(statement.limit(pages.SIZE + 1)).all()
    page = pages.cut(rows, lambda row: (row.id,))
    return Page([_heard(row, person_id) for row in page.items], page.next)


def _mine(table: type[Subscription | Stop], *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.idea_id == Idea.id, table.person_id == bindparam("person"), *more)


_HEARD = (
    select(Idea.id, Idea.title, Idea.publication, Idea.author_id)
    .add_columns(_mine(Stop).label("stopped"))
    .add_columns(*(_mine(Subscription, Subscription.reason == one).label(one) for one in Reason))
    .where(
        Idea.id.in_(
            union(
                select(Subscription.idea_id).where(Subscription.person_id == bindparam("person")),
                select(Stop.idea_id).where(Stop.person_id == bindparam("person")),
            )
        )
    )
    .order_by(Idea.id.desc())
)


def _heard(row: Row[Any], person_id: int) -> Heard:
    own = row.publication in READABLE or row.author_id == person_id
    return Heard(
        id=row.id,
        title=row.title if own else "",
        reasons=frozenset(one for one in Reason if row._mapping[one]),
        stopped=row.stopped,
    )


def of_author(person_id: int) -> Sequence[Row[int, str, Publication, Stage, int]]:
    """id, title, publication, stage and votes of what somebody wrote, newest first."""
    columns = (Idea.id, Idea.title, Idea.publication, Idea.stage, Idea.votes)
    mine = select(*columns).where(Idea.author_id == person_id).order_by(Idea.id.desc())
    return db.session.execute(mine.limit(100)).all()
