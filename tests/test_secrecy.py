"""Who may see what: a word of its own in everything that is for few, looked for on every page, in
every calendar and in what is logged, by everybody whom it is not for."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.agreements.models import Agreement
from portal.audit.models import Entry
from portal.core.database import db
from portal.ideas import writing
from portal.ideas.models import Idea, Vote
from portal.ideas.writing import Draft
from portal.moderation import reviewing
from portal.moderation.reviewing import Judgement, Verdict
from portal.organisations.lifecycle import Standing
from portal.organisations.models import Member, Organisation
from portal.policy import Actor, Role
from portal.programs.models import Program, Registration
from portal.surveys.models import Survey
from tests import factories
from tests.addresses import PAGES, World, world
from tests.conftest import Client

WORD = "Zyxwvutsrq"
BY_A_LINK = {"programs.seat", "programs.ticket"}  # who holds it may see it


def _pages(made: World) -> list[str]:
    pages = [path for name, of in PAGES.items() if name not in BY_A_LINK for path in of(made)]
    parts = ["/ideas/similar?title=repair", f"/events/{made.program}/2.ics", "/events.ics"]
    more = [
        f"/events/{made.held}",
        f"/ideas/{made.planned}",
        f"/staff/events/{made.program}/2/door",
    ]
    return [*pages, *parts, *more]


def _reader(app: Flask, person: Person | None) -> Client:
    made = app.test_client()
    assert isinstance(made, Client)
    return made.sign_in(person) if person else made


def _sightings(app: Flask, made: World, *readers: Person | None) -> list[tuple[str, str]]:
    return [
        (person.name if person else "a stranger", path)
        for person in readers
        for browser in [_reader(app, person)]
        for path in _pages(made)
        if WORD.lower() in browser.get(path, follow_redirects=True).text.lower()
    ]


def _partner(made: World) -> Person:
    """Somebody who acts for the organisation that helps to run the program, and is no staff."""
    person = factories.person(name="A partner")
    partner = db.session.get_one(Agreement, made.agreement).organisation_id
    factories.kept(Member(organisation_id=partner, person_id=person.id))
    return person


def test_who_voted_is_on_no_page_in_no_log_and_in_no_audit(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made, voter = world(), factories.person(name=WORD)
    voter.email = f"{WORD.lower()}@example.org"
    browser = _reader(app, voter)
    for idea_id in (made.idea, made.planned):
        assert browser.post(f"/ideas/{idea_id}/vote").status_code == 303
    administrator = factories.person(Role.ADMINISTRATOR, name="An administrator")

    seen = _sightings(
        app, made, made.everybody, administrator, _partner(made), factories.person(), None
    )

    assert seen == []
    votes = select(func.count()).where(Vote.person_id == voter.id)
    assert db.session.scalar(votes) == 2
    assert WORD.lower() not in caplog.text.lower()
    noted = select(func.count()).where(Entry.actor_id == voter.id)
    assert db.session.scalar(noted) == 0


def _guest(made: World) -> None:
    seat = db.session.get_one(Registration, made.registration)
    seat.name, seat.needs, seat.email = WORD, WORD, f"{WORD.lower()}@example.org"


def _published(made: World) -> tuple[Idea, Actor]:
    """The idea that waited, sent back with a sentence once, then public."""
    idea = db.session.get_one(Idea, made.pending)
    author = Actor(id=idea.author_id)
    staff = Actor(id=factories.librarian().id, grants=frozenset({(Role.LIBRARIAN, None)}))
    back = Judgement(verdict=Verdict.SEND_BACK, seen=idea.version, message=WORD)
    reviewing.judge(idea.id, back, judge=staff)
    again = Draft(title="Seed swap", happens="We swap.", need="Gardens are empty.")
    writing.edit(idea.id, again, author=author, seen=idea.version)
    publish = Judgement(verdict=Verdict.PUBLISH, seen=idea.version)
    reviewing.judge(idea.id, publish, judge=staff)
    return idea, author


def _newer_text(made: World) -> None:
    idea, author = _published(made)
    draft = Draft(title=WORD, happens=WORD, need=WORD)
    writing.edit(idea.id, draft, author=author, seen=idea.version)


def _unverified(made: World) -> None:
    idea = db.session.get_one(Idea, made.idea)
    group: Organisation = factories.organisation(name=WORD, standing=Standing.APPLIED)
    factories.offer(idea, group, words=WORD)


def _plan(made: World) -> None:
    for plan in db.session.scalars(select(Program).where(Program.stage == "planning")):
        plan.title = plan.goal = plan.summary = plan.summary_html = WORD


def _open_words(made: World) -> None:
    for survey in db.session.scalars(select(Survey)):
        words = [[{"text": WORD, "quotable": True}], []]
        survey.tally = (survey.tally or {}) | {"words": words}


def test_why_a_text_was_sent_back_is_its_author_s_alone(app: Flask) -> None:
    made = world()
    idea, _author = _published(made)

    assert _sightings(app, made, _partner(made), factories.person(), None) == []
    assert idea.story_lines == 4


@pytest.mark.parametrize("plant", [_guest, _newer_text, _unverified, _plan, _open_words])
def test_what_is_for_staff_is_seen_by_staff_and_nobody_else(
    app: Flask, plant: Callable[[World], None]
) -> None:
    made = world()
    plant(made)
    db.session.commit()

    assert _sightings(app, made, _partner(made), factories.person(), None) == []
    assert _sightings(app, made, made.everybody) != []
