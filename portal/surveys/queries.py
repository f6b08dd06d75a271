"""What pages read of answers and results."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, bindparam, exists, func, select

from portal.accounts.models import Person
from portal.core import clock, pages
from portal.core.database import checked, db, get, read
from portal.core.errors import Missing
from portal.core.locale import to_local
from portal.core.pages import Page
from portal.ideas.lifecycle import READABLE, Stage
from portal.ideas.models import Idea, Life, StoryLine
from portal.ideas.paths import idea_path
from portal.ideas.queries import first_of_each
from portal.notifications import queries as notifications
from portal.policy import Actor, Permission, require
from portal.programs.lifecycle import ProgramStage, SessionStage
from portal.programs.models import Admission, Measure, Program, ProgramIdea, Session
from portal.programs.paths import program_path, results_path
from portal.settings.queries import current as library
from portal.surveys import figures, outcomes
from portal.surveys.models import Instrument, Result, Survey, WayIn
from portal.surveys.outcomes import Scope, Sums

# What a reader of the ledger calls an answer, and the stages that it means.
ANSWERS: dict[str, frozenset[Stage]] = {
    "happened": frozenset({Stage.HELD, Stage.RESULTS}),
    "coming": frozenset({Stage.LOOKING, Stage.PLANNING, Stage.SCHEDULED}),
    "no": frozenset({Stage.NOT_NOW, Stage.NOT_MOVING, Stage.ALREADY}),
}
ANSWERED = frozenset().union(*ANSWERS.values())
RESULTS_DUE = timedelta(days=30)  # after the last session


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The page of what a program led to: its figures frozen where it is public, else as they
    stand now."""

    program_id: int
    title: str
    path: str
    sentence: str
    next_step: str
    figures: dict[str, Any]
    published_at: datetime | None
    by: str = ""


def report(program_id: int) -> Report:
    """What everybody may read."""
    row = db.session.execute(
        select(Result, Program.title, Person.name)
        .join(Program, Program.id == Result.program_id)
        .outerjoin(Person, Person.id == Result.published_by)
        .where(Result.program_id == program_id, Result.published_at.is_not(None))
    ).first()
    if row is None:
        raise Missing(_("There is nothing here, or it is no longer public."))
    result, title, name = row
    return _report(result, title, shown=result.figures or {}, by=name or "")


def draft(program_id: int, *, reader: Actor) -> Report:
    """The same before it is public, for those who write it."""
    program = get(Program, program_id)
    require(reader, Permission.RESULT_PUBLISH, program)
    result = db.session.get(Result, program_id) or Result(
        program_id=program_id, sentence="", next_step="", delivered={}
    )
    return _report(result, program.title, shown=result.figures or figures.of(program))


def _report(result: Result, title: str, *, shown: dict[str, Any], by: str = "") -> Report:
    return Report(
        program_id=result.program_id,
        title=title,
        path=program_path(result.program_id, title),
        sentence=result.sentence,
        next_step=result.next_step,
        figures=shown,
        published_at=result.published_at,
        by=by,
    )


def told(program_id: int) -> int:
    """How many mails publishing will send to those who asked; never to whom."""
    asked = select(ProgramIdea.idea_id).where(ProgramIdea.program_id == program_id)
    return sum(notifications.follower_count(one) for one in db.session.scalars(asked).all())


def delivered(program_id: int) -> list[tuple[Measure, dict[str, Any]]]:
    """Each measure with what the librarian wrote about it so far."""
    result = db.session.get(Result, program_id)
    told = result.delivered if result else {}
    measures = select(Measure).where(Measure.program_id == program_id).order_by(Measure.id)
    return [(one, told.get(str(one.id), {})) for one in db.session.scalars(measures)]


# Home names the idea beside its results: not one that is no longer public.
_OF_HIDDEN_IDEA = exists().where(
    ProgramIdea.program_id == Result.program_id,
    Idea.id == ProgramIdea.idea_id,
    Idea.publication.not_in(READABLE),
)
_LATEST = (
    select(Result, Program.title)
    .join(Program, Program.id == Result.program_id)
    .where(Result.published_at.is_not(None), ~_OF_HIDDEN_IDEA)
    .order_by(Result.published_at.desc(), Result.program_id.desc())
    .limit(bindparam("most"))
)


def latest_results(*, limit: int = 2) -> list[Report]:
    """For home: the programs whose results came out last."""
    rows = db.session.execute(_LATEST, {"most": limit})
    return [_report(result, title, shown=result.figures or {}) for result, title in rows]


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """Results that are not public yet."""

    program_id: int
    branch_id: int | None
    title: str
    due_on: date
    late: bool


def owed(*, limit: int = 20) -> list[Owed]:
    """Programs without public results, once half of the time is over, and the survey with it: the
    oldest first. What was only written down afterwards owes them to an idea alone."""
    zone, now = library().timezone, clock.now()
    since = Program.results_owed_since
    rows = read(
        select(Program.id, Program.branch_id, Program.title, since)
        .where(since <= now - RESULTS_DUE / 2)
        .order_by(since, Program.id)
        .limit(limit)
    )
    return [
        Owed(
            program_id=number,
            branch_id=branch_id,
            title=title,
            due_on=to_local(ended + RESULTS_DUE, zone).date(),
            late=ended + RESULTS_DUE < now,
        )
        for number, branch_id, title, ended in rows
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class Did:
    """What an idea became: a program, and what came of it where that is known."""

    title: str
    path: str
    sentence: str = ""
    figures: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One idea in the ledger, with the library's answer."""

    idea_id: int
    title: str
    path: str
    votes: int
    stage: Stage
    since: datetime
    sentence: str
    by: str
    reason_code: str
    until: date | None
    link: str
    did: list[Did] = field(default_factory=list)


def ledger(which: str | None = None, *, cursor: str | None = None) -> Page[Line]:
    """Every idea that has an answer, also when it was no; the latest first."""
    stages = ANSWERS.get(which or "", ANSWERED)
    most = pages.SIZE + 1
    told: list[ColumnElement[bool]] = [Idea.stage_since.is_not(None)]
    if (key := pages.after(cursor, datetime, int)) is not None:
        told.append(pages.beyond(_IN_TIME, key))
    latest = [one.desc() for one in _IN_TIME]
    firsts = first_of_each(stages, *told, order=latest, limit=most)
    rows = db.session.execute(_LINES.where(Idea.id.in_(firsts)).order_by(*latest).limit(most)).all()
    page = pages.cut(rows, lambda row: (row.stage_since, row.id))
    became = led_to([row.id for row in page.items])
    lines = [
        Line(
            idea_id=row.id,
            title=row.title,
            path=idea_path(row.id, row.title),
            votes=row.votes,
            stage=row.stage,
            since=row.stage_since,
            sentence=row.sentence or "",
            by=row.name or "",
            reason_code=row.reason_code or "",
            until=row.until,
            link=row.link or "",
            did=became.get(row.id, []),
        )
        for row in page.items
    ]
    return Page(lines, page.next)


NEWEST_LINE = (
    select(func.max(StoryLine.n))
    .where(StoryLine.idea_id == Idea.id, StoryLine.life == Life.STAGE, StoryLine.public)
    .correlate(Idea)
    .scalar_subquery()
)
_LINES = (
    select(Idea.id, Idea.title, Idea.votes, Idea.stage, Idea.stage_since)
    .add_columns(StoryLine.sentence, Person.name)
    .add_columns(StoryLine.reason_code, StoryLine.until, StoryLine.link)
    .outerjoin(StoryLine, and_(StoryLine.idea_id == Idea.id, StoryLine.n == NEWEST_LINE))
    .outerjoin(Person, Person.id == StoryLine.by_id)
)
_IN_TIME = (Idea.stage_since, Idea.id)


def led_to(idea_ids: Sequence[int]) -> dict[int, list[Did]]:
    """What each idea became, by idea."""
    rows = db.session.execute(
        select(ProgramIdea.idea_id, Program.id, Program.title)
        .add_columns(Result.sentence, Result.figures)
        .join(Program, Program.id == ProgramIdea.program_id)
        .outerjoin(Result, and_(Result.program_id == Program.id, Result.published_at.is_not(None)))
        .where(
            ProgramIdea.idea_id.in_(idea_ids),
            checked(Program.stage.in_((ProgramStage.ANNOUNCED, ProgramStage.DONE))),
        )
        .order_by(Program.id)
    )
    found: dict[int, list[Did]] = {}
    for idea_id, program_id, title, sentence, shown in rows:
        path = results_path(program_id) if shown else program_path(program_id, title)
        one = Did(title=title, path=path, sentence=sentence or "", figures=shown)
        found.setdefault(idea_id, []).append(one)
    return found


def came_of(program_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The public figures of programs, where there are some already."""
    public = select(Result.program_id, Result.figures).where(
        Result.program_id.in_(set(program_ids)), Result.published_at.is_not(None)
    )
    return {program_id: figures for program_id, figures in db.session.execute(public) if figures}


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswersPage:
    """What staff see after one session."""

    title: str
    program_id: int
    number: int
    day: datetime
    asked: bool
    complete: bool
    scope: Scope
    way: WayIn
    came: int | None  # heads that were counted, of the sessions whose answers these are
    sums: Sums | None
    words: list[tuple[str, list[dict[str, Any]]]]  # by question: text, and whether quotable
    chosen: list[str]
    public: bool


def answers(program_id: int, number: int, *, reader: Actor) -> AnswersPage:
    program = get(Program, program_id)
    require(reader, Permission.SESSION_RUN, program)
    row = db.session.execute(
        select(Session.id, Session.starts_local, Program.admission, Survey, Instrument.questions)
        .join(Program, Program.id == Session.program_id)
        .outerjoin(Survey, Survey.session_id == Session.id)
        .outerjoin(Instrument, Instrument.id == Survey.instrument_id)
        .where(Session.program_id == program_id, Session.number == number)
    ).first()
    if row is None:
        raise Missing(_("There is nothing here, or it is no longer public."))
    session_id, day, admission, survey, questions = row
    scope, sums = outcomes.for_staff(program_id, session_id)
    result = db.session.get(Result, program_id)
    return AnswersPage(
        title=program.title,
        program_id=program_id,
        number=number,
        day=day,
        asked=survey is not None,
        complete=survey is not None and survey.complete,
        scope=scope,
        way=WayIn.INVITED if admission is Admission.SEATS else WayIn.WALL,
        came=_came(program_id, number if scope is Scope.PROGRAM else None),
        sums=sums,
        words=_words(survey, questions) if survey else [],
        chosen=figures.quotes(program_id),
        public=result is not None and result.published_at is not None,
    )


def _came(program_id: int, number: int | None) -> int | None:
    """Heads at one session, or at all that were held; None before they are counted."""
    heads = func.sum(Session.head_count + func.coalesce(Session.online_count, 0))
    held = select(heads).where(
        Session.program_id == program_id, checked(Session.stage == SessionStage.HELD)
    )
    return db.session.scalar(held if number is None else held.where(Session.number == number))


def _words(survey: Survey, questions: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """What was written after this session, once enough have answered; in no order."""
    if survey.tally is None or survey.tallied < library().smallest_cell:
        return []
    return list(zip(questions["open"], survey.tally["words"], strict=True))
