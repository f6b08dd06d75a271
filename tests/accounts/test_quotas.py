from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import quotas
from portal.accounts.models import Quota
from portal.core import clock, config
from portal.core.database import db, transaction
from portal.core.errors import TooMany

HOUR = timedelta(hours=1)


def test_one_too_many_is_refused_until_the_next_window(app: Flask) -> None:
    on_the_hour = clock.now().replace(hour=15, minute=0, second=0, microsecond=0)
    with clock.moved_to(on_the_hour + timedelta(minutes=59)):
        quotas.spend("waving", "maria", limit=2, per=HOUR)
        quotas.spend("waving", "maria", limit=2, per=HOUR)
        with pytest.raises(TooMany) as refusal:
            quotas.spend("waving", "maria", limit=2, per=HOUR)
        quotas.spend("waving", "jane", limit=2, per=HOUR)
        quotas.spend("singing", "maria", limit=2, per=HOUR)
    assert refusal.value.next_step.startswith("After 1")
    with clock.moved_to(on_the_hour + HOUR):
        quotas.spend("waving", "maria", limit=2, per=HOUR)


def test_nobody_can_be_read_from_the_rows_nor_followed_over_days(app: Flask) -> None:
    for days in range(3):
        with clock.moved_to(clock.now() + timedelta(days=days)):
            quotas.spend("waving", "maria@example.org", limit=2, per=HOUR)
    keys = db.session.scalars(select(Quota.key)).all()

    assert len(set(keys)) == 3
    assert not any("maria" in key for key in keys)


def test_exactly_the_limit_passes_when_many_come_at_once(app: Flask) -> None:
    def try_once(_n: int) -> str:
        with app.app_context():
            try:
                with transaction():
                    quotas.spend("waving", "maria", limit=10, per=timedelta(days=365))
            except TooMany:
                return "refused"
            finally:
                db.session.remove()
            return "passed"

    with ThreadPoolExecutor(8) as pool:
        results = Counter(pool.map(try_once, range(120)))

    assert results == {"passed": 10, "refused": 110}


def spent_from(app: Flask, address: str) -> int:
    """How often something limited to two an hour can be done from this address."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        for times in range(50):
            try:
                quotas.spend_here("waving", limit=2, per=timedelta(days=365))
            except TooMany:
                return times
    return 50


def test_a_household_is_one_source(app: Flask) -> None:
    assert spent_from(app, "198.51.100.7") == 2
    assert spent_from(app, "::ffff:198.51.100.7") == 0
    assert spent_from(app, "198.51.100.8") == 2
    assert spent_from(app, "2001:db8:1:2:aaaa::1") == 2
    assert spent_from(app, "2001:db8:1:2:bbbb::2") == 0
    assert spent_from(app, "2001:db8:1:3::1") == 2


def test_where_many_share_an_address_there_is_more_room(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"PORTAL_TRUSTED_SOURCES": "192.0.2.0/24, 2001:db8::/48"}
    settings = config.read(environ, root=Path(app.instance_path))
    monkeypatch.setitem(app.extensions, "portal", settings)

    assert spent_from(app, "192.0.2.9") == 40
    assert spent_from(app, "2001:db8::9") == 40
    assert spent_from(app, "198.51.100.7") == 2
    assert spent_from(app, "2001:db8:1::9") == 2


def test_a_header_does_not_change_the_source(app: Flask) -> None:
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Real-IP": "203.0.113.7"}
    with app.test_request_context(environ_base={"REMOTE_ADDR": "198.51.100.7"}, headers=headers):
        assert quotas.source() == "198.51.100.7/32"
