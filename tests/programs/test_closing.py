"""The end of a session, and of the program that it was the last of."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused
from portal.ideas.lifecycle import Stage
from portal.ideas.models import Idea
from portal.mail import sending
from portal.policy import Actor, Role
from portal.programs import closing, due, planning, plans, registering
from portal.programs.closing import Count
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Program, Session
from portal.programs.registering import Party
from tests import factories
from tests.conftest import Client
from tests.mail import conftest as mail
from tests.mail.conftest import Sink

pytestmark = pytest.mark.usefixtures("app")
sink = mail.sink


def librarian() -> Actor:
    return Actor(id=factories.librarian().id, grants=frozenset({(Role.LIBRARIAN, None)}))


def two_sessions() -> tuple[Idea, Program, Session, Session]:
    """Of one program on the calendar, both begun."""
    idea = factories.idea(stage=Stage.SCHEDULED)
    program, begun = factories.program(idea), clock.now() - timedelta(hours=3)
    first, second = (factories.session(program, number=n, starts=begun) for n in (1, 2))
    db.session.commit()
    return idea, program, first, second


def test_when_the_last_is_called_off_what_was_held_before_still_happened() -> None:
    idea, program, first, second = two_sessions()
    closing.close(first.id, Count(heads=12), by=librarian())
    assert (program.stage, idea.stage) == (ProgramStage.ANNOUNCED, Stage.SCHEDULED)

    closing.cancel(second.id, reason="Storm.", by=librarian())

    assert (program.stage, idea.stage) == (ProgramStage.DONE, Stage.HELD)


def test_when_all_are_called_off_the_idea_is_planned_anew() -> None:
    idea, program, first, second = two_sessions()
    for one in (first, second):
        closing.cancel(one.id, reason="Storm.", by=librarian())

    assert (program.stage, idea.stage) == (ProgramStage.CANCELLED, Stage.PLANNING)
    [waits] = plans.under_way()
    assert (waits.title, waits.path) == (idea.title, f"/staff/ideas/{idea.id}/plan/1")
    again = planning.begin(idea.id, by=librarian())
    assert (again.title, [one.id for one in plans.under_way()]) == (program.title, [again.id])


def test_an_idea_with_another_program_on_the_calendar_stays_there() -> None:
    idea, _program, first, second = two_sessions()
    factories.session(factories.program(idea))
    for one in (first, second):
        closing.cancel(one.id, reason="Storm.", by=librarian())

    assert idea.stage is Stage.SCHEDULED


def test_of_two_that_are_closed_at_once_one_is_the_last(app: Flask) -> None:
    staff = factories.librarian()
    for _round in range(8):
        idea, program, *_both = two_sessions()
        paths = [f"/staff/events/{program.id}/{n}/close" for n in (1, 2)]
        with ThreadPoolExecutor(2) as pool:
            presses = [pool.submit(press, browser(app, staff), path) for path in paths]
            assert [one.result() for one in presses] == [303, 303]
        db.session.rollback()
        db.session.expire_all()

        assert (program.stage, idea.stage) == (ProgramStage.DONE, Stage.HELD)


def browser(app: Flask, person: object) -> Client:
    made = app.test_client()
    assert isinstance(made, Client)
    return made.sign_in(person)  # type: ignore[arg-type]


def press(by: Client, path: str) -> int:
    return by.post(path, data={"heads": "7"}).status_code


def test_seats_of_what_is_over_do_not_change() -> None:
    _idea, _program, first, _second = two_sessions()
    closing.close(first.id, Count(heads=12), by=librarian())

    with pytest.raises(Refused, match="closed or does not take place"):
        registering.set_capacity(first.id, 30, by=librarian())


@pytest.mark.parametrize("late", ["it was called off", "it is over"])
def test_no_reminder_comes_for_what_does_not_come(sink: Sink, late: str) -> None:
    at = factories.session(factories.program(), starts=clock.now() + timedelta(hours=20))
    registering.register(at.id, Party(name="Gus", email="gus@example.org"))
    db.session.commit()
    sending.send_due()
    clock.move(timedelta(hours=19))
    due.remind()
    sink.mails.clear()
    if late == "it is over":
        clock.move(timedelta(hours=2))
    else:
        closing.cancel(at.id, reason="Storm.", by=librarian())
    db.session.commit()

    sending.send_due()

    assert not [one for one in sink.mails if "Tomorrow" in str(one["Subject"])]
