"""Which words are seen by whom. Each column that somebody writes to has a word of its own in every
row; everybody reads every page, calendar and sheet; and ``SEEN`` states who met which column, by
where its row is in its life. A page that shows one more fails, and so does a new column that is
shown."""

import re
from collections.abc import Iterator
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import Row, select, update

from portal.accounts.models import Person
from portal.core.database import Rows, db
from portal.ideas import deciding
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea
from portal.organisations.lifecycle import Standing
from portal.organisations.models import Organisation
from portal.policy import Role
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Program, ProgramIdea
from portal.surveys import figures
from portal.surveys.models import Result, Survey
from tests import factories
from tests.addresses import World, _promise, world
from tests.test_holes import SIGNED, _hostile
from tests.test_secrecy import _newer_text, _pages, _partner, _reader

Marks = dict[str, str]  # a word, and the column and state of its row

LETTERS = "SROPLD"
STATES = ("publication", "stage", "standing", "state")
HIDDEN = [
    *(Publication.PENDING, Publication.SENT_BACK, Publication.NOT_PUBLISHED),
    *(Publication.HIDDEN, Publication.RETIRED),
]
MARK = re.compile(r"zq\d{5}qz")

# A stranger, a resident, somebody of another organisation, of the partner, a librarian, an
# administrator. What nobody meets has no row.
SEEN = """
agreement_versions.words                      ...+++
agreements.remark (sent)                      ...+++
branch_names.name                             ++++++
branches.address                              .....+
closed_days.why                               .....+
house_texts.html                              ++++++
house_texts.words                             .....+
ideas.happens (published)                     ++++++
ideas.happens_html (published)                ++++++
ideas.need_html (published)                   ++++++
ideas.title (hidden)                          ....++
ideas.title (not_published)                   ....++
ideas.title (pending)                         ....++
ideas.title (published)                       ++++++
ideas.title (retired)                         ....++
ideas.title (sent_back)                       ....++
instruments.title                             ....++
libraries.address                             ++++++
libraries.email                               ++++++
libraries.mark                                ++++++
libraries.name                                ++++++
libraries.people_word                         ++++++
libraries.phone                               ++++++
libraries.short_name                          ..++++
measures.what                                 ++++++
offers.answer (made)                          ...+..
offers.words (made)                           ++++++
organisations.brings (applied)                ....++
organisations.brings (verified)               ....++
organisations.name (applied)                  ....++
organisations.name (verified)                 ++++++
organisations.reason (applied)                ....++
organisations.reason (verified)               ....++
people.email                                  .....+
people.name                                   ++++++
programs.calendar_link (planning)             ....++
programs.goal (planning)                      ....++
programs.question (announced)                 ++++++
programs.question (planning)                  ....++
programs.summary (planning)                   ....++
programs.summary_html (announced)             ++++++
programs.summary_html (done)                  ++++++
programs.title (announced)                    ++++++
programs.title (done)                         ++++++
programs.title (planning)                     ....++
programs.unsigned_reason (announced)          ....++
quotes.words                                  ++++++
registrations.answer (registered)             ....++
registrations.name (registered)               ....++
registrations.needs (registered)              ....++
replies.title                                 ....++
replies.words                                 ....++
results.next_step                             ++++++
results.next_step (draft)                     ....++
results.sentence                              ++++++
results.sentence (draft)                      ....++
revisions.happens (waits)                     ....++
revisions.need (waits)                        ....++
revisions.title (waits)                       ....++
rooms.features                                .....+
rooms.name                                    ....++
sessions.place (cancelled)                    ++++++
sessions.place (held)                         ++++++
sessions.place (scheduled)                    ++++++
sessions.reason (cancelled)                   ++++++
story_lines.link                              ++++++
story_lines.link (private)                    ....++
story_lines.sentence                          ++++++
story_lines.sentence (private)                ....++
surveys.tally                                 ....++
topic_names.name                              ++++++
"""


@pytest.mark.usefixtures("on_one_database")
def test_each_word_is_seen_by_those_whom_it_is_for(app: Flask) -> None:
    made = world()
    _hide_some(made)
    readers = [
        None,
        factories.person(name="A resident"),
        _of_another(),
        _partner(made),
        factories.person(Role.LIBRARIAN, name="A librarian"),
        factories.person(Role.ADMINISTRATOR, name="An administrator"),
    ]
    own = {one.id for one in readers if one}
    marks = dict(_mark_everything(own)) | {_promise().goal.lower(): "agreement_versions.words"}
    pages, met = _pages(made), {}
    for letter, reader in zip(LETTERS, readers, strict=True):
        browser = _reader(app, reader)
        met[letter] = {
            marks[word]
            for path in pages
            for word in _words_in(browser.get(path, follow_redirects=True).text, marks)
        }

    assert _told(met) == SEEN.strip().splitlines()


def _told(met: dict[str, set[str]]) -> list[str]:
    """As it stands in the table, so that a row can be copied from what a failure says."""
    labels = sorted(set().union(*met.values()))
    return [
        f"{label:45} {''.join('+' if label in met[letter] else '.' for letter in LETTERS)}"
        for label in labels
    ]


def _words_in(page: str, marks: Marks) -> set[str]:
    page = page.lower()
    return set(MARK.findall(page)) | {word for word in marks if word[:2] != "zq" and word in page}


def _hide_some(made: World) -> None:
    """Ideas in every state in which they are not public, each offered to and on the calendar; a
    group that nobody has checked; a text that waits behind a public one; a date of a plan."""
    guild = db.session.scalars(select(Organisation).order_by(Organisation.id).limit(1)).one()
    for publication in HIDDEN:
        idea = factories.idea(publication=publication)
        factories.offer(idea, guild)
        factories.kept(ProgramIdea(program_id=made.program, idea_id=idea.id))
    idea = db.session.get_one(Idea, made.idea)
    factories.offer(idea, factories.organisation(standing=Standing.APPLIED))
    _newer_text(made)
    for plan in db.session.scalars(select(Program).where(Program.stage == ProgramStage.PLANNING)):
        factories.session(plan)
    db.session.commit()


def _of_another() -> Person:
    person = factories.person(name="Of another")
    factories.organisation(person)
    return person


def _mark_everything(own: set[int]) -> Iterator[tuple[str, str]]:
    """But the names of those who read."""
    numbers = count(1)
    for table in Rows.metadata.sorted_tables:
        if table.name in SIGNED:
            continue
        words = [c for c in table.columns if c.name in ("email", "address") or _hostile(c)]
        for row in db.session.execute(select(table)).all():
            if table.name == "people" and row.id in own:
                continue
            values = {}
            for column in words:
                if getattr(row, column.name) is not None:
                    word = f"zq{next(numbers):05}qz"
                    values[column.name] = _dressed(word, column.name)
                    yield word, f"{table.name}.{column.name}{_state(row)}"
            if values:
                key = [c == getattr(row, c.name) for c in table.primary_key]
                db.session.execute(update(table).where(*key).values(values))
    db.session.expire_all()
    yield from _mark_what_is_no_column(numbers)
    db.session.commit()


def _dressed(word: str, name: str) -> str:
    if name in ("email", "address"):
        return f"{word}@example.org"
    return f"<p>{word}</p>" if name.endswith("html") else word


def _mark_what_is_no_column(numbers: Iterator[int]) -> Iterator[tuple[str, str]]:
    for survey in db.session.scalars(select(Survey)):
        word = f"zq{next(numbers):05}qz"
        survey.tally = (survey.tally or {}) | {"words": [[{"text": word, "quotable": True}], []]}
        yield word, "surveys.tally"
    for result in db.session.scalars(select(Result).where(Result.published_at.is_not(None))):
        result.figures = figures.of(db.session.get_one(Program, result.program_id))
    for idea in db.session.scalars(select(Idea).where(Idea.publication == Publication.PUBLISHED)):
        deciding.reindex(idea)


def _state(row: Row[*tuple[object, ...]]) -> str:
    """Where the row is in its life."""
    values = row._mapping
    if "published_at" in values and "next_step" in values:
        return " (draft)" if values["published_at"] is None else ""
    if "approved_at" in values:
        return "" if values["approved_at"] else " (waits)"
    if "public" in values:
        return "" if values["public"] else " (private)"
    return next((f" ({values[name]})" for name in STATES if name in values), "")
