from datetime import timedelta

import pytest

from portal.core import clock, migrating
from portal.jobs import work
from tests.conftest import Client


def test_it_is_alive(client: Client) -> None:
    assert client.get("/healthz").json == {"alive": True}


def test_it_is_ready_while_a_worker_is_seen(client: Client) -> None:
    assert client.get("/readyz").status_code == 503
    work.beat()
    assert client.get("/readyz").json == {"ready": True, "problems": []}

    clock.move(timedelta(minutes=4))
    assert client.get("/readyz").status_code == 503


def test_tables_of_a_later_version_are_not_called_older(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.beat()
    monkeypatch.setattr(migrating, "current", lambda: "9999")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "are of a later version of Foreword (9999)" in answer.text
