"""The one command that decides: nothing is left out in silence, and it ends."""

import time
from pathlib import Path

import pytest

from tests.serving import Held
from tools import needs, suite


def test_what_is_missing_is_a_failure_where_a_change_is_judged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(needs, "meet", lambda: ["postgresql"])

    assert suite.main() == 1
    assert "The tests need what is not here: postgresql." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("missing", "steps"),
    [
        ([], [("pytest", "-q"), ("pytest", "-q", "--db", "postgresql")]),
        (["postgresql"], [("pytest", "-q")]),
        (
            ["fonts-dejavu-core"],
            [
                ("pytest", "-q", "-m", "not browser"),
                ("pytest", "-q", "-m", "not browser", "--db", "postgresql"),
            ],
        ),
    ],
)
def test_only_what_cannot_run_here_is_left_out(
    missing: list[str], steps: list[tuple[str, ...]]
) -> None:
    assert suite.tests(missing) == steps


@pytest.mark.parametrize(("missing", "said"), [([], None), (["a", "b"], "a, b")])
def test_what_make_asks_for_first_fails_only_where_something_is_missing(
    monkeypatch: pytest.MonkeyPatch, missing: list[str], said: str | None
) -> None:
    monkeypatch.setattr(needs, "meet", lambda: missing)

    assert needs.main() == said


def step(program: str) -> tuple[str, ...]:
    return ("python", "-c", program)


def lasting(held: Held, begun: Path) -> suite.Step:
    """Has a child that holds the file, and waits for it; another file says when."""
    words = f"(echo here; touch {begun}; sleep 60) > {held.path} & wait"
    return step(f"import os; os.execlp('sh', 'sh', '-c', '{words}')")


GOOD, BAD = step(""), step("raise SystemExit(3)")
KILLED = step("import os; os.kill(os.getpid(), 9)")


@pytest.mark.parametrize(
    ("checks", "suites", "status"),
    [
        ([BAD], [], 3),
        ([GOOD, BAD], [GOOD, KILLED], 3),
        ([GOOD], [GOOD, BAD], 3),
        ([GOOD], [KILLED, GOOD], -9),
        ([GOOD, GOOD], [GOOD, GOOD], 0),
        ([], [], 0),
    ],
)
def test_it_gives_the_first_status_that_is_not_0(
    checks: list[suite.Step], suites: list[suite.Step], status: int
) -> None:
    assert suite.run(checks, suites, time.monotonic() + 60) == status


def test_what_the_second_says_is_told_once_it_has_ended(capfd: pytest.CaptureFixture[str]) -> None:
    first, second = step("print('one', end=''); import time; time.sleep(.2)"), step("print('two')")

    assert suite.run([step("print('check')")], [first, second], time.monotonic() + 60) == 0

    said = capfd.readouterr().out
    assert said.index("check") < said.index("one") < said.index("two")
    assert said.endswith("two\n")


def test_a_check_that_fails_ends_the_suite_beside_it_with_its_children(tmp_path: Path) -> None:
    held, begun = Held(tmp_path), tmp_path / "begun"
    waits = f"import os, time\nwhile not os.path.exists('{begun}'): time.sleep(.01)\n"

    assert (
        suite.run(
            [step(waits + "raise SystemExit(3)")],
            [GOOD, lasting(held, begun)],
            time.monotonic() + 60,
        )
        == 3
    )
    assert held.words() == b"here\n"
    assert held.words() == b""
    held.close()


def test_at_the_time_limit_steps_are_ended_with_their_children(tmp_path: Path) -> None:
    held = Held(tmp_path)

    assert suite.run([], [lasting(held, tmp_path / "begun")], time.monotonic()) == 1
    assert held.words() == b"here\n"
    assert held.words() == b""
    held.close()
