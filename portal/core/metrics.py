"""How much is asked of the portal and how long it takes, for Prometheus: by route, never by person.

Each process counts in files of its own, in a folder that ``serve`` names to all of them; whoever
reads the folder has the sum. Surveys are left out: two looks at a counter would tell when somebody
answered.
"""

import time
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask, Response, g

from portal.core import config
from portal.core.logs import about_request
from portal.core.web import is_sessionless

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

FOLDER = "metrics"  # in the instance
NAMED = "PROMETHEUS_MULTIPROC_DIR"  # to the library, before it is imported


@cache
def _counters() -> "tuple[Counter, Histogram]":
    """Of requests and of seconds: once in a process, and only where somebody asks for them."""
    from prometheus_client import Counter, Histogram

    requests = Counter(
        "foreword_requests", "Requests that were answered.", ("method", "route", "status")
    )
    seconds = Histogram(
        "foreword_request_seconds",
        "How long an answer took.",
        ("method",),
        buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    )
    return requests, seconds


def init_app(app: Flask) -> None:
    if app.extensions["portal"].metrics_port:
        app.after_request(_count)


def begin(settings: config.Config) -> dict[str, str]:
    """An empty folder to count in. Gives what the environment of those who count must say."""
    folder = settings.instance / FOLDER
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()
    return {NAMED: str(folder)}


def _count(response: Response) -> Response:
    if not is_sessionless():
        about = about_request()
        requests, seconds = _counters()
        requests.labels(**about, status=response.status_code).inc()
        took = time.perf_counter() - g.get("began", time.perf_counter())
        seconds.labels(about["method"]).observe(took)
    return response
