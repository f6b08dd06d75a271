from datetime import timedelta

from portal.core import clock
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
