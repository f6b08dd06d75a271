"""A city's library: as many rows as asked for, in minutes, on either database.

Made by the database itself where rows are alike, past the services, but true by all that
``flask portal check`` tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from portal.accounts.models import Person
from portal.core import clock, migrating, tables
from portal.core.database import Rows, measure, transaction
from portal.core.locale import to_local
from portal.core.text import render
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea, Life, Revision, StoryLine, Vote
from portal.notifications.models import Reason, Subscription
from portal.programs.lifecycle import ProgramStage, SessionStage
from portal.programs.models import Program, Session
from portal.search.index import IN_TEXT, IN_TITLE
from portal.search.models import Word
from portal.search.words import words_of
from portal.settings.models import Library
from tests import factories

CHUNK = 2000  # rows a statement
GOAL = 150  # votes
ZONE = "America/New_York"
LENGTH = timedelta(hours=2)
THINGS, VERBS, PEOPLE, TIMES = (
    words.split()
    for words in (
        "bicycles lamps chess Spanish quilts robots poetry beekeeping genealogy kites pottery maps"
        " ukuleles taxes gardens telescopes sourdough zines birding podcasts watercolor origami"
        " résumés salsa knitting astronomy theater memoirs saxophones composting dumplings",
        "repair learn swap read build draw record taste sing collect teach paint mend play",
        "teens parents seniors beginners neighbors newcomers families toddlers veterans",
        "mornings evenings weekends afternoons Saturdays lunch breaks vacations winters",
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    ideas: int
    votes: int
    people: int
    sessions: int

    def part(self, ideas: int) -> "Size":
        """The same library while it had no more than so many ideas."""
        share = ideas / self.ideas
        return Size(
            ideas=ideas,
            votes=int(self.votes * share),
            people=int(self.people * share),
            sessions=int(self.sessions * share),
        )


CITY = Size(ideas=50_000, votes=5_000_000, people=500_000, sessions=50_000)


def build(size: Size) -> None:
    """Into an empty library. Needs an application context."""
    with transaction():
        factories.library()
        librarian = factories.librarian().id
        branch, topic = factories.branch().id, factories.topic().id
    with migrating.changing() as connection, tables.in_any_order(connection):
        connection.execute(sa.update(Library).values(vote_goal=GOAL))
        people = _people(connection, size.people)
        first = _ideas(connection, size, branch_id=branch, topic_id=topic)
        _stories(connection, first, by_id=librarian)
        _votes(connection, first, people)
        _sessions(connection, size.sessions, planner_id=librarian, branch_id=branch)
        tables.leap(connection, dict.fromkeys(Rows.metadata.tables, size.people))
        measure(connection)


def _people(connection: Connection, number: int) -> range:
    """Their ids."""
    first = (connection.scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
    _numbers(connection, number)
    email = sa.literal("resident", sa.String) + sa.cast(_n, sa.String) + "@example.org"
    _grow(
        connection,
        Person,
        sa.select(_n).select_from(_counted),
        id=_n + first,
        email=email,
        email_key=email,
        name=sa.literal("Resident ", sa.String) + sa.cast(_n, sa.String),
        lang="en",
        confirmed_at=clock.now(),
        joined_at=clock.now(),
        withdraws_ideas=sa.false(),
    )
    return range(first, first + number)


def _ideas(connection: Connection, size: Size, *, branch_id: int, topic_id: int) -> int:
    """The id of the first; how many votes each has is set, the votes are not there yet."""
    first = (connection.scalar(sa.select(sa.func.max(Idea.id))) or 0) + 1
    rows = _texts(size, first, {"branch_id": branch_id, "topic_id": topic_id})
    while chunk := list(islice(rows, CHUNK)):
        connection.execute(sa.insert(Idea), chunk)
        connection.execute(sa.insert(Word), [word for one in chunk for word in _words(one)])
    return first


def _texts(size: Size, first: int, place: dict[str, int]) -> Iterator[dict[str, Any]]:
    random, now = Random(1), clock.now()  # noqa: S311  the same city every time
    weights = [(n + 20) ** -0.7 for n in range(size.ideas)]
    share = size.votes / sum(weights)
    counts = [min(int(weight * share), size.people) for weight in weights]
    random.shuffle(counts)
    for n, votes in enumerate(counts):
        thing, other = random.sample(THINGS, 2)
        verb, who, when = random.choice(VERBS), random.choice(PEOPLE), random.choice(TIMES)
        happens = f"We {verb} {thing} and {other} together, {who} first, on {when}."
        need = f"Many {who} here would {verb} more if somebody showed them how. Number {n}."
        published = now - timedelta(minutes=10 * (size.ideas - n))
        reached = votes >= GOAL
        answered = reached and n % 10 > 0
        yield place | {
            "id": first + n,
            "title": f"{verb.title()} {thing} with {who} on {when}",
            "happens": happens,
            "need": need,
            "happens_html": render(happens),
            "need_html": render(need),
            "lang": "en",
            "publication": Publication.PUBLISHED,
            "stage": Stage.NOT_MOVING
            if answered
            else Stage.UNDER_REVIEW
            if reached
            else Stage.OPEN,
            "stage_since": published,
            "votes": votes,
            "unnamed": False,
            "open_elsewhere": False,
            "detached": 0,
            "imported_votes": 0,
            "desk_votes": 0,
            "revisions": 1,
            "story_lines": 2 + reached + answered,
            "version": 1,
            "published_at": published,
            "made_at": published,
            "goal_reached_at": published if reached else None,
            "answer_due_on": (now + timedelta(days=n % 90)).date() if reached else None,
        }


def _words(idea: dict[str, Any]) -> Iterator[dict[str, Any]]:
    weights = dict.fromkeys(words_of(f"{idea['happens']}\n{idea['need']}"), IN_TEXT)
    weights |= dict.fromkeys(words_of(idea["title"]), IN_TITLE)
    for word, weight in weights.items():
        yield {"kind": "idea", "word": word, "thing_id": idea["id"], "weight": weight}


def _stories(connection: Connection, first: int, *, by_id: int) -> None:
    mine = sa.select(Idea.id).where(Idea.id >= first)
    _grow(
        connection,
        Revision,
        mine,
        idea_id=Idea.id,
        n=1,
        title=Idea.title,
        happens=Idea.happens,
        need=Idea.need,
        approved_by=by_id,
        approved_at=Idea.published_at,
        made_at=Idea.published_at,
        meaning_changed=sa.false(),
    )
    answered = Idea.stage == Stage.NOT_MOVING
    for n, life, was, became, which in (
        (1, Life.PUBLICATION, Publication.DRAFT, Publication.PENDING, sa.true()),
        (2, Life.PUBLICATION, Publication.PENDING, Publication.PUBLISHED, sa.true()),
        (3, Life.STAGE, Stage.OPEN, Stage.UNDER_REVIEW, Idea.votes >= GOAL),
        (4, Life.STAGE, Stage.UNDER_REVIEW, Stage.NOT_MOVING, answered),
    ):
        _grow(
            connection,
            StoryLine,
            mine.where(which),
            idea_id=Idea.id,
            n=n,
            life=life,
            was=was.value,
            became=became.value,
            by_id=by_id,
            sentence="We have no room for it." if became is Stage.NOT_MOVING else "",
            reason_code="space" if became is Stage.NOT_MOVING else "",
            link="",
            public=sa.true(),
            at=Idea.published_at,
        )


def _votes(connection: Connection, first: int, people: range) -> None:
    """Of each idea the counted number: people in steps that never meet the same one twice."""
    _numbers(connection, connection.scalar(sa.select(sa.func.max(Idea.votes))) or 0)
    stride = next(n for n in (7919, 7927, 7933) if len(people) % n)
    far = sa.cast(Idea.id, sa.BigInteger) * 104_729  # PostgreSQL's integers end at 2**31
    person = people.start + (far + _n * stride) % len(people)
    each = sa.select(Idea.id).select_from(Idea).join(_counted, _n < Idea.votes)
    each = each.where(Idea.id >= first).order_by(Idea.id)
    with _without_indexes(connection, Vote), _without_indexes(connection, Subscription):
        _grow(connection, Vote, each, idea_id=Idea.id, person_id=person, cast_at=clock.now())
        _grow(
            connection, Subscription, each, idea_id=Idea.id, person_id=person, reason=Reason.VOTED
        )


def _sessions(connection: Connection, number: int, *, planner_id: int, branch_id: int) -> None:
    """A program each: one in twenty is still to come, the others were held."""
    first = (connection.scalar(sa.select(sa.func.max(Program.id))) or 0) + 1
    rows = _sittings(number, first, planner_id, branch_id)
    while chunk := list(islice(rows, CHUNK)):
        connection.execute(sa.insert(Program), [program for program, _session in chunk])
        connection.execute(sa.insert(Session), [session for _program, session in chunk])


def _sittings(
    number: int, first: int, planner_id: int, branch_id: int
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    random = Random(2)  # noqa: S311  the same city every time
    today = clock.now().astimezone(UTC).replace(hour=15, minute=0, second=0, microsecond=0)
    for n in range(number):
        thing, when = random.choice(THINGS), random.choice(TIMES)
        to_come = n % 20 == 0
        starts = today + timedelta(hours=24 + n // 20) if to_come else today - timedelta(hours=n)
        yield (
            _program(first + n, f"{thing.title()} on {when}", to_come=to_come)
            | {"planner_id": planner_id, "branch_id": branch_id}
            | {"results_owed_since": None if to_come else starts + LENGTH},
            _session(first + n, starts, random.randrange(40), to_come=to_come)
            | {"branch_id": branch_id},
        )


def _program(id: int, title: str, *, to_come: bool) -> dict[str, Any]:
    return {
        "id": id,
        "title": title,
        "summary": f"All about {title}.",
        "summary_html": f"<p>All about {title}.</p>",
        "stage": ProgramStage.ANNOUNCED if to_come else ProgramStage.DONE,
        "announced_at": clock.now(),
        "made_at": clock.now(),
        "step": 5,
    }


def _session(program_id: int, starts: datetime, heads: int, *, to_come: bool) -> dict[str, Any]:
    ends = starts + LENGTH
    return {
        "program_id": program_id,
        "number": 1,
        "starts_local": to_local(starts, ZONE),
        "ends_local": to_local(ends, ZONE),
        "zone": ZONE,
        "starts_at": starts,
        "ends_at": ends,
        "capacity": 30,
        "stage": SessionStage.SCHEDULED if to_come else SessionStage.HELD,
        "head_count": None if to_come else heads,
        "closed_at": None if to_come else ends,
    }


_counted = sa.table("counted", sa.column("n", sa.Integer))
_n = _counted.c.n


def _numbers(connection: Connection, number: int) -> None:
    """0 to number - 1, in a table that goes with the connection."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS counted")
    connection.exec_driver_sql("CREATE TEMPORARY TABLE counted (n INTEGER PRIMARY KEY)")
    numbers = (
        "INSERT INTO counted WITH RECURSIVE one(n) AS "
        "(SELECT 0 UNION ALL SELECT n + 1 FROM one WHERE n + 1 < :number) SELECT n FROM one"
    )
    connection.execute(sa.text(numbers), {"number": number})


def _grow(
    connection: Connection, model: type[Rows], rows: "sa.Select[Any]", **columns: object
) -> None:
    """A row of the model for each of these rows, with these columns: expressions or values."""
    table = Rows.metadata.tables[model.__tablename__]
    values = [
        value
        if isinstance(value, sa.ColumnElement) or hasattr(value, "__clause_element__")
        else sa.literal(value, table.c[name].type)
        for name, value in columns.items()
    ]
    statement = sa.insert(table).from_select(list(columns), rows.with_only_columns(*values))
    connection.execute(statement)


class _without_indexes:  # noqa: N801  used like a function
    """An index that is made once is made ten times as fast as one that grows."""

    def __init__(self, connection: Connection, model: type[Rows]) -> None:
        self._connection = connection
        self._indexes = Rows.metadata.tables[model.__tablename__].indexes

    def __enter__(self) -> None:
        for one in self._indexes:
            one.drop(self._connection)

    def __exit__(self, *_raised: object) -> None:
        for one in self._indexes:
            one.create(self._connection)
