"""Who could run a program: verified organisations that fit by what they bring, by topic and by
place, each with the reason."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from portal.core.database import db
from portal.organisations import queries as organisations
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Program, ProgramPartner
from portal.search.words import words_of
from portal.settings.queries import current as library


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    organisation_id: int
    name: str
    brings: tuple[str, ...] = ()  # what of that fits
    known: tuple[str, ...] = ()  # from what it ran with us

    @property
    def why(self) -> tuple[str, ...]:
        """The better, the more; none: it may partner, no more is known."""
        return self.why_else("")

    def why_else(self, said: str) -> tuple[str, ...]:
        """Without the things that it names in these words of its own."""
        things = ", ".join(one for one in self.brings if one not in said)
        brings = (str(_("Brings %(things)s", things=things[:120])),) if things else ()
        return brings + self.known


def matches(program: Program) -> list[Match]:
    """Every organisation that may partner, those that fit best first."""
    topics, places = _ran(Program.topic_id), _ran(Program.branch_id)
    asked = set(words_of(f"{program.title} {program.goal} {program.summary}"))
    found = []
    for one in organisations.verified():
        here = (
            _of_topic(topics[one.id, program.topic_id], program),
            _at_place(places[one.id, program.branch_id], program),
        )
        match = Match(
            organisation_id=one.id,
            name=one.name,
            brings=_fitting(one.brings, asked),
            known=tuple(reason for reason in here if reason),
        )
        found.append(match)
    return sorted(found, key=lambda match: -len(match.why))


def _ran(what: Any) -> Counter[tuple[int, int | None]]:
    """How many programs each organisation ran with us, by topic or by branch."""
    held = (
        select(ProgramPartner.organisation_id, what)
        .join(Program, Program.id == ProgramPartner.program_id)
        .where(Program.stage.in_((ProgramStage.ANNOUNCED, ProgramStage.DONE)))
    )
    return Counter((row[0], row[1]) for row in db.session.execute(held))


def _fitting(brings: str, asked: set[str]) -> tuple[str, ...]:
    things = re.split(r"[,;\n]\s*", brings)
    return tuple(one for one in things if asked & set(words_of(one)))


def _of_topic(times: int, program: Program) -> str:
    if not times or program.topic_id is None:
        return ""
    topic = library().topics[program.topic_id].name
    said = ngettext(
        "%(num)s event on “%(topic)s” with us",
        "%(num)s events on “%(topic)s” with us",
        times,
        topic=topic,
    )
    return str(said)


def _at_place(times: int, program: Program) -> str:
    if not times or program.branch_id is None:
        return ""
    return str(_("Knows %(place)s", place=library().branches[program.branch_id].name))
