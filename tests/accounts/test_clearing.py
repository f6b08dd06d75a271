from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from portal.accounts import quotas
from portal.accounts.models import Challenge, Device, HalfSignIn, Quota, SignIn, Waiting
from portal.core import clock
from portal.core.database import db
from portal.jobs.purging import purge
from tests import factories
from tests.accounts.conftest import ask, begun
from tests.conftest import Probe

KEPT = (SignIn, Waiting, Quota, Device)


def rows() -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in KEPT]


def test_nothing_goes_while_it_is_worth_something(probe: Probe) -> None:
    letter = ask(probe.client, at=begun(probe))
    probe.client.post("/sign-in/code", data={"code": letter.code})
    with clock.moved_to(clock.now() + timedelta(hours=23)):
        purge()

    sign_ins, waiting, _quotas, devices = rows()
    assert [sign_ins, waiting, devices] == [1, 1, 1]


def test_all_of_it_goes_in_time(probe: Probe) -> None:
    letter = ask(probe.client, at=begun(probe))
    probe.client.post("/sign-in/code", data={"code": letter.code})
    start = clock.now()
    for days, left in [(2, [0, 1, 0, 1]), (4, [0, 0, 0, 1]), (32, [0, 0, 0, 0])]:
        with clock.moved_to(start + timedelta(days=days)):
            purge()
        assert rows() == left


def test_what_signing_in_in_two_steps_needs_goes_a_day_later(app: Flask) -> None:
    person, now = factories.person(), clock.now()
    factories.kept(Challenge(value=b"x", browser_hash="x", expires_at=now))
    factories.half_sign_in(person)
    left = select(select(func.count(Challenge.id)).scalar_subquery() + func.count(HalfSignIn.id))
    for hours, number in [(23, 2), (25, 0)]:
        with clock.moved_to(now + timedelta(hours=hours)):
            purge()
        assert db.session.scalar(left) == number


def test_a_device_that_ended_goes_a_day_later(app: Flask) -> None:
    factories.device(factories.person())
    db.session.scalars(select(Device)).one().ended_at = clock.now()
    quotas.spend("waving", "maria", limit=1, per=timedelta(days=1))
    with clock.moved_to(clock.now() + timedelta(hours=25)):
        purge()

    assert rows()[3] == 0
