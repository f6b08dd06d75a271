"""What changed for those who came, in figures that point at nobody.

Staff see counts from the smallest cell on, everybody percentages from the smallest survey on. Too
small is never blank: the figures of a program are those of all its sessions; too few still, they
are added to those of other small programs of the same topic, year and questions, and say so.

Sums that are added up are either the same everywhere or have no program in common, so that no
subtraction gives the part of one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, extract, select

from portal.core import cells
from portal.core.database import db
from portal.programs.models import Program, Session
from portal.settings.queries import current as library
from portal.surveys import instruments
from portal.surveys.instruments import AGREEING, Questions
from portal.surveys.models import Instrument, Result, Survey, WayIn


class Scope(StrEnum):
    """Whose answers a figure is made of."""

    PROGRAM = "program"
    POOL = "pool"
    NOBODY = "nobody"  # too few, even together


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """The counted answers of one session."""

    session_id: int
    program_id: int
    instrument_id: int
    way: WayIn
    invited: int
    answered: int
    complete: bool
    tally: dict[str, Any] | None
    questions: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """How often each word of the scale was chosen for one statement."""

    code: str
    text: str
    counts: tuple[int, ...]
    apart: int
    skipped: int

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def agree(self) -> int:
        """Of those who placed themselves on the scale, how many agree or strongly agree."""
        return sum(self.counts[-AGREEING:])


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """``way``: how those of one program came to answer; where programs are added up, of the
    first."""

    questions: Questions
    way: WayIn
    invited: int
    answered: int
    items: tuple[Item, ...]

    @property
    def rate(self) -> int:
        """The response rate: of those who were invited."""
        return round(100 * self.answered / self.invited) if self.invited else 0


_PARTS = (
    select(
        Survey.session_id,
        Session.program_id,
        Survey.instrument_id,
        Survey.way,
        Survey.invited,
        Survey.tallied.label("answered"),
        Survey.complete,
        Survey.tally,
        Instrument.questions,
    )
    .join(Session, Session.id == Survey.session_id)
    .join(Instrument, Instrument.id == Survey.instrument_id)
    .order_by(Session.program_id, Session.number)
)


def parts(*where: ColumnElement[bool]) -> list[Part]:
    return [Part(**row) for row in db.session.execute(_PARTS.where(*where)).mappings()]


def add_up(some: Sequence[Part]) -> Sums:
    """The sums of answers to the same questions. At least one part."""
    questions = instruments.read(some[0].questions)
    answered = sum(part.answered for part in some)
    counted = [part.tally["items"] for part in some if part.tally]
    return Sums(
        questions=questions,
        way=some[0].way,
        invited=sum(part.invited for part in some),
        answered=answered,
        items=tuple(
            _item(item, [tally[item.code] for tally in counted], len(questions.scale), answered)
            for item in questions.items
        ),
    )


def _item(item: instruments.Item, counted: list[list[int]], levels: int, answered: int) -> Item:
    columns = [sum(places) for places in zip(*counted, strict=True)] or [0] * levels
    return Item(
        code=item.code,
        text=item.text,
        counts=tuple(columns[:levels]),
        apart=sum(columns[levels:]),
        skipped=answered - sum(columns),
    )


def for_staff(program_id: int, session_id: int) -> tuple[Scope, Sums | None]:
    """What staff may see after one session: its own sums; those of the whole program where they
    are too few, or would give another session's away; or nothing yet."""
    own = _of_most_used(parts(Session.program_id == program_id))
    shown, total = cells.publish(
        {part.session_id: part.answered for part in own}, smallest=library().smallest_cell
    )
    if shown.get(session_id):
        return Scope.PROGRAM, add_up([part for part in own if part.session_id == session_id])
    return (Scope.POOL, add_up(own)) if total else (Scope.NOBODY, None)


def for_everybody(program: Program) -> dict[str, Any]:
    """What everybody may see of a program, as plain values that can be frozen."""
    own = _of_most_used(parts(Session.program_id == program.id))
    if _answered(own) >= library().smallest_survey:
        return _shown(Scope.PROGRAM, add_up(own))
    if not own or not program.topic_id:
        return {"scope": Scope.NOBODY}
    before = _pools(program.topic_id)
    for shown in before:
        if program.id in shown["pool"]["programs"]:
            return shown
    taken = {one for shown in before for one in shown["pool"]["programs"]}
    return _together(program, own[0].instrument_id, taken=taken)


def _together(program: Program, instrument_id: int, *, taken: set[int]) -> dict[str, Any]:
    """This program's answers added to those of other small ones, where they are enough."""
    year = _year_of(program.id)
    fellows = _fellows(program, instrument_id, year)
    chosen = _safe_to_add({one: _answered(fellows[one]) for one in set(fellows) - taken})
    together = [part for one in sorted(chosen) for part in fellows[one]]
    enough = _answered(together) >= library().smallest_survey
    if program.id not in chosen or len(chosen) < 2 or not enough:
        return {"scope": Scope.NOBODY}
    topic = library().topics[program.topic_id or 0].name
    pool = {"programs": sorted(chosen), "topic": topic, "year": year}
    return _shown(Scope.POOL, add_up(together)) | {"pool": pool}


def _fellows(program: Program, instrument_id: int, year: int) -> dict[int, list[Part]]:
    """Programs of the same topic, year and questions that are too small to stand alone; others
    only once their surveys have closed."""
    found: dict[int, list[Part]] = defaultdict(list)
    same = select(Program.id).where(Program.topic_id == program.topic_id)
    for part in parts(
        Session.program_id.in_(same),
        extract("year", Session.starts_local) == year,
        Survey.instrument_id == instrument_id,
    ):
        found[part.program_id].append(part)
    return {
        one: some
        for one, some in found.items()
        if 0 < _answered(some) < library().smallest_survey
        and (one == program.id or all(part.complete for part in some))
    }


def _safe_to_add(answered: dict[int, int]) -> set[int]:
    """Without those that staff may not see each by itself, where they are so few together that
    the sum would show them."""
    smallest = library().smallest_cell
    unseen = {one for one, n in answered.items() if n < smallest}
    few = sum(answered[one] for one in unseen) < smallest
    return set(answered) - unseen if few else set(answered)


def _pools(topic_id: int) -> list[dict[str, Any]]:
    """What was added up in this topic and shown before."""
    found = db.session.scalars(
        select(Result.figures)
        .join(Program, Program.id == Result.program_id)
        .where(Program.topic_id == topic_id, Result.published_at.is_not(None))
        .order_by(Result.published_at)
    )
    outcomes = [(figures or {})["outcomes"] for figures in found]
    return [shown for shown in outcomes if shown["scope"] == Scope.POOL]


def _shown(scope: Scope, sums: Sums) -> dict[str, Any]:
    return {
        "scope": scope,
        "answered": sums.answered,
        "way": sums.way,
        "invited": sums.invited,
        "levels": list(reversed(sums.questions.scale)),
        "items": [_shown_item(item) for item in sums.items],
    }


def _shown_item(item: Item) -> dict[str, Any]:
    """``agree``: how many of n, once n is large enough. ``levels``, from best to worst: how many
    chose each, only where each is large enough."""
    enough = item.n >= library().smallest_survey
    levels, _total = cells.publish(
        dict(enumerate(reversed(item.counts))), smallest=library().smallest_cell
    )
    every = enough and all(n is not None for n in levels.values())
    return {
        "code": item.code,
        "text": item.text,
        "n": item.n if enough else None,
        "agree": item.agree if enough else None,
        "levels": list(levels.values()) if every else None,
    }


def _year_of(program_id: int) -> int:
    days = select(Session.starts_local).where(Session.program_id == program_id)
    latest = db.session.scalars(days.order_by(Session.starts_local.desc())).first()
    return latest.year if latest else 0


def _answered(some: Iterable[Part]) -> int:
    return sum(part.answered for part in some)


def _of_most_used(some: list[Part]) -> list[Part]:
    """Answers to different questions are never added up: those to the ones asked most often."""
    by_instrument: dict[int, list[Part]] = defaultdict(list)
    for part in some:
        by_instrument[part.instrument_id].append(part)
    return max(by_instrument.values(), key=_answered, default=[])
