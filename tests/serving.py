"""Processes under test: ``flask portal serve`` as people start it, and who is still there."""

import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from portal.app import create_app
from portal.core import config
from portal.core.database import db

ROOT = Path(__file__).resolve().parent.parent
SOON = 30.0  # seconds


def free_port() -> int:
    """Below those that systems lend to whoever connects, so that nobody is given it meanwhile."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        if is_free(port):
            return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def until(is_so: Callable[[], bool], *, seconds: float = SOON) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.02)
    return False


def begin(environ: Mapping[str, str]) -> None:
    """An empty library, where the portal would begin with the demo."""
    app = create_app(config.read(environ))
    result = app.test_cli_runner().invoke(args=["portal", "init"])
    assert result.exit_code == 0, result.output
    with app.app_context():
        db.engine.dispose()


class Served:
    """Started when made; ``folder`` is where it is started, and where its wsgi.py lies."""

    def __init__(
        self, environ: Mapping[str, str], *, module: str = "flask", folder: Path = ROOT
    ) -> None:
        self.port = int(environ.get("PORT") or free_port())
        self.environ = {
            **os.environ, "PYTHONPATH": str(ROOT), "PORT": str(self.port), **environ
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *(["portal"] if module == "flask" else []), "serve"],
            cwd=folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def get(self, path: str) -> bytes:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            content: bytes = answer.read()
        return content

    def answers(self, path: str = "/healthz") -> bool:
        try:
            return self.get(path) != b""
        except (OSError, HTTPException):
            return False

    def is_ready(self) -> bool:
        """Tables up to date, and the worker was seen."""
        return self.answers("/readyz")

    def port_is_free(self) -> bool:
        return is_free(self.port)

    def says(self, words: str) -> bool:
        """Waits for a line with these words; without it, until the end."""
        assert self.process.stdout
        return any(words in line for line in self.process.stdout)

    def said(self) -> str:
        """All its words that were not heard yet, once it has ended."""
        return self.process.communicate(timeout=30)[0]

    def end(self, sign: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(sign)
        said = self.said()
        return self.process.returncode, said


class Held:
    """A file that a process holds open for as long as it lives, be its parent gone or not."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "held"
        os.mkfifo(self.path)
        self._reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    def words(self) -> bytes:
        """What was written into it; waits for it, or for the end of all who hold it."""
        assert select.select([self._reader], [], [], SOON)[0], "it is held still"
        return os.read(self._reader, 100)

    def close(self) -> None:
        os.close(self._reader)
