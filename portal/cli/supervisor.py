"""One parent for the web server and the worker: started together, ended together.

Only the standard library, so that it costs little. A child that dies is started again, five
times a minute at most. Children notice when this process is gone: the pipe at their standard
input ends.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from portal.cli import stops
from portal.cli.handing_over import Begun, begun

PATIENCE = 20  # seconds for requests and mail under way
RESTARTS = 5  # in a minute
MINUTE = 60


@dataclass
class Child:
    name: str
    command: Sequence[str]
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS + 1))
    process: "subprocess.Popen[bytes] | Begun | None" = None  # Begun: it is there already

    def start(self) -> None:
        self.starts.append(time.monotonic())
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, start_new_session=True)

    @property
    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @property
    def restless(self) -> bool:
        """Started so often within a minute that starting again will not help."""
        full = len(self.starts) == RESTARTS + 1
        return full and time.monotonic() - self.starts[0] < MINUTE

    def ask_to_end(self) -> None:
        """Now, and by the end of its standard input again and again until it does."""
        if self.process and self.process.stdin:
            self.process.terminate()
            self.process.stdin.close()

    def sweep(self) -> None:
        """Whatever is left of it and of its own children."""
        if self.process and self.process.stdin:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process.stdin.close()


def run(children: Sequence[Child], *, stop: threading.Event) -> int:
    """Keep the children running until told to stop; 0, or 1 when one would not stay up."""
    for child in children:
        if child.process is None:
            child.start()
    try:
        while not stop.wait(0.2):
            for child in children:
                if child.ended and not _revive(child):
                    return 1
    finally:
        _end(children)
    return 0


def _revive(child: Child) -> bool:
    child.sweep()
    if child.restless:
        _say(f"The {child.name} ended {RESTARTS + 1} times within a minute. See its words above.")
        return False
    _say(f"The {child.name} ended; starting it again.")
    child.start()
    return True


def _end(children: Sequence[Child]) -> None:
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not all(child.ended for child in children):
        time.sleep(0.05)
    for child in children:
        child.sweep()


def _greet(host: str, port: int, greeting: str, stop: threading.Event) -> None:
    """Say it once somebody answers there."""
    while not stop.wait(0.05):
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            continue
        _say(greeting)
        return


def _say(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201


def main(host: str, port: int, greeting: str, *first: str) -> int:
    """Until told to end. ``first``: the children that ``serve`` began, in the order in which they
    are named here."""
    stop = threading.Event()
    stops.hear(stop.set)
    web = [sys.executable, "-m", "portal.cli.web", host, str(port)]
    worker = [sys.executable, "-m", "portal.cli.worker"]
    threading.Thread(target=_greet, args=(host, port, greeting, stop), daemon=True).start()
    children = [Child("web server", web), Child("worker", worker)]
    for child, told in zip(children, first, strict=False):
        child.process = begun(told)
        child.starts.append(time.monotonic())
    return run(children, stop=stop)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:]))
