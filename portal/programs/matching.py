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
    why: tuple[str, ...] = ()  # the better, the more; none: it may partner, no more is known


def matches(program: Program) -> list[Match]:
    """Every organisation that may partner, those that fit best first."""
    topics, places = _ran(Program.topic_id), _ran(Program.branch_id)
    asked = set(words_of(f"{program.title} {program.goal} {program.summary}"))
    found = []
    for one in organisations.verified():
        here = (
            _brings(one.brings, asked),
            _of_topic(topics[one.id, program.topic_id], program),
            _at_place(places[one.id, program.branch_id], program),
        )
        why = tuple(reason for reason in here if reason)
        found.append(Match(organisation_id=one.id, name=one.name, why=why))
    return sorted(found, key=lambda match: -len(match.why))


def _ran(what: Any) -> Counter[tuple[int, int | None]]:
    """How many programs each organisation ran with us, by topic or by branch."""
    held = (
        select(ProgramPartner.organisation_id, what)
        .join(Program, Program.id == ProgramPartner.program_id)
        .where(Program.stage.in_((ProgramStage.ANNOUNCED, ProgramStage.DONE)))
    )
    return Counter((row[0], row[1]) for row in db.session.execute(held))


def _brings(brings: str, asked: set[str]) -> str:
    fitting = [one for one in re.split(r"[,;\n]\s*", brings) if asked & set(words_of(one))]
    if not fitting:
        return ""
    return str(_("Brings %(things)s", things=", ".join(fitting)[:120]))


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
