"""The hammer in short, and proof that it and the tests notice what they are there for."""

import subprocess
import sys
from collections.abc import Sequence
from inspect import signature
from pkgutil import resolve_name

import pytest

from portal.programs.lifecycle import SeatState
from portal.programs.models import Registration
from tests.hammer.faults import FAULTS, planted
from tests.hammer.rush import SEATS, Asked, judge

ROUNDS = 30
PEOPLE = 60


def hammer(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.hammer", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_exactly_one_wins_each_round_and_few_seats_are_given_fairly(
    fresh_database_url: str,
) -> None:
    short = ("--rounds", str(ROUNDS), "--people", str(PEOPLE))
    done = hammer("--db", fresh_database_url, *short)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_fault_that_is_planted_is_noticed_in_its_game(fresh_database_url: str) -> None:
    """Each once: on the last of the databases where it is one."""
    done = hammer("--db", fresh_database_url, "--faults")

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("fault", [name for name, one in FAULTS.items() if one.test])
def test_a_test_notices(fault: str, request: pytest.FixtureRequest) -> None:
    test = resolve_name(FAULTS[fault].test)
    asked_for = {name: request.getfixturevalue(name) for name in signature(test).parameters}

    with planted(FAULTS[fault]), pytest.raises((AssertionError, pytest.fail.Exception)):
        test(**asked_for)


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
