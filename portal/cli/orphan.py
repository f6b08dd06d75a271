"""A child that outlives its parent must not keep the port: it ends when its standard input does.

For the processes that the supervisor starts, each the first of a group of its own.
"""

import os
import signal
import threading
import time
from contextlib import suppress

PATIENCE = 20.0  # seconds; as long as a supervisor that lives would wait
AGAIN = 2.0  # seconds; a child that was born meanwhile has not heard the first


def end_with_parent() -> None:
    """From now on this process's group is asked to end once whoever holds its standard input is
    gone: first who leads the group, then all of it again and again, and in the end it is killed."""
    threading.Thread(target=_wait_for_end, daemon=True).start()


def _wait_for_end() -> None:
    while os.read(0, 1):
        pass
    with suppress(ProcessLookupError):
        os.kill(os.getpgid(0), signal.SIGTERM)
    asked = time.monotonic()
    while time.monotonic() - asked < PATIENCE:
        time.sleep(AGAIN)
        os.killpg(0, signal.SIGTERM)
    os.killpg(0, signal.SIGKILL)
