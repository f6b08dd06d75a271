"""The tests' own PostgreSQL leaves nothing behind, however the tests end."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.cluster import Cluster, installed

pytestmark = pytest.mark.skipif(not installed(), reason="PostgreSQL is not installed")

START = (
    "from tests.cluster import Cluster; import time; print(Cluster().url('one')); time.sleep(60)"
)


def test_a_stopped_cluster_is_gone() -> None:
    cluster = Cluster()
    folder = Path(cluster.url("one").partition("host=")[2])
    with psycopg.connect(f"host={folder} user=portal dbname=one") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    cluster.stop()

    assert not folder.exists()


def test_it_does_not_outlive_killed_tests() -> None:
    with subprocess.Popen([sys.executable, "-uc", START], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        folder = Path(run.stdout.readline().strip().partition("host=")[2])
        run.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
