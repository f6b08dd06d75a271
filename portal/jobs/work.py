"""The worker: runs each rule when its time has come, one after the other, until told to stop."""

import logging
import threading
import time
from datetime import timedelta

from flask import Flask

from portal.core import clock
from portal.core.database import db, insert, transaction
from portal.jobs.models import Beat
from portal.jobs.schedule import Rule, every, planned

POLL = 0.5  # seconds
SILENCE = timedelta(minutes=3)  # after which a worker counts as gone

log = logging.getLogger("portal")


def run(app: Flask, stop: threading.Event) -> None:
    """Work until ``stop`` is set; what is under way then is finished first."""
    due: dict[Rule, float] = {}
    while not stop.is_set():
        for one in planned:
            if stop.is_set():
                break
            if due.get(one.rule, 0.0) <= time.monotonic():
                _run(app, one.rule)
                due[one.rule] = time.monotonic() + one.seconds
        stop.wait(POLL)


def run_once(app: Flask) -> None:
    """Every rule once, for a command or a test."""
    for one in planned:
        _run(app, one.rule)


def _run(app: Flask, rule: Rule) -> None:
    """A rule that fails is told to the log and does not stop the others."""
    with app.app_context():
        try:
            rule()
        except Exception:
            name = f"{rule.__module__}.{rule.__name__}"
            log.exception("rule failed", extra={"rule": name})
            db.session.rollback()


@every(seconds=60)
def beat() -> None:
    """Leave a sign of life."""
    now = clock.now()
    with transaction():
        sign = insert(Beat).values(id=1, at=now)
        db.session.execute(sign.on_conflict_do_update(index_elements=["id"], set_={"at": now}))
