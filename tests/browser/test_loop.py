"""The whole loop once through, as five people in five browsers: an idea becomes a partnered event
with a survey, and those who asked hear of it. On imported ideas, with a real mail server."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.accounts.models import Person
from portal.core import clock
from portal.core.database import db, transaction
from portal.ideas.models import Idea
from portal.jobs import work
from portal.policy import Actor, Role
from portal.programs import checkin, registering
from portal.programs.models import Registration, Session
from portal.programs.registering import Party
from portal.settings.models import Library
from portal.surveys import instruments
from portal.surveys.models import Answer
from portal.transfer import ideas as transfer
from tests import factories
from tests.browser.conftest import Visitor, Visits
from tests.mail.conftest import Sink, sink

pytestmark = pytest.mark.browser
__all__ = ["sink"]

REAL = Path("../shared/data/ideas-polis/bowling-green/comments.csv")
OWN = Path("tests/data/polis.csv")  # the same format, where the shared data is not
SEATS = 6


class Loop:
    """What the people of this story share: the mails that arrived, and the time. Where it
    ``looks``, each page is examined: once with a script, for either database gives the same."""

    def __init__(
        self, app: Flask, sink: Sink, visits: Visits, *, script: bool, looks: bool
    ) -> None:
        self.app, self.sink, self.visits, self.script = app, sink, visits, script
        self.looks = looks

    def somebody(self) -> Visitor:
        return self.visits(java_script_enabled=self.script)

    def works(self) -> None:
        """The worker does what is due."""
        db.session.commit()
        work.run_once(self.app)

    def mail_to(self, address: str, subject: str) -> str:
        """The words of the newest mail of this subject to this address."""
        self.works()
        for mail in reversed(self.sink.mails):
            if mail["To"] == address and subject in mail["Subject"]:
                body = mail.get_body(("plain",))
                assert body is not None
                return str(body.get_content())
        told = [(mail["To"], mail["Subject"]) for mail in self.sink.mails]
        raise AssertionError(f"no {subject!r} to {address} among {told}")

    def signs_in(self, page: Page, email: str, name: str = "") -> None:
        """The rest of the way from "Sign in", with the code that arrives by mail."""
        page.get_by_label("Email", exact=True).fill(email)
        if name:
            page.get_by_label("Your name").fill(name)
        page.get_by_role("button", name="Send me a code").click()
        code = re.search(r"\b\d{6}\b", self.mail_to(email, ""))
        assert code is not None
        page.get_by_label("Six-digit code").fill(code[0])
        page.get_by_role("main").get_by_role("button", name="Sign in").click()

    def link_in(self, address: str, subject: str, path: str) -> str:
        """The path of the first link in a mail that begins so."""
        words = self.mail_to(address, subject)
        found = re.search(rf"http://localhost({path}\S*)", words)
        assert found is not None, words
        return found[1]


def in_order(visitor: Visitor, looks: bool) -> None:
    if looks:
        size = visitor.page.viewport_size
        assert visitor.finds_wrong() == []
        visitor.page.set_viewport_size(size or {"width": 1280, "height": 900})


@pytest.fixture
def library(app: Flask) -> Callable[[], None]:
    def begin() -> None:
        settings = db.session.get_one(Library, 1)
        settings.vote_goal, settings.version = 2, settings.version + 1
        with transaction():
            instruments.seed()
            transfer.add(transfer.look(REAL if REAL.exists() else OWN), publish=True)

    return begin


@pytest.mark.timeout(600)
def test_the_whole_loop(
    app: Flask,
    sink: Sink,
    visits: Visits,
    library: Callable[[], None],
    request: pytest.FixtureRequest,
) -> None:
    looks = not request.config.getoption("--db")
    turns(library, Loop(app, sink, visits, script=True, looks=looks))


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("on_the_second_database")
def test_the_whole_loop_without_javascript(
    app: Flask, sink: Sink, visits: Visits, library: Callable[[], None]
) -> None:
    turns(library, Loop(app, sink, visits, script=False, looks=False))


def turns(library: Callable[[], None], loop: Loop) -> None:
    library()
    maya = factories.person(Role.MANAGER, name="Maya Lindqvist")
    staff = loop.somebody().is_signed_in_as(maya)

    rosa, idea = a_resident_proposes(loop)
    the_librarian_reviews(loop, staff)
    others_vote(loop, idea)
    partner = an_organisation_offers(loop, idea)
    presses = the_librarian_converts(loop, staff, partner, idea)
    assert presses <= 5
    session_id = seats_are_saved(loop, rosa, idea)
    the_session_is_held(loop, staff, session_id)
    a_guest_answers_on_a_phone(loop)
    the_results_are_published(loop, staff, session_id)
    a_voter_reads_what_came_of_it(loop)


def a_resident_proposes(loop: Loop) -> tuple[Visitor, int]:
    rosa = loop.somebody()
    page = rosa.page
    rosa.opens("/")
    in_order(rosa, loop.looks)
    page.get_by_label("My library should…").fill("host a repair café")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_label("Your idea in one line")).to_have_value("host a repair café")
    page.get_by_label("What would happen?").fill("Neighbors mend lamps together.")
    page.get_by_role("button", name="Send my idea").last.click()
    expect(page.locator("h1")).to_have_text("Share an idea")
    expect(page.get_by_label("What would happen?")).to_have_value("Neighbors mend lamps together.")
    in_order(rosa, loop.looks)
    page.get_by_label("Why does it matter here?").fill("We throw out what could be mended.")
    page.get_by_role("button", name="Send my idea").last.click()
    loop.signs_in(page, "rosa@example.org", name="Rosa M.")
    expect(page.locator("h1")).to_have_text("host a repair café")
    expect(page.get_by_text("Being checked").first).to_be_visible()
    in_order(rosa, loop.looks)
    return rosa, db.session.scalars(select(Idea.id).order_by(Idea.id.desc()).limit(1)).one()


def the_librarian_reviews(loop: Loop, staff: Visitor) -> None:
    staff.opens("/staff")
    if loop.script:
        expect(staff.page.locator("#way .proof")).to_be_visible()
    in_order(staff, loop.looks)
    staff.page.get_by_role("main").get_by_role("link", name=re.compile("^Review")).first.click()
    staff.page.get_by_role("link", name=re.compile("host a repair café")).click()
    expect(staff.page.locator("h2", has_text="host a repair café")).to_be_visible()
    in_order(staff, loop.looks)
    if loop.script:
        staff.page.keyboard.press("a")
    else:
        staff.page.get_by_role("button", name="Publish", exact=False).first.click()
    expect(staff.page.locator(".flash")).to_be_visible()
    assert "Your vote counts" in loop.mail_to("rosa@example.org", "Your idea is public")


def others_vote(loop: Loop, idea: int) -> None:
    for name in ("ana", "ben"):
        voter = loop.somebody()
        voter.opens("/ideas?q=repair+cafe")
        voter.page.locator(f"#vote-{idea}").click()
        loop.signs_in(voter.page, f"{name}@example.org")
        expect(voter.page.locator(f"#vote-{idea}")).to_have_attribute("aria-pressed", "true")
        in_order(voter, loop.looks)
    db.session.rollback()
    assert db.session.get_one(Idea, idea).votes == 3


def an_organisation_offers(loop: Loop, idea: int) -> Visitor:
    partner = loop.somebody()
    page = partner.page
    partner.opens(f"/ideas/{idea}")
    page.get_by_role("link", name="Offer to partner").click()
    page.get_by_label("Name of your organization").fill("Repair Guild")
    page.get_by_label("How would you help, in two sentences?").fill("Six menders, any Saturday.")
    page.get_by_label("Teach").check()
    in_order(partner, loop.looks)
    page.get_by_role("button", name="Send my offer").click()
    loop.signs_in(page, "sam@guild.example", name="Sam G.")
    expect(page.locator("h1")).to_have_text("Repair Guild")
    in_order(partner, loop.looks)
    return partner


def the_librarian_converts(loop: Loop, staff: Visitor, partner: Visitor, idea: int) -> int:
    """Gives the presses from the accepted offer to the calendar."""
    page = staff.page
    staff.opens("/staff/partners")
    in_order(staff, loop.looks)
    page.get_by_role("button", name="Verify").click()
    page.get_by_role("button", name="Accept").click()
    staff.opens(f"/ideas/{idea}")
    presses = 1
    page.get_by_role("button", name="Turn into an event").click()
    page.get_by_label("Date").fill((clock.now() + timedelta(days=30)).date().isoformat())
    page.get_by_label("Starts").fill("18:00")
    page.get_by_label("Ends").fill("20:00")
    page.get_by_label("Seats").fill(str(SEATS))
    in_order(staff, loop.looks)
    page.get_by_role("button", name="Save and go on").click()
    in_order(staff, loop.looks)
    page.get_by_role("button", name="Send the agreement").click()
    presses += 2

    paper = loop.link_in(
        "sam@guild.example", "An agreement to read and sign", "/partner/agreements/"
    )
    for who, name in ((partner, "Sam Guild"), (staff, "Maya Lindqvist")):
        who.opens(paper)
        in_order(who, loop.looks)
        who.page.get_by_label("Your full name").fill(name)
        who.page.get_by_role("button", name="Sign the agreement").click()
    expect(page.get_by_text("Signed by both")).to_be_visible()
    staff.opens(f"/staff/ideas/{idea}/plan/5")
    page.get_by_role("button", name="Publish and tell them").click()
    presses += 1
    expect(page.locator("h1")).to_have_text("host a repair café")
    in_order(staff, loop.looks)
    return presses


def seats_are_saved(loop: Loop, rosa: Visitor, idea: int) -> int:
    path = loop.link_in("ana@example.org", "You asked, it is on the calendar", "/events/")
    guest = loop.somebody()
    guest.opens(path)
    in_order(guest, loop.looks)
    expect(guest.page.get_by_text("Those who follow the idea have the first seats")).to_be_visible()
    expect(guest.page.get_by_role("button", name="Save my seat")).to_have_count(0)
    expect(guest.page.get_by_label("Your seat").get_by_role("link", name="Sign in")).to_be_visible()

    rosa.opens(path)
    rosa.page.get_by_role("button", name="Save my seat").click()
    expect(rosa.page.get_by_text("You have 1 seat.")).to_be_visible()
    in_order(rosa, loop.looks)

    loop.works()
    clock.move(timedelta(hours=72, minutes=2))
    loop.works()
    db.session.rollback()
    session_id = db.session.scalars(select(Session.id)).one()
    with transaction():
        for n in range(SEATS - 1):
            party = Party(name=f"Guest {n}", email=f"guest{n}@example.org")
            registering.register(session_id, party)
    guest.opens(path)
    expect(guest.page.get_by_text("Full: join the waitlist").first).to_be_visible()
    fill_seat(guest, "Gus")
    expect(
        guest.page.get_by_text("Where you stand is on its way to gus@example.org.")
    ).to_be_visible()
    in_order(guest, loop.looks)
    guest.opens(loop.link_in("gus@example.org", "You are on the waitlist", "/seats/"))
    expect(guest.page.locator("h1")).to_have_text("You are on the waitlist, number 1")
    in_order(guest, loop.looks)
    a_stranger_learns_nothing(loop, path)

    back = loop.somebody()
    back.opens(loop.link_in("guest0@example.org", "Your seat is saved", "/seats/"))
    back.page.get_by_role("button", name="Give it back").click()
    guest.opens(loop.link_in("gus@example.org", "A seat is free for you", "/seats/"))
    in_order(guest, loop.looks)
    guest.page.get_by_role("button", name="Take it").click()
    expect(guest.page.locator("h1")).to_have_text("You have a seat")
    return session_id


def a_stranger_learns_nothing(loop: Loop, path: str) -> None:
    """Who types the address of somebody who has a seat reads what anybody reads."""
    stranger = loop.somebody()
    stranger.opens(path)
    fill_seat(stranger, "Guest1")
    expect(stranger.page.get_by_text("Where you stand is on its way")).to_be_visible()
    assert "Somebody, perhaps you, asked" in loop.mail_to(
        "guest1@example.org", "Your seat is saved"
    )


def fill_seat(guest: Visitor, name: str) -> None:
    guest.page.get_by_label("Your name").fill(name)
    guest.page.get_by_label("Your email").fill(f"{name.lower()}@example.org")
    guest.page.get_by_role("button", name=re.compile("Save my seat|Join the waitlist")).click()


def the_session_is_held(loop: Loop, staff: Visitor, session_id: int) -> None:
    db.session.rollback()
    session = db.session.get_one(Session, session_id)
    clock.move(session.starts_at - clock.now() + timedelta(minutes=5))
    of_gus = select(Registration.code).where(Registration.name == "Gus")
    code = db.session.scalars(of_gus).one()
    door = f"/staff/events/{session.program_id}/1/door"
    maya = db.session.scalars(select(Person).where(Person.name == "Maya Lindqvist")).one()
    staff.is_signed_in_as(maya).opens(door)
    staff.page.get_by_label("Scan a ticket, or type its code").fill(code)
    staff.page.get_by_role("main").get_by_role("button", name="Check in").first.click()
    expect(staff.page.get_by_text("Welcome, Gus")).to_be_visible()
    in_order(staff, loop.looks)
    staff.page.get_by_label("First name").fill("Wanda")
    staff.page.get_by_role("button", name="Add", exact=True).click()
    expect(staff.page.get_by_text("promised")).to_be_visible()
    others_arrive(session_id, maya)

    clock.move(timedelta(hours=2))
    staff.is_signed_in_as(maya).opens(f"/staff/events/{session.program_id}/1/close")
    expect(staff.page.get_by_label("How many people came?")).to_have_value(str(SEATS))
    in_order(staff, loop.looks)
    staff.page.get_by_role("button", name="Close it").click()
    expect(staff.page.get_by_text("6 people came")).to_be_visible()


def others_arrive(session_id: int, maya: Person) -> None:
    actor = Actor(id=maya.id, grants=frozenset({(Role.MANAGER, None)}))
    expected = select(Registration.id).where(Registration.state == "registered")
    with transaction():
        for registration_id in db.session.scalars(expected).all():
            checkin.check_in_guest(session_id, registration_id, by=actor)


def a_guest_answers_on_a_phone(loop: Loop) -> None:
    clock.move(timedelta(hours=3))
    loop.works()
    phone = loop.visits(
        java_script_enabled=loop.script, viewport={"width": 390, "height": 800}, has_touch=True
    )
    words = loop.mail_to("gus@example.org", "How was")
    if loop.script:
        phone.opens(loop.link_in("gus@example.org", "How was", "/s/#"))
    else:
        phone.opens("/s/")
        letters = re.search(r"type ([A-Z0-9 -]{12,16})", words)
        assert letters is not None, words
        phone.page.get_by_role("textbox").first.fill(letters[1].strip(" ."))
        phone.page.get_by_role("button", name="Show me the questions").click()
    expect(phone.page.locator("h1")).to_contain_text("host a repair café")
    in_order(phone, loop.looks)
    phone.page.get_by_label("Agree", exact=True).first.check()
    phone.page.get_by_role("textbox").last.fill("More lamps.")
    phone.page.get_by_role("button", name="Send my answers").click()
    expect(phone.page.locator("h1")).to_have_text("Thank you")
    in_order(phone, loop.looks)
    db.session.rollback()
    assert len(db.session.scalars(select(Answer.key)).all()) == 1


def the_results_are_published(loop: Loop, staff: Visitor, session_id: int) -> None:
    program_id = db.session.get_one(Session, session_id).program_id
    page = staff.page
    staff.opens(f"/staff/events/{program_id}")
    page.get_by_role("link", name="Write what came of it").click()
    in_order(staff, loop.looks)
    page.get_by_role("button", name=re.compile("^Publish and tell")).click()
    expect(page.get_by_label("What we will do next")).to_have_attribute("aria-invalid", "true")
    in_order(staff, loop.looks)
    page.get_by_label("What happened").fill("Six neighbors mended four lamps.")
    page.get_by_label("What we will do next").fill("Again in spring.")
    page.get_by_role("button", name=re.compile("^Publish and tell 3 people")).click()
    expect(page.get_by_text("Six neighbors mended four lamps.")).to_be_visible()
    in_order(staff, loop.looks)


def a_voter_reads_what_came_of_it(loop: Loop) -> None:
    reader = loop.somebody()
    reader.opens(loop.link_in("ana@example.org", "What came of", "/results/"))
    expect(reader.page.get_by_text("Six neighbors mended four lamps.")).to_be_visible()
    in_order(reader, loop.looks)
    assert "Repair Guild" in reader.page.get_by_role("main").inner_text()
    loop.mail_to("sam@guild.example", "What came of")

    reader.opens("/results")
    expect(
        reader.page.get_by_role("link", name=re.compile("host a repair café")).first
    ).to_be_visible()
    in_order(reader, loop.looks)
    reader.opens("/me")
    loop.signs_in(reader.page, "ana@example.org")
    expect(reader.page.locator("h1")).to_have_text("My page")
    receipt = reader.page.get_by_role("listitem").filter(has_text="It became")
    expect(receipt.get_by_role("link", name="host a repair café").first).to_be_visible()
    in_order(reader, loop.looks)
