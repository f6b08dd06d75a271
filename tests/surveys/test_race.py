"""Eight processes with one ticket: exactly one of them answers, each time."""

import multiprocessing
from multiprocessing.synchronize import Barrier

from flask import Flask
from sqlalchemy import func, select

from portal.core.database import db, transaction
from portal.surveys import answering
from portal.surveys.answering import Reply, Used
from portal.surveys.models import Answer, Ticket
from tests.surveys.conftest import Asked, held

PROCESSES, ROUNDS = 8, 40


def test_eight_processes_with_one_ticket_make_one_answer(app: Flask, ask: Asked) -> None:
    tokens = ask(held(ROUNDS))
    db.session.rollback()
    processes = multiprocessing.get_context("fork")
    start, won = processes.Barrier(PROCESSES), processes.Array("i", ROUNDS)
    racers = [
        processes.Process(target=race, args=(app, tokens, start, won)) for _ in range(PROCESSES)
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)

    assert [racer.exitcode for racer in racers] == [0] * PROCESSES
    assert won[:] == [1] * ROUNDS
    assert db.session.scalar(select(func.count()).select_from(Answer)) == ROUNDS
    assert db.session.scalar(select(func.count()).select_from(Ticket)) == 0


def race(app: Flask, tokens: list[str], start: Barrier, won: "list[int]") -> None:
    """What one process does: its own connections, and every round at the same instant."""
    with app.app_context():
        db.engine.dispose(close=False)
        for number, token in enumerate(tokens):
            start.wait(30)
            try:
                with transaction():
                    answering.answer(token, Reply(ticks={}, words=["mine"]))
            except Used:
                continue
            with won.get_lock():  # type: ignore[attr-defined]
                won[number] += 1
        db.engine.dispose()
