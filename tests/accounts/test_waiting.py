"""What a stranger did waits, and is done once."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts import signing_in, waiting
from portal.accounts.models import Waiting
from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused, TooMany
from tests import factories
from tests.accounts.conftest import waits_for, waves
from tests.conftest import Probe


def test_a_stranger_is_asked_who_they_are_and_told_what_waits(probe: Probe) -> None:
    probe.does(lambda: signing_in.begin("wave", {"to": "the sea"}, "/ideas?topic=civic"))
    answer = probe.client.post("/probe")

    assert answer.status_code == 303
    assert answer.location == f"/sign-in?waiting={newest()}&next=/ideas?topic%3Dcivic"
    assert "A wave to the sea." in probe.client.get(answer.location).text


def test_a_fragment_is_left_for_the_whole_page(probe: Probe) -> None:
    probe.does(lambda: signing_in.begin("wave", {"to": "the sea"}))
    answer = probe.client.post("/probe", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["HX-Redirect"] == f"/sign-in?waiting={newest()}&next=/"


def test_another_browser_does_not_see_what_waits(probe: Probe) -> None:
    probe.does(lambda: signing_in.begin("wave", {"to": "the sea"}))
    address = probe.client.post("/probe").location
    other = probe.client.application.test_client()

    assert "A wave" not in other.get(address).text


def test_it_is_done_once(app: Flask) -> None:
    person, waiting_id = factories.person(), waits_for()

    assert [waiting.finish(waiting_id, person.id) for _ in range(3)] == ["/waved", None, None]
    assert waves() == 1


def test_it_waits_for_a_day(app: Flask) -> None:
    person, waiting_id = factories.person(), waits_for()
    with clock.moved_to(clock.now() + timedelta(hours=24)):
        assert waiting.finish(waiting_id, person.id) is None
    with clock.moved_to(clock.now() + timedelta(hours=23, minutes=59)):
        assert waiting.finish(waiting_id, person.id) == "/waved"


def test_what_is_refused_is_undone_and_goes_on_waiting(app: Flask) -> None:
    person, waiting_id = factories.person(), waits_for(to="nobody")
    for _ in range(2):
        with pytest.raises(Refused, match="nobody to wave to"):
            waiting.finish(waiting_id, person.id)

    assert waves() == 0
    assert waiting.found(waiting_id) == waiting.Waits(
        id=waiting_id,
        sentence="A wave to nobody.",
        button="Wave",
        asks_name=False,
        expires_at=db.session.get_one(Waiting, waiting_id).expires_at,
        done_at=None,
    )


def test_a_source_cannot_leave_things_without_end(probe: Probe) -> None:
    def leave_many() -> str:
        for _ in range(121):
            waiting.keep("wave", {"to": "the sea"})
        return "done"

    answer = probe.does(leave_many).client.post("/probe")

    assert (answer.status_code, TooMany.status) == (429, 429)
    assert db.session.scalar(select(func.count()).select_from(Waiting)) == 0


def newest() -> int:
    return db.session.scalars(select(func.max(Waiting.id))).one()
