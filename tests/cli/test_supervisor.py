"""Children that die, and parents that do."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.cli.supervisor import RESTARTS, Child, run
from tests.serving import Held, Served, begin, until


@contextmanager
def supervised(child: Child) -> Iterator[None]:
    stop = threading.Event()
    keeper = threading.Thread(target=run, args=([child],), kwargs={"stop": stop})
    keeper.start()
    try:
        assert until(lambda: child.process is not None)
        yield
    finally:
        stop.set()
        keeper.join(timeout=30)
        assert not keeper.is_alive()


def test_a_child_that_dies_is_started_again() -> None:
    child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
    with supervised(child):
        first = child.process
        assert first
        os.kill(first.pid, signal.SIGKILL)

        assert until(lambda: child.process is not first)
    assert child.ended


def test_a_child_that_will_not_stay_up_ends_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    child = Child("broken one", [sys.executable, "-c", ""])

    assert run([child], stop=threading.Event()) == 1
    assert len(child.starts) == RESTARTS + 1
    assert f"The broken one ended {RESTARTS + 1} times within a minute." in capsys.readouterr().out


def test_a_child_that_does_not_listen_is_ended_with_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.cli.supervisor.PATIENCE", 0.5)
    held = Held(tmp_path)
    deaf = f"trap '' TERM; sh -c 'echo here; sleep 60' > {held.path} & wait"
    child = Child("deaf one", ["sh", "-c", deaf])
    with supervised(child):
        assert held.words() == b"here\n"

    assert child.process
    assert child.process.returncode == -signal.SIGKILL
    assert held.words() == b""
    held.close()


@pytest.fixture
def web(tmp_path: Path, fresh_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A portal that was served once; the tests start its web server alone."""
    environ = {"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": fresh_database_url}
    begin(environ)
    served = Served(environ)
    assert until(served.answers)
    served.end()
    for name, value in served.environ.items():
        monkeypatch.setenv(name, value)
    return served


def alone(web: Served) -> list[str]:
    return [sys.executable, "-m", "portal.cli.web", "127.0.0.1", str(web.port)]


@pytest.mark.usefixtures("on_the_second_database")
def test_a_killed_web_server_takes_its_workers_along_and_comes_again(web: Served) -> None:
    child = Child("web server", alone(web))
    with supervised(child):
        assert until(web.answers)
        first = child.process
        assert first
        os.kill(first.pid, signal.SIGKILL)

        assert until(lambda: child.process is not first and web.answers())
    assert web.port_is_free()


@pytest.mark.usefixtures("on_the_second_database")
def test_workers_whose_elders_were_all_killed_leave_the_port(web: Served) -> None:
    server = subprocess.Popen(alone(web), stdin=subprocess.PIPE, start_new_session=True)
    assert until(web.answers)

    server.kill()
    server.communicate()

    assert until(web.port_is_free)


def test_an_orphan_that_does_not_listen_is_killed_in_the_end() -> None:
    program = """
import signal, time
from portal.cli import orphan
orphan.PATIENCE, orphan.AGAIN = 0.5, 0.1
signal.signal(signal.SIGTERM, signal.SIG_IGN)
orphan.end_with_parent()
time.sleep(60)
"""
    orphan = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, start_new_session=True
    )

    orphan.communicate()

    assert orphan.returncode == -signal.SIGKILL
