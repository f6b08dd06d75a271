"""/metrics, on a port of its own that only this machine reaches: what all web processes counted,
and what the database says. The worker serves it, for there is one under each supervisor."""

import logging
from collections.abc import Iterator

from flask import Flask, g
from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from portal.core import clock, database, metrics
from portal.core.config import Config
from portal.jobs import queries as jobs
from portal.mail import queries as mail

log = logging.getLogger("portal")


def serve(app: Flask) -> None:
    """In a thread, at the port that is named. Where that is taken the log says so; work goes on."""
    settings: Config = app.extensions["portal"]
    try:
        start_http_server(settings.metrics_port, "127.0.0.1", registry(app))
    except OSError:
        log.warning("metrics not served", exc_info=True)


def registry(app: Flask) -> CollectorRegistry:
    settings: Config = app.extensions["portal"]
    made = CollectorRegistry()
    MultiProcessCollector(made, str(settings.instance / metrics.FOLDER))  # type: ignore[no-untyped-call]  # it has none
    made.register(_Database(app))
    return made


class _Database(Collector):
    def __init__(self, app: Flask) -> None:
        self.app = app

    def collect(self) -> Iterator[Metric]:
        with self.app.app_context():
            g.read_only = True
            try:
                found = _figures()
            except DBAPIError:
                found = []
        up = int(bool(found))
        yield GaugeMetricFamily("foreword_database_up", "Whether the database answers.", up)
        for name, words, value in found:
            yield GaugeMetricFamily(f"foreword_{name}", words, value)


def _figures() -> list[tuple[str, str, float]]:
    now, (waiting, oldest), seen = clock.now(), mail.overdue(), jobs.last_seen()
    late = (now - oldest).total_seconds() if oldest else 0
    quiet = (now - seen).total_seconds() if seen else float("inf")
    return [
        ("mails_waiting", "Mails whose time has come and that are not sent.", waiting),
        ("mail_oldest_seconds", "How long the oldest of them has waited.", late),
        ("worker_beat_age_seconds", "How long ago a worker was seen.", quiet),
        ("database_bytes", "How large the database is.", database.size()),
    ]
