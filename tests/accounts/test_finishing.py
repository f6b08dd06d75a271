"""What waits for a mail: done once, here or in another browser, and kept when it is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import signing_in
from portal.accounts.models import Waiting
from portal.core import clock
from portal.core.database import db
from tests import factories
from tests.accounts.conftest import (
    another,
    ask,
    begun,
    people,
    signed_in,
    waves,
    with_token,
)
from tests.conftest import Probe


def test_what_waits_is_done_after_the_code(probe: Probe) -> None:
    letter = ask(probe.client, at=begun(probe))
    answer = probe.client.post("/sign-in/code", data={"code": letter.code})

    assert (answer.location, waves()) == ("/waved", 1)


def test_another_browser_does_what_waits_and_signs_nobody_in(probe: Probe) -> None:
    letter = ask(probe.client, at=begun(probe), name="Maria")
    other = another(probe.client)
    page = other.get(letter.link)
    assert "A wave to the sea." in page.text
    assert "<span>Wave</span>" in page.text
    assert waves() == 0

    done = other.post(letter.link, follow_redirects=True)
    assert (done.status_code, "That is done" in done.text) == (200, True)
    assert (signed_in(other), waves()) == (None, 1)
    assert people() == [("maria@example.org", "Maria")]


def test_what_was_done_elsewhere_is_not_done_again_by_the_code(probe: Probe) -> None:
    letter = ask(probe.client, at=begun(probe))
    another(probe.client).post(letter.link)
    answer = probe.client.post("/sign-in/code", data={"code": letter.code})

    assert (answer.location, waves()) == ("/began", 1)
    assert signed_in(probe.client) == "maria@example.org"


@pytest.mark.parametrize("hours", [1, 23])
def test_the_link_does_what_waits_for_a_day_and_signs_in_for_minutes(
    probe: Probe, hours: int
) -> None:
    letter = ask(probe.client, at=begun(probe))
    with clock.moved_to(clock.now() + timedelta(hours=hours)):
        done = probe.client.post(letter.link, follow_redirects=True)

    assert "That is done" in done.text
    assert (signed_in(probe.client), waves()) == (None, 1)


def test_after_a_day_the_link_does_nothing(probe: Probe) -> None:
    letter = ask(probe.client, at=begun(probe))
    with clock.moved_to(clock.now() + timedelta(hours=24)):
        answer = probe.client.post(letter.link, follow_redirects=True)

    assert (answer.status_code, waves()) == (410, 0)


def test_what_is_refused_meanwhile_is_told_and_goes_on_waiting(probe: Probe) -> None:
    letter = ask(probe.client, at=begun(probe, to="nobody"))
    answer = probe.client.post("/sign-in/code", data={"code": letter.code}, follow_redirects=True)

    assert "There is nobody to wave to." in answer.text
    assert "This still waits" in answer.text
    assert "A wave to nobody." in answer.text
    assert (signed_in(probe.client), waves()) == ("maria@example.org", 0)


def test_what_was_refused_can_be_tried_again_by_its_owner_only(probe: Probe) -> None:
    letter = ask(probe.client, at=begun(probe, to="nobody"))
    address = probe.client.post("/sign-in/code", data={"code": letter.code}).location
    waiting_row = db.session.scalars(select(Waiting)).one()
    waiting_row.payload = {"to": "the sea"}
    eve = another(probe.client).sign_in(factories.person())

    assert eve.post(address).location == "/"
    assert waves() == 0
    assert with_token(probe.client).post(address).location == "/waved"
    assert waves() == 1


def test_a_refusal_in_another_browser_is_told_and_makes_no_account(probe: Probe) -> None:
    letter = ask(probe.client, at=begun(probe, to="nobody"))
    answer = another(probe.client).post(letter.link)

    assert (answer.status_code, "There is nobody to wave to." in answer.text) == (409, True)
    assert (waves(), people()) == (0, [])


def test_what_another_browser_left_cannot_be_taken_along(probe: Probe) -> None:
    begun(probe)
    eve = another(probe.client)
    eve.post("/probe")  # has left something of their own
    probe.does(lambda: signing_in.begin("wave", {"to": "the hills"}))
    address = probe.client.post("/probe").location
    assert "the hills" not in eve.get(address).text
    letter = ask(eve, "eve@example.org", at=address)
    eve.post("/sign-in/code", data={"code": letter.code})

    assert (signed_in(eve), waves()) == ("eve@example.org", 0)
