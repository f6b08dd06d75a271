"""Which questions are asked: versioned sets, locked once somebody was asked.

The five items of the IMLS keep their own words and scale and are what is asked unless the
planner of a program chooses the set of its topic's outcome area. A change of words is a new
version, so that figures of different questions are never added up.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.core import clock
from portal.core.database import db, get, lock
from portal.settings.queries import current as library
from portal.surveys.models import Instrument

DEFAULT = "imls"
AGREEING = 2  # the last so many of the scale: agree, strongly agree

_FILE = Path(__file__).with_name("instruments.json")


@dataclass(frozen=True, slots=True)
class Item:
    """One statement to agree or disagree with. ``code`` is unique within its instrument."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Questions:
    """All that one page asks. ``scale`` goes from strongly disagree to strongly agree; what is
    ``apart`` from it ("Not applicable") counts in no percentage."""

    scale: tuple[str, ...]
    apart: str | None
    items: tuple[Item, ...]
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    id: int
    title: str
    questions: Questions


def read(stored: dict[str, Any]) -> Questions:
    return Questions(
        scale=tuple(stored["scale"]),
        apart=stored["apart"],
        items=tuple(Item(one["code"], one["text"]) for one in stored["items"]),
        open=tuple(stored["open"]),
    )


class Locked(RuntimeError):
    """Questions that were asked already have other words now. That takes a new version."""


def seed() -> None:
    """The portal's own instruments, as its file has them. Twice does no harm."""
    kept = {(one.code, one.version): one for one in db.session.scalars(select(Instrument))}
    for new in _own():
        old = kept.get((new["code"], new["version"]))
        if old is None:
            db.session.add(
                Instrument(
                    code=new["code"],
                    version=new["version"],
                    title=new["title"],
                    questions=new["questions"],
                )
            )
        elif old.questions != new["questions"]:
            _change(old, new["questions"])
    db.session.flush()


def _change(instrument: Instrument, questions: dict[str, Any]) -> None:
    if instrument.locked_at is not None:
        raise Locked(f"{instrument.code} version {instrument.version} was asked already")
    instrument.questions = questions


@cache
def _own() -> list[dict[str, Any]]:
    sets: list[dict[str, Any]] = json.loads(_FILE.read_text("utf-8"))
    return sets


def choices(topic_id: int | None) -> list[Choice]:
    """What a planner may choose: the default first, then the set of the topic's outcome area,
    where there is one. Always the newest version."""
    topic = library().topics.get(topic_id or 0)
    codes = [DEFAULT, topic.outcome_area] if topic else [DEFAULT]
    found = db.session.execute(
        select(Instrument.code, Instrument.id, Instrument.title, Instrument.questions)
        .where(Instrument.code.in_(codes))
        .order_by(Instrument.version)
    )
    newest = {row.code: Choice(row.id, row.title, read(row.questions)) for row in found}
    return [newest[code] for code in codes if code in newest]


def use(instrument_id: int | None) -> Instrument:
    """The instrument that was chosen, or the default. From now on its words stay."""
    chosen = instrument_id or choices(None)[0].id
    instrument = get(Instrument, chosen)
    if instrument.locked_at is None:
        instrument = lock(Instrument, chosen)
        instrument.locked_at = instrument.locked_at or clock.now()
    return instrument
