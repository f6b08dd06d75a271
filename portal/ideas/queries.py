"""What pages about ideas read. Nothing here writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union,
    union_all,
)

from portal.accounts.models import Person
from portal.core import pages
from portal.core.database import checked, db, get, read
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
ALIKE = 30  # the same for a title, of which three or four are shown


class Card(NamedTuple):
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


# What a request asks for again and again is written once, with a place for the values.
_READER = bindparam("reader_id", type_=Integer)
_VOTED = exists().where(Vote.idea_id == Idea.id, Vote.person_id == _READER)
_CARD: tuple[Any, ...] = (
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
    _VOTED.label("voted"),
)
_AMONG = Idea.id.in_(bindparam("ids", expanding=True))
_IS_PUBLIC = Idea.publication == Publication.PUBLISHED
_CARDS: Select[Any] = select(*_CARD).where(_IS_PUBLIC)


_FEW_VOTES = "eyes"  # and long there


def _columns(sort: str) -> tuple[Any, Any]:
    return (Idea.published_at if sort == "newest" else Idea.votes), Idea.id


def _order(sort: str) -> list[ColumnElement[Any]]:
    return [one if sort == _FEW_VOTES else one.desc() for one in _columns(sort)]


_CARDS_OF = select(*_CARD).where(_AMONG, checked(_IS_PUBLIC))
_LISTS = {sort: _CARDS.order_by(*_order(sort)).limit(pages.SIZE + 1) for sort in SORTS}


def first_of_each(
    stages: Iterable[Stage], *conditions: ColumnElement[bool], order: Sequence[Any], limit: Any
) -> CompoundSelect[int]:
    """Ids of the public ideas that come first in each of these stages: of one stage there is an
    index in this order, and none of several."""
    firsts = (
        select(Idea.id)
        .where(Idea.stage == stage, checked(_IS_PUBLIC), *conditions)
        .order_by(*order)
        for stage in sorted(stages)
    )
    return union_all(*(select(first.limit(limit).subquery().c.id) for first in firsts))


_BY_VOTES = (Idea.votes.desc(), Idea.id.desc())
_MOST = bindparam("most", type_=Integer)
_GATHERING = (
    select(*_CARD)
    .where(Idea.id.in_(first_of_each(VOTABLE, order=_BY_VOTES, limit=_MOST)))
    .order_by(*_BY_VOTES)
    .limit(_MOST)
)


def listed(wanted: Wanted, *, reader_id: int | None, cursor: str | None = None) -> Page[Card]:
    """One page of the public ideas that fit, or of the best finds of a search."""
    if wanted.words:
        return _finds(wanted, reader_id=reader_id, cursor=cursor)
    rows = read(_listed(wanted, cursor), reader_id=reader_id or 0).all()
    page = pages.cut(rows, lambda row: _key_of(wanted.sort, row))
    return Page([_card(row) for row in page.items], page.next)


def _listed(wanted: Wanted, cursor: str | None) -> Select[Any]:
    conditions = _filters(wanted)
    key = pages.after(cursor, datetime if wanted.sort == "newest" else int, int)
    if key is not None:
        upwards = wanted.sort == _FEW_VOTES
        conditions.append(pages.beyond(_columns(wanted.sort), key, upwards=upwards))
    if not wanted.stages:
        return _LISTS[wanted.sort].where(*conditions)
    order, most = _order(wanted.sort), pages.SIZE + 1
    firsts = first_of_each(wanted.stages, *conditions, order=order, limit=most)
    return select(*_CARD).where(Idea.id.in_(firsts)).order_by(*order).limit(most)


def gathering(*, reader_id: int | None, limit: int = 4) -> list[Card]:
    """The ideas that most people stand behind while votes are open."""
    return [_card(row) for row in read(_GATHERING, reader_id=reader_id or 0, most=limit)]


def similar(title: str, *, limit: int = 3) -> list[Card]:
    """Public ideas that may say the same, best first: those whose votes are open, then at least one
    on which the library has decided. One word in common is enough in a title only."""
    ids = index.find("idea", title, limit=ALIKE, least=2 * index.IN_TEXT)
    votable = _fitting(ids, [or_(Idea.stage.in_(VOTABLE), Idea.open_elsewhere)])
    decided = [one for one in ids if one not in votable]
    some = max(limit - len(votable), 1)
    return _cards([*votable[:limit], *decided[:some]], reader_id=None)


def card(idea_id: int, *, reader_id: int | None) -> Card:
    own = _CARDS.where(Idea.id == idea_id)
    row = read(own, reader_id=reader_id or 0).first()
    if row is None:
        raise Missing(_("There is nothing here, or it is no longer public."))
    return _card(row)


def _card(row: Sequence[Any]) -> Card:
    idea_id, title, happens, *others = row
    return Card(idea_id, title, excerpt(happens[:400]), idea_path(idea_id, title), *others)


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    """But for its stages."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.topics:
        conditions.append(Idea.topic_id.in_(wanted.topics))
    if wanted.branches:
        conditions.append(or_(Idea.branch_id.in_(wanted.branches), Idea.branch_id.is_(None)))
    if wanted.ages:
        conditions.append(or_(Idea.age_group.in_(wanted.ages), Idea.age_group.is_(None)))
    return conditions


def _key_of(sort: str, row: Row[Any]) -> tuple[int | datetime, int]:
    return (row.published_at if sort == "newest" else row.votes), row.id


def _finds(wanted: Wanted, *, reader_id: int | None, cursor: str | None) -> Page[Card]:
    """The index has public ideas only; where filters take some away, more of them are asked for."""
    if wanted.filtered:
        conditions = _filters(wanted)
        if wanted.stages:
            conditions.append(Idea.stage.in_(wanted.stages))
        ids = index.find("idea", wanted.words, limit=index.CANDIDATES)
        ids = _fitting(ids, conditions)[:FOUND]
    else:
        ids = index.find("idea", wanted.words, limit=FOUND)
    if (last := pages.after(cursor, int)) is not None and last[0] in ids:
        ids = ids[ids.index(last[0]) + 1 :]
    return pages.cut(_cards(ids[: pages.SIZE + 1], reader_id=reader_id), lambda one: (one.id,))


def _fitting(ids: Sequence[int], conditions: Sequence[ColumnElement[bool]]) -> list[int]:
    """Those that fit, in the same order."""
    found = set(read(select(Idea.id).where(_AMONG, checked(*conditions)), ids=ids).scalars())
    return [one for one in ids if one in found]


def _cards(ids: Sequence[int], *, reader_id: int | None) -> list[Card]:
    """Of those that are public, in the same order."""
    rows = {row.id: row for row in read(_CARDS_OF, ids=ids, reader_id=reader_id or 0)}
    return [_card(rows[one]) for one in ids if one in rows]


class Told(NamedTuple):
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

    idea: Row[Any]  # the columns of Idea
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


def _waits(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(*which, Revision.approved_at.is_(None), Revision.refused_at.is_(None))


_OF_ONE = (
    select(
        *Idea.__table__.columns,
        Person.name.label("author"),
        Organisation.name.label("organisation"),
        _VOTED.label("voted"),
        and_(
            exists().where(Subscription.idea_id == Idea.id, Subscription.person_id == _READER),
            ~exists().where(Stop.idea_id == Idea.id, Stop.person_id == _READER),
        ).label("follows"),
        exists()
        .where(_waits(Revision.idea_id == Idea.id, Revision.n == Idea.revisions))
        .label("change_waits"),
    )
    .outerjoin(Person, Person.id == Idea.author_id)
    .outerjoin(Organisation, Organisation.id == Idea.organisation_id)
    .where(Idea.id == bindparam("idea_id"))
)


def shown(idea_id: int, *, reader_id: int | None, staff: bool = False) -> Shown:
    """The idea, where this reader may see it: everybody when it is public or joined, its author
    and staff always."""
    row = read(_OF_ONE, idea_id=idea_id, reader_id=reader_id or 0).first()
    inside = staff or (row is not None and reader_id is not None and row.author_id == reader_id)
    if row is None or not (inside or row.publication in READABLE):
        raise Missing(_("There is nothing here, or it is no longer public."))
    return Shown(
        idea=row,
        author="" if row.unnamed else (row.author or ""),
        organisation=row.organisation or "",
        voted=row.voted,
        follows=row.follows,
        change_waits=inside and row.change_waits and row.publication is Publication.PUBLISHED,
        inside=inside,
    )


def public_title(idea_id: int) -> str | None:
    """The title, while everybody may read it."""
    return db.session.scalar(
        select(Idea.title).where(Idea.id == idea_id, Idea.publication == Publication.PUBLISHED)
    )


_TOLD: tuple[Any, ...] = (
    StoryLine.at,
    StoryLine.life,
    StoryLine.was,
    StoryLine.became,
    func.coalesce(Person.name, "").label("by"),
    StoryLine.sentence,
    StoryLine.reason_code,
    StoryLine.link,
    StoryLine.until,
    StoryLine.goal,
)
_STORY: Select[Any] = (
    select(*_TOLD)
    .outerjoin(Person, Person.id == StoryLine.by_id)
    .where(StoryLine.idea_id == bindparam("idea_id"))
    .order_by(StoryLine.n)
)
_PUBLIC_STORY = _STORY.where(StoryLine.public)


def story(idea_id: int, *, inside: bool = False) -> tuple[Told, ...]:
    """The public lines, oldest first; ``inside``, what the library and the author know besides."""
    rows = read(_STORY if inside else _PUBLIC_STORY, idea_id=idea_id)
    return tuple(Told(*row) for row in rows)


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
