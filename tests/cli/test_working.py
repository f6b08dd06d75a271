"""``flask portal worker`` beside the others: it leaves signs of life, and ends when told."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from portal.core import config
from tests.serving import begin, until


@pytest.fixture
def environ(tmp_path: Path, fresh_database_url: str) -> dict[str, str]:
    return {"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": fresh_database_url}


def test_it_works_until_it_is_told_to_end(environ: dict[str, str]) -> None:
    begin(environ)
    engine = create_engine(config.read(environ).database_url)

    def was_seen() -> bool:
        with engine.connect() as connection:
            return connection.scalar(text("SELECT at FROM beats")) is not None

    command = [sys.executable, "-m", "flask", "portal", "worker"]
    worker = subprocess.Popen(command, env=os.environ | environ, stdin=subprocess.DEVNULL)
    assert until(was_seen)
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(30) == 0
    engine.dispose()
