"""The copy that a person may take of all that is held about them: one file, made while they wait.

It has the same twice, for people and for programs: a table for each part, and all of it as JSON;
and a text that explains every field. Nothing of it stays here and no address leads to it.
"""

import io
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts import exports, quotas
from portal.accounts.exports import Part
from portal.audit.recording import record
from portal.core import clock, sheets
from portal.core.database import db
from portal.settings.queries import current as library

Rows = Sequence[Sequence[Any]]


def copy(person_id: int) -> bytes:
    """A zip file with everything about this person and nothing about others."""
    quotas.spend("copy", str(person_id), limit=10, per=timedelta(days=1))
    record("person.copy", actor_id=person_id, thing=("person", person_id))
    found = [(part, _rows(part, person_id)) for part in exports.parts]
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as file:
        file.writestr("README.txt", "\n".join(_explained(found)))
        file.writestr("data.json", _as_json(found))
        for part, rows in found:
            if rows:
                table = sheets.as_csv(list(part.fields), [_in_cells(row) for row in rows])
                file.writestr(f"{part.name}.csv", f"\ufeff{table}")
    return out.getvalue()


def _rows(part: Part, person_id: int) -> Rows:
    rows = db.session.execute(part.of(person_id))
    return [[_written(value) for value in row] for row in rows]


def _written(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _in_cells(row: Sequence[Any]) -> list[Any]:
    return [json.dumps(v, ensure_ascii=False) if isinstance(v, dict | list) else v for v in row]


def _as_json(found: list[tuple[Part, Rows]]) -> str:
    everything = {
        part.name: [dict(zip(part.fields, row, strict=True)) for row in rows]
        for part, rows in found
    }
    return json.dumps(everything, ensure_ascii=False, indent=2)


def _explained(found: list[tuple[Part, Rows]]) -> Iterator[str]:
    yield _("What %(library)s holds about you", library=library().name)
    yield _("Made on %(day)s.", day=clock.now().date().isoformat())
    yield ""
    yield _("data.json has everything. Each .csv file has a part of it, as a table.")
    yield _("Times are in UTC. An apostrophe before a cell keeps it from being a formula.")
    for part, rows in found:
        yield from _part_explained(part, len(rows))
    yield ""
    yield _("What is not in here, and why")
    for one in exports.left_out:
        names = ", ".join(f"{c.class_.__tablename__}.{c.key}" for c in one.columns)
        yield f"- {one.why} ({names})"


def _part_explained(part: Part, number: int) -> Iterator[str]:
    yield ""
    if not number:
        yield f"{part.name}: {part.about}. {_('None.')}"
        return
    rows = ngettext("%(num)s row", "%(num)s rows", number)
    yield f"{part.name}.csv: {part.about} ({rows})"
    for name, (_column, words) in part.fields.items():
        yield f"  {name}: {words}"
