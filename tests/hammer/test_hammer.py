"""The hammer in short, and proof that it and the tests notice what they are there for."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence

import pytest

from portal.programs.lifecycle import SeatState
from portal.programs.models import Registration
from tests.hammer.faults import FAULTS, VARIABLE, Fault
from tests.hammer.games import GAMES
from tests.hammer.rush import SEATS, Asked, judge

ROUNDS = 30
PEOPLE = 60
ENOUGH = 8  # rounds in which a planted fault shows


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each fault once: on the last of the databases where it is one."""
    if "fault" in metafunc.fixturenames:
        database = "postgresql" if metafunc.config.getoption("--db") else "sqlite"
        metafunc.parametrize(
            "fault", [n for n, one in FAULTS.items() if database == one.databases[-1]]
        )


def run(*arguments: str, fault: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env=os.environ | {VARIABLE: fault},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("game", GAMES)
def test_exactly_one_wins_each_round(game: str, empty_database_url: str) -> None:
    which = ("--db", empty_database_url, "--game", game)
    done = run("tests.hammer", "--rounds", str(ROUNDS), *which)

    assert done.returncode == 0, done.stdout + done.stderr


def test_many_want_few_seats_from_four_server_processes(empty_database_url: str) -> None:
    which = ("--db", empty_database_url, "--game", "rush")
    done = run("tests.hammer", "--people", str(PEOPLE), *which)

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_rush_that_was_not_fair_is_noticed() -> None:
    """The seats in order, then: one too few, a place twice, a place left out, one lost, and
    somebody who came later and is ahead."""
    fair = [(n, None if n < SEATS else n - SEATS + 1) for n in range(PEOPLE)]
    missing, twice, gap = fair[1:], [*fair[:-1], (PEOPLE - 1, 1)], [*fair[:-1], (PEOPLE - 1, 99)]
    late = [(n, {30: 8, 31: 7}.get(n, place)) for n, place in fair]
    asked = [Asked(str(n), n, n + 0.5, (200, 200)) for n in range(PEOPLE)]

    assert [bool(list(judge(rows(one), asked))) for one in (fair, missing, twice, gap, late)] == [
        *(False, True, True, True, True)
    ]


def rows(turns: Sequence[tuple[int, int | None]]) -> list[Registration]:
    return [
        Registration(
            session_id=1,
            code=str(email),
            email=str(email),
            party=1,
            state=SeatState.WAITLISTED if place else SeatState.REGISTERED,
            place=place,
        )
        for email, place in turns
    ]


def test_a_planted_fault_is_noticed(fault: str, empty_database_url: str) -> None:
    one, database = FAULTS[fault], ("--db", empty_database_url)
    if one.game:
        done = run(
            "tests.hammer", "--rounds", str(ENOUGH), "--game", one.game, *database, fault=fault
        )
    else:
        done = run("pytest", "-q", "-x", "-p", "tests.hammer", *one.tests, *database, fault=fault)

    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert noticed(one, said), said


def noticed(fault: Fault, said: str) -> bool:
    """A test failed, or a game was played to its end and found wrong what it found: whatever
    else ends in a failure proves nothing."""
    if not fault.game:
        return "reads otherwise now" not in said and " failed" in said
    figures = re.search(rf"^\w+ +{fault.game} .* (\d+) +(\d+)$", said, re.MULTILINE)
    return figures is not None and figures.groups() != ("0", "0")
