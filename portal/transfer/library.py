"""Branches, rooms, topics, closed days and people as files: down as they are, up all at once or
not at all.

A row is read by the form of its page, so that a file may hold what a page may, and is refused in
the same sentence. A row that is known changes what is there; no row takes anything away.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import g
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.accounts import inviting
from portal.accounts import queries as accounts
from portal.accounts.forms import ROLE_WORDS, InviteForm
from portal.core.database import db
from portal.core.errors import Forbidden, Refused
from portal.policy import Actor, Permission, Role, require
from portal.settings import placing
from portal.settings.place_forms import (
    AREAS,
    BRANCH_KINDS,
    CLOTHS,
    BranchForm,
    ClosedDaysForm,
    RoomForm,
    TopicForm,
)
from portal.settings.queries import Open
from portal.settings.queries import current as library
from portal.transfer import tables
from portal.transfer.tables import Line, Unreadable

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_ROWS = 2000
MONTHS = 12


class Unfit(ValueError):
    """Why a row cannot be taken."""


@dataclass(slots=True)
class Report:
    """What a run did, or would do; each refused row as (line, reason)."""

    added: int = 0
    changed: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    lines: dict[Hashable, int] = field(default_factory=dict)  # where each thing was first named


Kept = tuple[Hashable, bool]  # what the row is about, and whether that was new


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    columns: tuple[str, ...]
    permission: Permission
    rows: Callable[[], Iterable[Sequence[str]]]
    keep: Callable[[dict[str, str], Actor], Kept]
    words: dict[str, Iterable[str]] = field(default_factory=dict)  # what a column may hold


def down(kind: str, *, by: Actor) -> bytes:
    """The file of what is there."""
    table = TABLES[kind]
    require(by, table.permission)
    return tables.written(table.columns, table.rows())


def up(kind: str, raw: bytes, *, by: Actor, dry_run: bool) -> Report:
    """Take the rows, all or, with a refused one, none. Raises tables.Unreadable."""
    table, report = TABLES[kind], Report()
    require(by, table.permission)
    lines = _lines(raw, table)
    with db.session.begin_nested() as so_far:
        for line in lines:
            _take(line, table, report, by)
        if dry_run or report.refused:
            so_far.rollback()
            g.pop("settings", None)
    return report


def _lines(raw: bytes, table: Table) -> list[Line]:
    found = tables.parse(raw)
    lines = found.lines
    if not lines:
        raise Unreadable(_("There are no rows under the names of the columns."))
    if len(lines) > MOST_ROWS:
        raise Unreadable(_("The file has more than %(n)s rows. Cut it in two.", n=MOST_ROWS))
    missing = [name for name in table.columns if name not in found.columns]
    if missing:
        raise Unreadable(
            _(
                "The first line needs the column %(name)s. It needs: %(all)s.",
                name=missing[0],
                all=", ".join(table.columns),
            )
        )
    return lines


def _take(line: Line, table: Table, report: Report, by: Actor) -> None:
    cells = {name: tables.unguarded(text.strip()) for name, text in line.cells.items()}
    try:
        if line.spare:
            raise Unfit(_("It has more cells than there are columns."))
        thing, new = table.keep(cells, by)
        first = report.lines.setdefault(thing, line.number)
        if first != line.number:
            raise Unfit(_("It is about the same as line %(n)s. Take one of them out.", n=first))
        report.added += new
        report.changed += not new
    except Forbidden:
        raise
    except (Unfit, Refused) as reason:
        report.refused.append((line.number, str(reason)))


def _checked(form: Any) -> Any:
    """The form, where all of it is in order."""
    if not form.validate():
        name, errors = next(iter(form.errors.items()))
        raise Unfit(f"{form[name].label.text}: {errors[0]}" if name else errors[0])
    return form


def _branches() -> Iterable[Sequence[str]]:
    for one in library().branches.values():
        hours = [_span(one.hours.get(day)) for day in range(7)]
        yield (one.code, one.name, one.kind.value, one.address, *hours)


def _span(times: Open | None) -> str:
    return f"{times[0]:%H:%M}-{times[1]:%H:%M}" if times else ""


def _keep_branch(cells: dict[str, str], by: Actor) -> Kept:
    sent = MultiDict({name: cells[name] for name in ("code", "name", "kind", "address")})
    for day, name in enumerate(WEEK):
        opens, _dash, closes = cells[name].replace("–", "-").partition("-")
        sent[f"opens_{day}"], sent[f"closes_{day}"] = opens.strip(), closes.strip()
    draft = _checked(BranchForm(formdata=sent)).draft()
    known = _known(library().branches, draft.code, draft.name)
    return placing.keep_branch(draft, by=by, id=known), known is None


def _rooms() -> Iterable[Sequence[str]]:
    facts = library()
    for one in facts.rooms.values():
        features = "; ".join(one.feature_list)
        yield (facts.branches[one.branch_id].code, one.name, str(one.capacity), features)


def _keep_room(cells: dict[str, str], by: Actor) -> Kept:
    branch_id = _branch(cells["branch"])
    features = "\n".join(part.strip() for part in cells["features"].split(";"))
    sent = {"branch": str(branch_id), "name": cells["name"], "capacity": cells["seats"]}
    branches = [library().branches[branch_id]]
    form = RoomForm(formdata=MultiDict(sent | {"features": features}), branches=branches)
    draft = _checked(form).draft()
    known = _named(library().rooms, branch_id=branch_id, name=draft.name)
    return placing.keep_room(draft, by=by, id=known), known is None


def _branch(code: str) -> int:
    branch_id = _named(library().branches, code=code)
    if branch_id is None:
        raise Unfit(_("There is no branch with the code “%(code)s”.", code=code[:40]))
    return branch_id


def _known(facts: dict[int, Any], code: str, name: str) -> int | None:
    """By its code; a row without one by its name."""
    return _named(facts, code=code) if code else _named(facts, name=name)


def _named(facts: dict[int, Any], **values: object) -> int | None:
    """The id of the one that has these values."""
    same = (
        number
        for number, one in facts.items()
        if all(getattr(one, name) == value for name, value in values.items())
    )
    return next(same, None)


def _topics() -> Iterable[Sequence[str]]:
    for one in library().topics.values():
        yield (one.code, one.name, one.cloth, one.outcome_area)


def _keep_topic(cells: dict[str, str], by: Actor) -> Kept:
    sent = {"cloth": cells["color"], "outcome_area": cells["area"]}
    sent |= {name: cells[name] for name in ("code", "name")}
    draft = _checked(TopicForm(formdata=MultiDict(sent))).draft()
    known = _known(library().topics, draft.code, draft.name)
    return placing.keep_topic(draft, by=by, id=known), known is None


def _closed_days() -> Iterable[Sequence[str]]:
    branches = library().branches
    for one in library().closed_days:
        where = branches[one.branch_id].code if one.branch_id else ""
        yield (str(one.first), str(one.last), where, one.why)


def _day(text: str) -> str:
    """A day as spreadsheets of many countries write it, as a form reads it."""
    if dotted := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        day, month, year = dotted.groups()
    elif slashed := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        month, day, year = slashed.groups()
        if int(month) > MONTHS:
            day, month = month, day
        elif int(day) <= MONTHS and int(day) != int(month):
            raise Unfit(
                _(
                    "%(day)s can be read in two ways. Write year-month-day, like 2026-12-05.",
                    day=text,
                )
            )
    else:
        return text
    return f"{year}-{int(month):02}-{int(day):02}"


def _keep_closed_days(cells: dict[str, str], by: Actor) -> Kept:
    branch_id = _branch(cells["branch"]) if cells["branch"] else None
    sent = MultiDict({name: _day(cells[name]) for name in ("first", "last")})
    sent["why"] = cells["why"]
    sent["branch"] = str(branch_id or "")
    branches = [library().branches[branch_id]] if branch_id else []
    days = _checked(ClosedDaysForm(formdata=sent, branches=branches, everywhere=True)).value()
    return (days.first, branch_id), placing.close_days(days, by=by)


def _people() -> Iterable[Sequence[str]]:
    branches = library().branches
    for one in accounts.staff():
        for role, branch_id in one.roles:
            yield (one.email, one.name, role.value, branches[branch_id].code if branch_id else "")


def _keep_person(cells: dict[str, str], by: Actor) -> Kept:
    sent = MultiDict({name: cells[name] for name in ("email", "name", "role")})
    form = _checked(InviteForm(formdata=sent))
    branch_id = _branch(cells["branch"]) if cells["branch"] else None
    email, role, name = form.email.data, Role(form.role.data), form.name.data or ""
    new = inviting.invite(email, role=role, branches=[branch_id], name=name, by=by)
    return (email, role, branch_id), new


TABLES = {
    "branches": Table(
        columns=("code", "name", "kind", "address", *WEEK),
        permission=Permission.SETTINGS_CHANGE,
        rows=_branches,
        keep=_keep_branch,
        words={"kind": BRANCH_KINDS, "monday": ("9:00-17:30",)},
    ),
    "rooms": Table(
        columns=("branch", "name", "seats", "features"),
        permission=Permission.SETTINGS_CHANGE,
        rows=_rooms,
        keep=_keep_room,
        words={"features": ("Projector; Kitchen",)},
    ),
    "topics": Table(
        columns=("code", "name", "color", "area"),
        permission=Permission.SETTINGS_CHANGE,
        rows=_topics,
        keep=_keep_topic,
        words={"color": CLOTHS, "area": AREAS},
    ),
    "closed-days": Table(
        columns=("first", "last", "branch", "why"),
        permission=Permission.SETTINGS_CHANGE,
        rows=_closed_days,
        keep=_keep_closed_days,
        words={"first": ("2026-12-24",), "branch": ("MAIN",)},
    ),
    "people": Table(
        columns=("email", "name", "role", "branch"),
        permission=Permission.PEOPLE_GRANT,
        rows=_people,
        keep=_keep_person,
        words={"role": ROLE_WORDS},
    ),
}
