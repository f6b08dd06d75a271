"""The one place where an idea moves: its row is held, the move is legal or refused, and the story
gains a line."""

from dataclasses import asdict, dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, literal, select, update
from sqlalchemy import insert as sql_insert

from portal.core import clock
from portal.core.database import db, lock
from portal.core.errors import Refused
from portal.core.events import publish
from portal.ideas import queries
from portal.ideas.events import IdeaDecided
from portal.ideas.lifecycle import PUBLICATION, STAGES, Decision, Publication, Publishing, Stage
from portal.ideas.models import Idea, Life, StoryLine
from portal.policy import Actor
from portal.search import index


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What the story says beside a move: a sentence for everybody, and what the move needs."""

    sentence: str = ""
    reason_code: str = ""
    link: str = ""
    until: date | None = None
    goal: int | None = None  # the votes that were asked for, where they are reached
    public: bool = True


SILENT = Line()


def decide(
    idea_id: int, move: Decision, *, by: int | None, line: Line = SILENT, seen: int | None = None
) -> Idea:
    """Move an idea's stage. ``by`` is a person's id, None for the portal itself; ``seen`` the
    version that the person saw, where a page showed one."""
    idea = lock(Idea, idea_id)
    refuse_if_changed(idea, seen)
    was, became = idea.stage, STAGES.target(move, idea.stage)
    _check_needs(became, line)
    idea.stage, idea.stage_since = became, clock.now()
    idea.comes_back_on = line.until if became is Stage.NOT_NOW else None
    idea.search_ends_on = line.until if became is Stage.LOOKING else None
    _tell(idea, Life.STAGE, change=(was, became), by=by, line=line)
    publish(IdeaDecided(idea_id=idea.id, was=was, became=became))
    return idea


def review_all(*which: ColumnElement[bool], line: Line) -> None:
    """The portal itself moves every open idea among these under review: two statements, however
    many they are. Nobody is told of this move, so nothing is published."""
    now = clock.now()
    moved = {"stage": Stage.UNDER_REVIEW, "stage_since": now}
    moved |= {"story_lines": Idea.story_lines + 1, "version": Idea.version + 1}
    bulk = {"synchronize_session": False}
    opened = update(Idea).where(Idea.stage == Stage.OPEN, *which).values(moved)
    db.session.execute(opened, execution_options=bulk)
    told = exists().where(StoryLine.idea_id == Idea.id, StoryLine.n == Idea.story_lines)
    values = {
        "life": Life.STAGE,
        "was": Stage.OPEN,
        "became": Stage.UNDER_REVIEW,
        "by_id": None,
        "at": now,
        **asdict(line),
    }
    said = [literal(value, getattr(StoryLine, name).type) for name, value in values.items()]
    moved_now = (Idea.stage == Stage.UNDER_REVIEW, Idea.stage_since == now)
    untold = select(Idea.id, Idea.story_lines, *said).where(*moved_now, ~told)
    db.session.execute(sql_insert(StoryLine).from_select(["idea_id", "n", *values], untold))


def move_publication(idea: Idea, move: Publishing, *, by: int | None, line: Line = SILENT) -> None:
    """Move whether the text is public. The caller holds the row."""
    was, became = idea.publication, PUBLICATION.target(move, idea.publication)
    idea.publication = became
    if became is Publication.PUBLISHED:
        idea.published_at = idea.published_at or clock.now()
        reindex(idea)
    elif was is Publication.PUBLISHED:
        index.drop("idea", idea.id)
    _tell(idea, Life.PUBLICATION, change=(was, became), by=by, line=line)


def retire(idea_id: int, *, author: Actor) -> None:
    """Its author takes an idea back."""
    lock(Idea, idea_id)
    idea = queries.own(idea_id, author=author)
    move_publication(idea, Publishing.RETIRE, by=author.id)


def reindex(idea: Idea) -> None:
    """Search finds what the public text says now."""
    index.put("idea", idea.id, title=idea.title, text=f"{idea.happens}\n{idea.need}")


def note(idea_id: int, line: Line, *, by: int | None) -> None:
    """A line in the story of an idea whose state does not change."""
    idea = lock(Idea, idea_id)
    _tell(idea, Life.NOTE, change=(idea.stage, idea.stage), by=by, line=line)


def _tell(idea: Idea, life: Life, *, change: tuple[str, str], by: int | None, line: Line) -> None:
    idea.story_lines += 1
    idea.version += 1
    db.session.add(
        StoryLine(
            idea_id=idea.id,
            n=idea.story_lines,
            life=life,
            was=change[0],
            became=change[1],
            by_id=by,
            sentence=line.sentence,
            reason_code=line.reason_code,
            link=line.link,
            until=line.until,
            goal=line.goal,
            public=line.public,
        )
    )


def refuse_if_changed(idea: Idea, seen: int | None) -> None:
    if seen is not None and idea.version != seen:
        raise Refused(
            _("Somebody changed this while you were reading."),
            _("Open the page again to see where it stands now."),
        )


def _check_needs(became: Stage, line: Line) -> None:
    needs = {
        Stage.NOT_NOW: (line.until and line.sentence, _("“Not now” needs a date and a reason.")),
        Stage.NOT_MOVING: (
            line.reason_code and line.sentence,
            _("“Not moving forward” needs a reason, in a word and in a sentence."),
        ),
        Stage.ALREADY: (line.link, _("“Already here” needs a link to what is there.")),
    }
    given, sentence = needs.get(became, (True, ""))
    if not given:
        raise Refused(sentence)
