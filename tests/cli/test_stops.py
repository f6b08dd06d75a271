"""Stops that come in the middle of anything, and many at once."""

import signal
import subprocess
import sys

import pytest

BUSY = """
import threading
from portal.cli import stops

stop = threading.Event()
stops.hear(stop.set)
print("here", flush=True)
while not stop.wait(0):
    pass
"""
NOBODY_HEARS = """
import os, signal, sys
from portal.cli import stops

stops.keep()
os.kill(os.getpid(), signal.SIGTERM)
print("kept", flush=True)
stops.obey()
sys.exit("it went on")
"""


def begun(program: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_heard_whatever_is_being_done(sign: signal.Signals) -> None:
    busy = [begun(BUSY) for _ in range(8)]
    for one in busy:
        assert one.stdout
        assert one.stdout.readline() == "here\n"
        for _ in range(3):
            one.send_signal(sign)

    try:
        assert [one.wait(20) for one in busy] == [0] * 8
    finally:
        for one in busy:
            one.kill()
            one.communicate()


def test_a_stop_that_was_kept_ends_who_obeys_again() -> None:
    one = begun(NOBODY_HEARS)

    assert one.communicate()[0] == "kept\n"
    assert one.returncode == -signal.SIGTERM
