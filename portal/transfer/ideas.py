"""Ideas from another system: read, checked, and kept all at once or not at all.

Their support stays what it was elsewhere: ``imported_votes``, never people's votes. A row that
came before is known by its content and not added again.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select

from portal.core.database import db, measure
from portal.core.text import excerpt, one_line, render
from portal.ideas import deciding, writing
from portal.ideas.deciding import Line as StoryLine
from portal.ideas.lifecycle import Publication, Publishing
from portal.ideas.models import Idea, Revision
from portal.transfer import tables
from portal.transfer.tables import Line, Table, Unreadable

LONGEST_TITLE, LONGEST_TEXT = 250, 5000
TITLE_OF_TEXT = 90  # letters of a statement that become its title

# Names of columns as other systems write them, lower case.
KNOWN = {
    "title": ("title", "name", "idea", "titol", "suggestion.title", "event name", "request"),
    "happens": ("happens", "description", "text", "body", "explanation", "suggestion.body"),
    "need": ("need", "why", "reason"),
    "votes": ("votes", "votes_count", "vote_count", "supports", "suport", "suports"),
    "id": ("id", "number", "suggestion.id", "project_id"),
}
LONGEST_LIST = 1000  # letters
_NUMBER = re.compile(r"(\d{1,8}|\d{1,3}([, ]\d{3}){1,2})(\.0+)?", re.ASCII)
POLIS = {"happens": "comment-body", "votes": "agrees", "id": "comment-id", "state": "moderated"}
POLIS_STATES = {
    "1": Publication.PUBLISHED,
    "0": Publication.PENDING,
    "-1": Publication.NOT_PUBLISHED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A row that can be an idea."""

    key: str
    title: str
    happens: str
    need: str
    votes: int
    state: Publication


@dataclass(slots=True)
class Report:
    """How a file was understood, what of it is new, each refused row as (line, reason), and each
    that says the same as one before it as (line, line of that one)."""

    table: Table
    names: dict[str, str]
    new: list[Found] = field(default_factory=list)
    known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    again: list[tuple[int, int]] = field(default_factory=list)

    @property
    def read(self) -> int:
        return len(self.table.lines)

    @property
    def added(self) -> int:
        """With a refused row nothing is added."""
        return 0 if self.refused else len(self.new)


class Unfit(ValueError):
    """Why a row cannot be an idea."""


def look(
    path: Path, *, kind: str | None = None, columns: Mapping[str, str] | None = None
) -> Report:
    """Read the file and find out what is new in it. Raises tables.Unreadable."""
    table = tables.read(path)
    names = _columns(table.columns, kind, columns or {})
    report = Report(table, names)
    found: dict[str, Found] = {}
    lines: dict[str, int] = {}
    for line in table.lines:
        try:
            row = _read(line, names)
        except Unfit as reason:
            report.refused.append((line.number, str(reason)))
            continue
        first = lines.setdefault(row.key, line.number)
        if first != line.number:
            report.again.append((line.number, first))
        found.setdefault(row.key, row)
    there = _already_there(found)
    report.known = len(there)
    report.new = [row for key, row in found.items() if key not in there]
    return report


def _columns(header: list[str], kind: str | None, given: Mapping[str, str]) -> dict[str, str]:
    """Which column holds what. Polis is known by its own names."""
    unknown = [column for column in given.values() if column not in header]
    if unknown:
        raise Unreadable(f"There is no column {unknown[0]}. There are: {', '.join(header)}.")
    if kind == "polis" or (kind is None and "comment-body" in header):
        missing = [column for column in POLIS.values() if column not in header]
        if missing:
            raise Unreadable(f"This is no Polis file: it has no column {missing[0]}.")
        return POLIS | dict(given)
    low = {name.lower(): name for name in header}
    guessed = {what: low[name] for what, names in KNOWN.items() for name in names if name in low}
    chosen = guessed | dict(given)
    if "title" not in chosen and "happens" not in chosen:
        raise Unreadable(
            "Which column holds the title? Say --map title=COLUMN. The first line names these "
            f"columns: {', '.join(header)[:LONGEST_LIST]}."
        )
    return chosen


def _read(line: Line, names: Mapping[str, str]) -> Found:
    def cell(what: str) -> str:
        return line.cells.get(names.get(what, ""), "").strip()

    if line.spare:
        raise Unfit("it has more cells than there are columns")
    happens = cell("happens") or cell("title")
    title = one_line(cell("title")) or excerpt(happens, TITLE_OF_TEXT)
    need = cell("need")
    if not title:
        raise Unfit("it has no text")
    if len(title) > LONGEST_TITLE:
        raise Unfit(f"its title has {len(title)} letters, more than {LONGEST_TITLE}")
    if max(len(happens), len(need)) > LONGEST_TEXT:
        raise Unfit(f"its text has more than {LONGEST_TEXT} letters")
    state = cell("state")
    if state and state not in POLIS_STATES:
        raise Unfit(f"“{state[:20]}” is no moderation state")
    content = "\x1f".join((cell("id"), title, happens))
    return Found(
        key=f"import:{sha256(content.encode()).hexdigest()[:40]}",
        title=title,
        happens=happens,
        need=need,
        votes=_number(cell("votes")),
        state=POLIS_STATES[state] if state else Publication.PUBLISHED,
    )


def _number(text: str) -> int:
    plain = re.sub(r"\s", " ", text)
    if not plain:
        return 0
    if not _NUMBER.fullmatch(plain):
        raise Unfit(f"“{text[:20]}” is no number of votes")
    return int(re.sub(r"\.0+$|[, ]", "", plain))


def _already_there(found: Iterable[str]) -> set[str]:
    keys, there = list(found), set()
    for at in range(0, len(keys), 500):
        some = select(Idea.source_key).where(Idea.source_key.in_(keys[at : at + 500]))
        there |= {key for key in db.session.scalars(some) if key}
    return there


def add(
    report: Report, *, publish: bool = False, heard: Callable[[], object] = lambda: None
) -> None:
    """What is new becomes ideas; with a refused row nothing does. ``publish`` makes public what
    was accepted elsewhere; else everything waits for a librarian. ``heard`` is told of each. The
    caller's transaction."""
    if report.refused:
        return
    for row in report.new:
        _add(row, publish=publish)
        heard()
    measure(db.session.connection())


def _add(row: Found, *, publish: bool) -> None:
    idea = Idea(
        title=row.title,
        happens=row.happens,
        need=row.need,
        happens_html=render(row.happens),
        need_html=render(row.need),
        imported_votes=row.votes,
        source_key=row.key,
        revisions=1,
    )
    db.session.add(idea)
    db.session.flush()
    db.session.add(
        Revision(idea_id=idea.id, n=1, title=row.title, happens=row.happens, need=row.need)
    )
    silent = StoryLine(public=False)
    deciding.move_publication(idea, Publishing.SUBMIT, by=None, line=silent)
    if row.state is Publication.NOT_PUBLISHED:
        deciding.move_publication(idea, Publishing.REFUSE, by=None, line=silent)
    elif publish and row.state is Publication.PUBLISHED:
        writing.publish(idea, by=None)
