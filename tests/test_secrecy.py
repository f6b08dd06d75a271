"""Who may see what: a word of its own in everything that is for few, looked for on every page, in
every calendar, sheet and copy, by searching for it, in what is mailed and in what is logged, by
everybody whom it is not for."""

import io
import logging
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.agreements.models import Agreement
from portal.audit.models import Entry
from portal.core.database import db
from portal.ideas import deciding, voting, writing
from portal.ideas.lifecycle import Publishing
from portal.ideas.models import Idea, Vote
from portal.ideas.writing import Draft
from portal.mail import sending
from portal.moderation import reviewing
from portal.moderation.reviewing import Judgement, Verdict
from portal.notifications import telling
from portal.organisations.lifecycle import Standing
from portal.organisations.models import Member, Organisation
from portal.policy import Actor, Role
from portal.programs.models import Program, Registration
from portal.surveys import reporting
from portal.surveys.models import Survey
from tests import factories
from tests.addresses import NO_PAGES, PAGES, World, world
from tests.conftest import Client
from tests.mail.conftest import Sink, sink
from tests.markup import Page

__all__ = ["sink"]

WORD = "Zyxwvutsrq"
NO_WORD = "Qrstuvwxyz"  # which nothing has
SINK_S_OWN = "mail.log"
BY_A_LINK = {"programs.seat", "programs.ticket"}  # who holds it may see it


def _pages(made: World) -> list[str]:
    known = (PAGES | NO_PAGES).items()
    pages = [path for name, of in known if name not in BY_A_LINK for path in of(made)]
    more = [
        f"/ideas/similar?title={WORD}",
        f"/events/{made.held}",
        f"/events/{made.held}/1.ics",
        f"/ideas/{made.planned}",
        f"/staff/events/{made.program}/2/door",
    ]
    return [*pages, *more]


def _reader(app: Flask, person: Person | None) -> Client:
    made = app.test_client()
    assert isinstance(made, Client)
    return made.sign_in(person) if person else made


def _sightings(app: Flask, made: World, *readers: Person | None) -> list[tuple[str, str]]:
    return [
        (person.name if person else "a stranger", where)
        for person in readers
        for browser in [_reader(app, person)]
        for where in _seen_by(browser, _pages(made))
    ]


def _seen_by(browser: Client, pages: list[str]) -> Iterator[str]:
    for path in pages:
        if WORD.lower() in browser.get(path, follow_redirects=True).text.lower():
            yield path
    if _found(browser, WORD) != _found(browser, NO_WORD):
        yield "what a search for it finds"
    if browser.token and WORD.lower() in _copy(browser).lower():
        yield "the copy of what is held about somebody else"


def _found(browser: Client, word: str) -> set[str]:
    """What the list of ideas with this word leads to; the page repeats what was typed."""
    return Page(browser.get(f"/ideas?q={word}").text.replace(word, "")).addresses


def _copy(browser: Client) -> str:
    with ZipFile(io.BytesIO(browser.post("/me/data").data)) as file:
        return "\n".join(file.read(name).decode() for name in file.namelist())


def _mailed(sink: Sink, *may_know: str | None) -> list[str]:
    """Who else has the word in a mail."""
    sending.send_due()
    assert sink.mails != []
    known = {address.lower() for address in may_know if address}
    return [
        f"a mail to {mail['To']}: {mail['Subject']}"
        for mail in sink.mails
        if mail["To"].lower() not in known and WORD.lower() in _words_of(mail).lower()
    ]


def _may_know(made: World, author_id: int | None) -> list[str | None]:
    """Staff, whose it is, and who wrote the text that waited."""
    author = db.session.get_one(Person, author_id or 0)
    return [made.everybody.email, author.email, f"{WORD.lower()}@example.org"]


def _words_of(mail: EmailMessage) -> str:
    texts = (part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")
    return "\n".join((str(mail["Subject"]), *texts))


def _partner(made: World) -> Person:
    """Somebody who acts for the organisation that helps to run the program, and is no staff."""
    person = factories.person(name="A partner")
    partner = db.session.get_one(Agreement, made.agreement).organisation_id
    factories.kept(Member(organisation_id=partner, person_id=person.id))
    return person


def test_who_voted_is_on_no_page_in_no_log_and_in_no_audit(
    app: Flask, caplog: pytest.LogCaptureFixture, sink: Sink
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, SINK_S_OWN)
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
    assert _mailed(sink, voter.email) == []
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
        factories.session(plan)


def _waits(_made: World) -> None:
    draft = Draft(title=WORD, happens=WORD, need=WORD)
    writing.propose(draft, author=Actor(id=factories.person().id))


def _hidden_meanwhile(made: World) -> None:
    """An idea that was found, voted for, offered to and on the calendar, and a mail about it that
    is still owed."""
    idea = db.session.get_one(Idea, made.idea)
    idea.title = idea.happens = idea.need = idea.happens_html = idea.need_html = WORD
    deciding.reindex(idea)
    voting.cast(idea.id, person_id=factories.person().id)
    telling.tell_followers("idea_changed", idea.id, key="x", context={"idea_id": idea.id})
    deciding.move_publication(idea, Publishing.HIDE, by=made.everybody.id)


def _draft_of_results(made: World) -> None:
    staff = Actor(id=made.everybody.id, grants=frozenset({(Role.ADMINISTRATOR, None)}))
    reporting.save(made.held, by=staff, sentence=WORD, next_step=WORD, delivered={})


def _open_words(made: World) -> None:
    for survey in db.session.scalars(select(Survey)):
        words = [[{"text": WORD, "quotable": True}], []]
        survey.tally = (survey.tally or {}) | {"words": words}


def test_why_a_text_was_sent_back_is_its_author_s_alone(app: Flask, sink: Sink) -> None:
    made = world()
    idea, author = _published(made)
    db.session.commit()

    assert _mailed(sink, *_may_know(made, author.id)) == []
    assert _sightings(app, made, _partner(made), factories.person(), None) == []
    assert idea.story_lines == 4


PLANTS = [
    *(_guest, _newer_text, _unverified, _plan, _waits),
    *(_hidden_meanwhile, _draft_of_results, _open_words),
]


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.usefixtures("on_one_database")
def test_what_is_for_staff_is_seen_by_staff_and_nobody_else(
    app: Flask,
    caplog: pytest.LogCaptureFixture,
    sink: Sink,
    plant: Callable[[World], None],
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, SINK_S_OWN)
    made = world()
    author = db.session.get_one(Idea, made.pending).author_id
    plant(made)
    db.session.commit()

    assert _sightings(app, made, _partner(made), factories.person(), None) == []
    assert _sightings(app, made, made.everybody) != []
    assert _mailed(sink, *_may_know(made, author)) == []
    assert WORD.lower() not in caplog.text.lower()
