"""How a process of ours hears that it is to end: SIGTERM, or Ctrl-C.

A handler would run between any two steps of the main thread. If that is about to wait, or was just
woken by another stop, it holds the very lock that the handler needs, and neither goes on. So stops
are kept from every thread but one, which does nothing but wait for them.
"""

import signal
import threading
from collections.abc import Callable

STOPS = (signal.SIGTERM, signal.SIGINT)


def keep() -> None:
    """From now on a stop waits until it is heard, in threads and processes begun from here, too."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)


def hear(end: Callable[[], None]) -> None:
    """The first stop calls ``end``, later ones nothing. Comes before any other thread is begun."""
    keep()
    threading.Thread(target=_wait_for_one, args=(end,), daemon=True).start()


def obey() -> None:
    """A stop ends this process as it ends any program, until somebody sets a handler."""
    for sign in STOPS:
        signal.signal(sign, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


def _wait_for_one(end: Callable[[], None]) -> None:
    signal.sigwait(STOPS)
    end()
