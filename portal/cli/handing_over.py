"""``serve`` has loaded the whole portal to look at the database. The first web server and the first
worker go on from there and need not load it again: they are forked, and the supervisor, which takes
their parent's place, has them as its children.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass
class Begun:
    """A child that was there before its supervisor. What it has in common with a ``Popen``."""

    pid: int
    pipe: int  # our end of its standard input
    stdin: BinaryIO = field(init=False)
    returncode: int | None = None

    def __post_init__(self) -> None:
        os.set_inheritable(self.pipe, False)
        self.stdin = os.fdopen(self.pipe, "wb", 0)

    def poll(self) -> int | None:
        return self._look(os.WNOHANG)

    def wait(self) -> int | None:
        return self._look(0)

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def _look(self, options: int) -> int | None:
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, options)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def fork(mains: Sequence[Callable[[], object]]) -> list[str]:
    """A child for each of these, in a session of its own. Gives what ``begun`` reads; the ends of
    the pipes stay open over an exec."""
    pipes: list[int] = []
    told = []
    for main in mains:
        theirs, ours = os.pipe()
        pid = os.fork()
        if not pid:
            _live(main, theirs, [*pipes, ours])
        os.close(theirs)
        os.set_inheritable(ours, True)
        pipes.append(ours)
        told.append(f"{pid}:{ours}")
    return told


def begun(told: str) -> Begun:
    pid, _colon, pipe = told.partition(":")
    return Begun(int(pid), int(pipe))


def _live(main: Callable[[], object], standard_input: int, of_others: Sequence[int]) -> None:
    os.setsid()
    os.dup2(standard_input, 0)
    for one in (standard_input, *of_others):
        os.close(one)
    status = 1
    try:
        main()
        status = 0
    except Exception:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        os._exit(status)
