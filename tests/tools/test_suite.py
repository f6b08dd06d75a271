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


def test_steps_side_by_side_give_the_first_status_that_is_not_0() -> None:
    soon = time.monotonic() + 60

    assert suite.run([step("raise SystemExit(3)")], soon) == 3
    assert suite.run([step(""), step("raise SystemExit(4)")], soon) == 4
    assert suite.run([step("import os; os.kill(os.getpid(), 9)"), step("")], soon) == -9
    assert suite.run([step(""), step("")], soon) == 0
    assert suite.run([], soon) == 0


def test_what_the_second_says_is_told_once_it_has_ended(capfd: pytest.CaptureFixture[str]) -> None:
    first, second = step("print('one', end=''); import time; time.sleep(.2)"), step("print('two')")

    assert suite.run([first, second], time.monotonic() + 60) == 0

    said = capfd.readouterr().out
    assert said.index("one") < said.index("two")
    assert said.endswith("two\n")


def test_at_the_time_limit_steps_are_ended_with_their_children(tmp_path: Path) -> None:
    held = Held(tmp_path)
    program = (
        f"import os; os.execlp('sh', 'sh', '-c', '(echo here; sleep 60) > {held.path} & wait')"
    )

    assert suite.run([step(program)], time.monotonic()) == 1
    assert held.words() == b"here\n"
    assert held.words() == b""
    held.close()
