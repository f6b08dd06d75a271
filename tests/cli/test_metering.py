"""What Prometheus reads: the work of all processes as one, and nothing of anybody."""

import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy.exc import OperationalError

from portal.cli import metering
from portal.core import clock, metrics
from portal.core.database import db
from portal.jobs import work
from portal.mail import outbox
from tests.serving import Served, begin, free_port, until


@pytest.fixture
def registry(app: Flask, tmp_path: Path) -> CollectorRegistry:
    usual = app.extensions["portal"]
    app.extensions["portal"] = replace(usual, instance=tmp_path)
    metrics.begin(app.extensions["portal"])
    made = metering.registry(app)
    app.extensions["portal"] = usual
    return made


def told(registry: CollectorRegistry, name: str) -> float | None:
    return registry.get_sample_value(f"foreword_{name}")


def test_it_tells_of_late_mail_of_the_worker_and_of_the_database(
    registry: CollectorRegistry,
) -> None:
    now = clock.now()
    with clock.moved_to(now):
        work.beat()
        for n, hours in enumerate((-3, -1, 5)):
            due = now + timedelta(hours=hours)
            outbox.queue("x", key=str(n), to="ada@example.org", due_at=due)
        db.session.commit()
        found = {
            name: told(registry, name)
            for name in ("mails_waiting", "mail_oldest_seconds", "worker_beat_age_seconds")
        }

    assert found["mails_waiting"] == 2
    assert found["mail_oldest_seconds"] == pytest.approx(3 * 3600, abs=60)
    assert found["worker_beat_age_seconds"] == pytest.approx(0, abs=60)
    assert (told(registry, "database_bytes") or 0) > 100_000
    assert told(registry, "database_up") == 1
    assert b"example.org" not in generate_latest(registry)


def test_without_a_database_it_says_so(
    registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(metering, "_figures", fails)

    assert told(registry, "database_up") == 0
    assert told(registry, "mails_waiting") is None


@pytest.mark.usefixtures("on_the_second_database")
def test_requests_of_all_web_processes_are_one_number_and_surveys_none(
    tmp_path: Path, fresh_database_url: str
) -> None:
    environ = {"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": fresh_database_url}
    begin(environ)
    port = free_port()
    served = Served({**environ, "PORTAL_METRICS_PORT": str(port)})

    def page() -> str:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            return str(answer.read().decode())

    def line(status: int, route: str) -> str:
        named = f'method="GET",route="{route}",status="{status}"'
        return f"foreword_requests_total{{{named}}}"

    try:
        assert until(served.is_ready)
        for _ in range(20):
            served.get("/ideas")
            served.get("/s/")
        said = page()
        assert f"{line(200, '/ideas')} 20.0" in said
        assert 'foreword_request_seconds_bucket{le="10.0",method="GET"}' in said
        assert "/s/" not in said
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=2)
    finally:
        served.end()
