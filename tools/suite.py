"""Everything that decides whether a change lands, one step after the other.

    python -m tools.suite           all of it, within one time limit
    python -m tools.suite check     lint, types and contracts alone

The first check that fails ends it; the tests on the second database run beside all of it. What
they need of the system is brought first where that can be done. Where it cannot, the tests that
need it are left out and named at the end; with CI=true that is a failure.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tools import needs

LIMIT = 25 * 60  # seconds, installing not counted
PROGRAMS = Path(sys.executable).parent
MEMORY = Path("/dev/shm")  # noqa: S108  where Linux keeps files in memory
ROOM = 4_000_000_000  # bytes that the files of two runs have to spare
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports", "--no-logo"),
)
Step = Sequence[str]
DRAWING = {"chromium-headless-shell", "fonts-dejavu-core"}


def main(what: str = "test") -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    missing = [] if what == "check" else needs.meet()
    if missing:
        print(f"The tests need what is not here: {', '.join(missing)}.", file=sys.stderr)
        print("On Debian or Ubuntu: apt-get install", *missing, file=sys.stderr)
        if os.environ.get("CI") == "true":
            return 1
    deadline = time.monotonic() + LIMIT
    with in_memory():
        if status := run(CHECKS, [] if what == "check" else tests(missing), deadline):
            return status
    if missing:
        print(f"Not everything was tested. Missing: {', '.join(missing)}.", file=sys.stderr)
    return 0


def tests(missing: Sequence[str]) -> list[tuple[str, ...]]:
    """The whole suite on both databases, but for what cannot run here."""
    suite = ("pytest", "-q", *(("-m", "not browser") if DRAWING.intersection(missing) else ()))
    return [suite] if "postgresql" in missing else [suite, (*suite, "--db", "postgresql")]


@contextmanager
def in_memory() -> Iterator[None]:
    """Files for a while are kept where nothing waits for a disk, if there is such a place: a test's
    database promises nothing for after a power cut."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="foreword-", dir=MEMORY) as folder:
        os.chmod(folder, 0o711)  # noqa: S103  a database server goes through it as somebody else
        os.environ["TMPDIR"] = folder
        yield
        del os.environ["TMPDIR"]


def run(checks: Sequence[Step], suites: Sequence[Step], deadline: float) -> int:
    """The first status that is not 0: of the checks, one after the other, then of the suites. The
    second suite begins with the first check, and what it says is told once it has ended; a check
    that fails ends it. What is left at the deadline is ended, children and all."""
    with ExitStack() as stack:
        begun: list[Begun] = []

        def begin(step: Step, *, aside: bool = False) -> Begun:
            begun.append(stack.enter_context(_begun(step, aside=aside)))
            return begun[-1]

        try:
            others = [begin(suite, aside=True) for suite in suites[1:]]
            for check in checks:
                if status := begin(check).status(deadline):
                    return status
            first = [begin(suite) for suite in suites[:1]]
            statuses = [one.status(deadline) for one in (*first, *others)]
            return next((status for status in statuses if status), 0)
        except subprocess.TimeoutExpired:
            for one in begun:
                one.tell()
            print(f"The time limit of {LIMIT // 60} minutes is over.", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            for one in begun:
                one.interrupt()
            return 128 + signal.SIGINT


@dataclass
class Begun:
    step: Step
    process: "subprocess.Popen[bytes]"
    words: IO[bytes] | None  # what it says, where that is not told at once

    def status(self, deadline: float) -> int:
        status = self.process.wait(timeout=max(deadline - time.monotonic(), 1))
        self.tell()
        return status

    def tell(self) -> None:
        if self.words:
            self.words.seek(0)
            print(f"\n== {' '.join(self.step)}", flush=True)
            shutil.copyfileobj(self.words, sys.stdout.buffer)
            sys.stdout.flush()

    def interrupt(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)


@contextmanager
def _begun(step: Step, *, aside: bool) -> Iterator[Begun]:
    with tempfile.TemporaryFile() as file:
        words = file if aside else None
        if not aside:
            print(f"\n== {' '.join(step)}", flush=True)
        command = [str(PROGRAMS / step[0]), *step[1:]]
        process = subprocess.Popen(command, stdout=words, stderr=words, start_new_session=True)
        try:
            yield Begun(step, process, words)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
