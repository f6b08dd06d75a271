"""The demo library: made as in life, and every state that the code has is in it twice."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

import portal
from portal.agreements.lifecycle import AGREEMENT, OFFER, AgreementState
from portal.agreements.models import Agreement, Offer
from portal.app import create_app
from portal.core import config
from portal.core.checking import registered
from portal.core.database import db
from portal.core.lifecycle import Lifecycle
from portal.demo import making, state
from portal.demo.content import content
from portal.ideas.lifecycle import PUBLICATION, STAGES, Publication
from portal.ideas.models import Idea
from portal.organisations.lifecycle import LIFE
from portal.organisations.models import Organisation
from portal.programs.lifecycle import PROGRAM, SEAT, SESSION
from portal.programs.models import Program, Registration, Session
from portal.settings.models import Library
from portal.surveys.models import Result, Survey

LIVES: dict[InstrumentedAttribute[Any], Lifecycle[Any, Any]] = {
    Idea.publication: PUBLICATION,
    Idea.stage: STAGES,
    Offer.state: OFFER,
    Agreement.state: AGREEMENT,
    Organisation.standing: LIFE,
    Program.stage: PROGRAM,
    Session.stage: SESSION,
    Registration.state: SEAT,
}
FEWER = 3
DRAFTS = {Publication.DRAFT, AgreementState.DRAFT}  # left in the transaction that makes them


class BrokenOff(Exception):
    pass


@pytest.fixture
def demo(tmp_path: Path, empty_database_url: str) -> Iterator[Flask]:
    environ = {"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": empty_database_url}
    app = create_app(config.read(environ))
    with app.app_context():
        yield app
        db.session.rollback()
        db.engine.dispose()


@pytest.fixture
def fewer_votes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second database sees every course that an idea can take, and not as many people."""
    if request.config.getoption("--db"):
        whole = content()
        stories = [replace(one, votes=one.votes // FEWER) for one in whole.stories]
        monkeypatch.setattr(making, "content", lambda: replace(whole, stories=stories))


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("fewer_votes")
def test_the_demo_library(demo: Flask) -> None:
    broken_off_it_is_made_anew(demo)
    it_is_made_once(demo)

    assert {str(column): missing(column, life) for column, life in LIVES.items()} == {
        str(column): set() for column in LIVES
    }
    assert [drift for check in registered for drift in check.find()] == []
    library = db.session.scalars(select(Library)).one()
    assert (library.demo, library.vote_goal) == (True, 100)
    answers = Counter(large(n) for n in answered())
    assert answers == {True: 10, False: 1}


def broken_off_it_is_made_anew(demo: Flask) -> None:
    def stop(_share: float) -> None:
        raise BrokenOff

    invoke(demo, "init")
    with pytest.raises(making.Occupied):
        making.make(demo, lambda _share: None)
    db.session.execute(delete(Library))
    db.session.commit()
    with pytest.raises(BrokenOff):
        making.make(demo, stop)
    assert state.unfinished()
    db.session.rollback()


def it_is_made_once(demo: Flask) -> None:
    said = invoke(demo, "demo")
    assert "rosa@example.org" in said
    assert not state.unfinished()
    db.session.rollback()
    again = invoke(demo, "demo")
    assert "There is a library in this database already" in again
    assert "Making the demo library" not in again


def invoke(demo: Flask, command: str) -> str:
    output: str = demo.test_cli_runner().invoke(args=["portal", command]).output
    return output


def missing(column: InstrumentedAttribute[Any], life: Lifecycle[Any, Any]) -> set[StrEnum]:
    """States that the code can bring about and fewer than two rows are in."""
    counted = select(column, func.count()).group_by(column)
    found = {state for state, n in db.session.execute(counted) if n > 1}
    return reachable(life, column.type.enum_class) - found - DRAFTS


def reachable(life: Lifecycle[Any, Any], states: type[StrEnum]) -> set[StrEnum]:
    """The first state, and where the moves lead that something outside the tables names."""
    named = moves_named()
    pairs = {(one, move) for one in states for move in life.moves_from(one)}
    made = {(one, move) for one, move in pairs if (type(move).__name__, move.name) in named}
    return {next(iter(states))} | {life.target(move, one) for one, move in made}


@cache
def moves_named() -> set[tuple[str, str]]:
    """(class, member) of everything that reads so in the code."""
    return {
        (node.value.id, node.attr)
        for path in Path(portal.__file__).parent.rglob("*.py")
        if path.name != "lifecycle.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def answered() -> list[int]:
    """How many answered, by program with published results."""
    tallied = (
        select(func.sum(Survey.tallied))
        .join(Session, Session.id == Survey.session_id)
        .join(Result, Result.program_id == Session.program_id)
        .where(Result.published_at.is_not(None))
        .group_by(Result.program_id)
    )
    return list(db.session.scalars(tallied))


def large(n: int) -> bool:
    return n >= 10
