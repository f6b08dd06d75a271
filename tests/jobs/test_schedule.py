"""What is due one after the other: one that fails stops no other."""

import logging

import pytest

from portal.audit.models import Entry
from portal.audit.recording import record
from portal.core.database import db
from portal.jobs.schedule import one_by_one

pytestmark = pytest.mark.usefixtures("app")


def note(number: int) -> None:
    record("test.note", actor_id=None, thing=("test", number))
    db.session.flush()
    if number == 2:
        raise LookupError


def test_one_that_fails_leaves_nothing_and_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        one_by_one(note, [1, 2, 3])

    kept = db.session.query(Entry.thing_id).where(Entry.action == "test.note").order_by(Entry.id)
    assert [number for (number,) in kept] == [1, 3]
    said = [(one.getMessage(), one.__dict__["rule"], one.__dict__["row"]) for one in caplog.records]
    assert said == [("rule failed", "tests.jobs.test_schedule.note", 2)]
