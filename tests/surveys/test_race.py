"""Eight processes with one ticket: exactly one of them answers, each time. Eight that are the first
at a wall: there is one survey, and a ticket for each."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal.core.database import db, transaction
from portal.surveys import answering, wall
from portal.surveys.answering import Reply, Used
from portal.surveys.models import Answer, Survey, Ticket
from tests.surveys.conftest import Asked, held
from tests.surveys.test_wall import begun

PROCESSES, ROUNDS = 8, 40
WALLS = 10


def test_eight_processes_with_one_ticket_make_one_answer(app: Flask, ask: Asked) -> None:
    won = raced(app, use, ask(held(ROUNDS)))

    assert won == [1] * ROUNDS
    assert db.session.scalar(select(func.count()).select_from(Answer)) == ROUNDS
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 0


def test_eight_processes_that_are_the_first_at_a_wall_make_one_survey(app: Flask) -> None:
    won = raced(app, wall.draw_ticket, [begun().id for _ in range(WALLS)])

    assert won == [PROCESSES] * WALLS
    assert db.session.scalar(select(func.count()).select_from(Survey)) == WALLS
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == WALLS * PROCESSES


def use(token: str) -> None:
    answering.answer(token, Reply(ticks={}, words=["mine"]))


def raced(app: Flask, act: Callable[[Any], object], stakes: list[Any]) -> list[int]:
    """How many of the processes did it, for each stake."""
    db.session.rollback()
    processes = multiprocessing.get_context("fork")
    start, won = processes.Barrier(PROCESSES), processes.Array("i", len(stakes))
    racers = [
        processes.Process(target=race, args=(app, act, stakes, start, won))
        for _ in range(PROCESSES)
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
    assert [racer.exitcode for racer in racers] == [0] * PROCESSES
    return won[:]


def race(
    app: Flask, act: Callable[[Any], object], stakes: list[Any], start: Barrier, won: "list[int]"
) -> None:
    """What one process does: its own connections, and every round at the same instant."""
    with app.app_context():
        db.engine.dispose(close=False)
        for number, stake in enumerate(stakes):
            start.wait(30)
            try:
                with transaction():
                    act(stake)
            except Used:
                continue
            with won.get_lock():  # type: ignore[attr-defined]
                won[number] += 1
        db.engine.dispose()
