"""All that the page of a program counts, as plain values that can be frozen."""

from typing import Any

from sqlalchemy import select

from portal.core import cells
from portal.core.database import checked, db
from portal.ideas.models import Idea
from portal.organisations.models import Organisation
from portal.programs.lifecycle import SessionStage
from portal.programs.models import Measure, Program, ProgramIdea, ProgramPartner, Session
from portal.settings.queries import current as library
from portal.surveys import outcomes
from portal.surveys.models import Quote, Result

VISITS = "visits"  # a measure of this kind is filled in from the head counts


def of(program: Program) -> dict[str, Any]:
    came = _came(program.id)
    shown = outcomes.for_everybody(program)
    return {
        "asked": _asked(program.id),
        "partners": _partners(program.id),
        "came": came,
        "outcomes": shown,
        "promised": _promised(program.id, visits=came["visits"], shown=shown),
        "quotes": quotes(program.id),
    }


def _asked(program_id: int) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Idea.id, Idea.title, Idea.need, Idea.votes)
        .join(ProgramIdea, ProgramIdea.idea_id == Idea.id)
        .where(ProgramIdea.program_id == program_id)
        .order_by(Idea.votes.desc(), Idea.id)
    )
    return [dict(row) for row in rows.mappings()]


def _partners(program_id: int) -> list[str]:
    names = (
        select(Organisation.name)
        .join(ProgramPartner, ProgramPartner.organisation_id == Organisation.id)
        .where(ProgramPartner.program_id == program_id)
        .order_by(Organisation.name)
    )
    return list(db.session.scalars(names))


def _came(program_id: int) -> dict[str, Any]:
    """Heads of all sessions that took place; none where so few came that they would stand out."""
    rows = db.session.execute(
        select(Session.number, Session.starts_local, Session.capacity)
        .add_columns(Session.head_count, Session.online_count)
        .where(Session.program_id == program_id, checked(Session.stage == SessionStage.HELD))
        .order_by(Session.starts_local, Session.number)
    ).all()
    heads = {row.number: (row.head_count or 0) + (row.online_count or 0) for row in rows}
    shown, visits = cells.publish(heads, smallest=library().smallest_cell)
    sessions = [
        {"day": row.starts_local.date().isoformat(), "heads": shown[row.number]}
        | {"seats": row.capacity}
        for row in rows
    ]
    return {"visits": visits, "sessions": sessions}


def _promised(
    program_id: int, *, visits: int | None, shown: dict[str, Any]
) -> list[dict[str, Any]]:
    """Each measure with what came of it: counted where we can, else in the librarian's words."""
    result = db.session.get(Result, program_id)
    told = result.delivered if result else {}
    measures = select(Measure).where(Measure.program_id == program_id).order_by(Measure.id)
    return [
        {"what": one.what, "target": one.target}
        | _delivered(one, visits=visits, shown=shown, told=told.get(str(one.id), {}))
        for one in db.session.scalars(measures)
    ]


def _delivered(
    measure: Measure, *, visits: int | None, shown: dict[str, Any], told: dict[str, Any]
) -> dict[str, Any]:
    counted = visits if measure.kind == VISITS else _percent(measure.kind, shown)
    if counted is None:
        return {"words": told.get("words", ""), "met": told.get("met")}
    words = str(counted) if measure.kind == VISITS else f"{counted}%"
    return {"words": words, "met": counted >= measure.target}


def _percent(code: str, shown: dict[str, Any]) -> int | None:
    """How many percent agree with one statement: of this program's own answers only."""
    if shown["scope"] != outcomes.Scope.PROGRAM:
        return None
    item = next((one for one in shown["items"] if one["code"] == code), None)
    return round(100 * item["agree"] / item["n"]) if item and item["n"] else None


def quotes(program_id: int) -> list[str]:
    words = select(Quote.words).where(Quote.program_id == program_id).order_by(Quote.id)
    return list(db.session.scalars(words))
