"""Players are forked from one process that has read the whole portal once."""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from flask import Flask

from portal.core.database import db, transaction
from tests.conftest import Client
from tests.hammer import portals, rush
from tests.hammer.faults import FAULTS, planted
from tests.hammer.games import GAMES, PLAYERS, Game, Stakes

ROUNDS = 2000
RUSH = "rush"
PATIENCE = 60  # seconds that a player waits for the others
ENOUGH = 8  # rounds in which a planted fault shows
REFUSED = 400
BROKEN = 500  # and above: the server's own failure

_forking = multiprocessing.get_context("fork")


def main() -> int:
    wanted = _wanted()
    if not wanted.faults:
        print(f"{PLAYERS} processes, {wanted.rounds} rounds on fresh rows each; one wins each.")
    print(f"{'database':12} {'game':15} {'requests':>9} {'seconds':>8} {'5xx':>5} {'wrong':>6}")
    wrong = 0
    for url in wanted.db or portals.both():
        with portals.portal(url) as app:
            if wanted.faults:
                wrong += _plant(app)
                continue
            for name in wanted.game or [*GAMES, RUSH]:
                if name == RUSH:
                    wrong += _rush(app, wanted.people)
                else:
                    wrong += sum(_play(app, name, wanted.rounds))
    return min(wrong, 1)


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.hammer")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--game", action="append", choices=[*GAMES, RUSH])
    parser.add_argument("--people", type=int, default=rush.PEOPLE, help="who want a seat at once")
    parser.add_argument("--faults", action="store_true", help="plant one after the other instead")
    parser.add_argument("--db", action="append", metavar="URL")
    return parser.parse_args()


def _play(app: Flask, name: str, rounds: int) -> tuple[int, int]:
    """How much was wrong and how many requests got no answer, after a line that says so."""
    game = GAMES[name]
    _warm(app, game)
    with transaction():
        stakes = game.prepare(rounds)
    db.engine.dispose()
    began = time.monotonic()
    statuses = _press(app, game, stakes)
    seconds = time.monotonic() - began
    wrong = list(game.judge(stakes))
    db.session.rollback()
    broken = sum(n for status, n in statuses.items() if status >= BROKEN)
    total = statuses.total()
    _tell(name, total, seconds, broken, wrong)
    return len(wrong) + broken, PLAYERS * rounds - total


def _warm(app: Flask, game: Game) -> None:
    """A round that nobody else plays in, so that no player has to compile what all need."""
    with transaction():
        stakes = game.prepare(1)
    client = app.test_client()
    assert isinstance(client, Client)
    game.join(client, stakes, 0)
    game.press(client, stakes[0], 0)


def _plant(app: Flask) -> int:
    """How many faults of this database were not noticed in a game that was played to its end."""
    missed = 0
    for name, fault in FAULTS.items():
        if not fault.game or fault.databases[-1] != db.engine.dialect.name:
            continue
        with planted(fault):
            wrong, lost = _play(app, fault.game, ENOUGH)
        noticed = wrong > 0 and lost == 0
        print(f"    {name}: {'noticed' if noticed else 'NOT NOTICED'}", flush=True)
        missed += not noticed
    return missed


def _rush(app: Flask, people: int) -> int:
    """The same for many who want few seats. Nobody may be refused, so each refusal is an error."""
    found = rush.play(app, people)
    statuses = found.statuses
    errors = {status: n for status, n in statuses.items() if status >= REFUSED}
    wrong = [*(f"{n} answers of {status}" for status, n in errors.items()), *found.wrong]
    broken = sum(n for status, n in errors.items() if status >= BROKEN)
    _tell(RUSH, statuses.total(), found.seconds, broken, wrong)
    print(
        f"    {people} people, {rush.SEATS} seats, {rush.AT_ONCE} at a time: half were answered "
        f"within {found.slowest_of(0.5)} ms, 95 in 100 within {found.slowest_of(0.95)} ms"
    )
    return len(wrong)


def _tell(name: str, total: int, seconds: float, broken: int, wrong: list[str]) -> None:
    database = db.engine.dialect.name
    print(f"{database:12} {name:15} {total:9} {seconds:8.1f} {broken:5} {len(wrong):6}", flush=True)
    for sentence in wrong[:3]:
        print(f"    {sentence}")


def _press(app: Flask, game: Game, stakes: Stakes) -> Counter[int]:
    """All play; how often each status was the answer. Of a player that died nothing is counted."""
    barrier = _forking.Barrier(PLAYERS)
    playing = []
    for player in range(PLAYERS):
        here, there = _forking.Pipe(duplex=False)
        process = _forking.Process(target=_player, args=(app, game, stakes, player, barrier, there))
        process.start()
        there.close()
        playing.append((process, here))
    statuses: Counter[int] = Counter()
    for process, here in playing:
        with suppress(EOFError):  # whoever died said why
            statuses.update(here.recv())
        process.join()
        here.close()
    return statuses


def _player(
    app: Flask, game: Game, stakes: Stakes, player: int, barrier: Barrier, there: Connection
) -> None:
    statuses: Counter[int] = Counter()
    client = app.test_client()
    assert isinstance(client, Client)
    try:
        game.join(client, stakes, player)
        for stake in stakes:
            barrier.wait(PATIENCE)
            statuses[game.press(client, stake, player)] += 1
        there.send(statuses)
    except Exception as error:
        print(f"    {type(error).__name__}: {error}"[:200], flush=True)
        barrier.abort()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
