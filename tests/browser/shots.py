"""``make shots``: pictures of every page on the demo library, for people to look at: as a stranger
sees it where a stranger may, else as a librarian or a partner."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import ColumnElement, select

from portal.accounts.models import Person
from portal.agreements.lifecycle import AgreementState
from portal.agreements.models import Agreement
from portal.app import create_app
from portal.core import clock, config, migrating
from portal.core.database import Base, db
from portal.demo import making
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea
from portal.mail.models import DemoMail
from portal.programs.lifecycle import ProgramStage, SeatState
from portal.programs.models import Admission, Program, ProgramIdea, Registration
from portal.settings.models import Branch, Reply, Room, Topic
from portal.surveys import wall
from portal.surveys.models import Result
from tests import factories
from tests.addresses import PAGES, World, stay_link
from tests.browser.conftest import MODES, Visitor

T = TypeVar("T", bound=Base)

SHOTS = Path("build/shots")
HIGHEST = 4000  # pixels of a picture
PEOPLE = ("", "theo@example.org", "denise@example.org")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """The portal with the demo library, in place of the tests' own small one."""
    app = create_app(config.read({"PORTAL_INSTANCE": str(tmp_path), "PORTAL_DEMO": "yes"}))
    with app.app_context():
        migrating.upgrade()
        making.make(app, lambda _share: None)
        yield app
        db.session.rollback()
        db.engine.dispose()


@pytest.mark.timeout(1800)
def test_every_page_is_drawn(chromium: Browser, site: str, app: Flask) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    made = demo_world()
    visitors = [visitor(chromium, site, app, email) for email in PEOPLE]
    for endpoint, addresses in sorted(PAGES.items()):
        for n, path in enumerate(addresses(made)):
            who = next((one for one in visitors if is_shown(one, path)), visitors[0])
            draw(who, f"{endpoint}{n or ''}")


def visitor(chromium: Browser, site: str, app: Flask, email: str) -> Visitor:
    made = Visitor(chromium, site, app)
    if not email:
        return made
    return made.is_signed_in_as(db.session.scalars(select(Person).filter_by(email=email)).one())


def is_shown(who: Visitor, path: str) -> bool:
    return who.opens(path).ok and "/sign-in" not in who.page.url.replace(path, "")


def draw(who: Visitor, name: str) -> None:
    for scheme, width in MODES:
        who.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        who.page.set_viewport_size({"width": width, "height": 900})
        height = min(who.page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
        area = {"x": 0, "y": 0, "width": width, "height": height}
        path = SHOTS / f"{name}-{width}-{scheme}.png"
        who.page.screenshot(path=path, full_page=True, clip=area)  # type: ignore[arg-type]


def demo_world() -> World:
    """The things of the demo library that the pages are about."""
    announced = first(Program, Program.stage == ProgramStage.ANNOUNCED)
    seat = first(Registration, Registration.state == SeatState.REGISTERED)
    told = db.session.scalars(select(Result.program_id).order_by(Result.program_id)).first()
    held = select(Program.id).where(
        Program.stage == ProgramStage.DONE, Program.id.not_in(select(Result.program_id))
    )
    led_to = select(ProgramIdea.idea_id).where(ProgramIdea.program_id == announced.id)
    walk = factories.kept(
        Program(
            title="Story walk",
            planner_id=first(Person, Person.email == PEOPLE[1]).id,
            stage=ProgramStage.ANNOUNCED,
            announced_at=clock.now(),
            admission=Admission.OPEN,
        )
    )
    sitting = factories.session(walk, starts=clock.now() - timedelta(hours=1), capacity=0)
    planned = select(ProgramIdea.idea_id).join(Program, Program.id == ProgramIdea.program_id)
    return World(
        everybody=first(Person, Person.email == PEOPLE[1]),
        idea=db.session.scalars(led_to).one(),
        pending=first(Idea, Idea.publication == Publication.PENDING).id,
        refused=first(Idea, Idea.publication == Publication.NOT_PUBLISHED).id,
        planned=db.session.scalars(planned.where(Program.stage == ProgramStage.PLANNING)).first()
        or 0,
        program=announced.id,
        registration=seat.id,
        code=seat.code,
        agreement=first(Agreement, Agreement.state == AgreementState.PARTNER_SIGNED).id,
        mail=first(DemoMail).id,
        held=db.session.scalars(held.order_by(Program.id)).first() or 0,
        told=told or 0,
        just_come=walk.id,
        wall=wall.picture(sitting.id),
        mark="",
        reply=first(Reply).id,
        places={
            "branches": first(Branch).id,
            "rooms": first(Room).id,
            "topics": first(Topic).id,
        },
        stay=stay_link(),
    )


def first(model: type[T], *which: ColumnElement[bool]) -> T:
    found = db.session.scalars(select(model).where(*which).order_by(model.id)).first()
    assert found is not None
    return found
