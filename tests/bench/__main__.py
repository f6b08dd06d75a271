"""python -m tests.bench [--db URL]: what a request costs, in hellos.

A hello is a bare Flask view in the same process. Its microseconds are this machine's, the ratio
carries over to another. Each figure is the least of several rounds.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask

from portal.app import create_app
from portal.core import config, migrating
from portal.core.database import db, transaction
from tests import factories
from tests.addresses import World, world
from tests.conftest import Client

ROUNDS, REQUESTS = 9, 40
ROWS = 25  # more than a page


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--db", metavar="URL")
    hello = _cost(_hello())
    print(f"{'hello':16}{hello * 1e6:7.0f} microseconds")
    with _portal(parser.parse_args().db) as (app, made):
        for name, press in _presses(app, made):
            print(f"{name:16}{_cost(press) / hello:7.1f} hellos", flush=True)


def _hello() -> Callable[[], object]:
    app = Flask("hello", static_folder=None)
    app.add_url_rule("/", "hello", lambda: "hello")
    client = app.test_client()
    return lambda: client.get("/")


@contextmanager
def _portal(url: str | None) -> Iterator[tuple[Flask, World]]:
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "PORTAL_INSTANCE": folder,
            "PORTAL_BASE_URL": "http://localhost",
            "DATABASE_URL": url or f"sqlite:///{folder}/bench.db",
        }
        app = create_app(config.read(environ))
        app.test_client_class = Client
        with app.app_context():
            migrating.upgrade()
            with transaction():
                factories.library()
                made = world()
                for n in range(ROWS):
                    factories.idea(title=f"Idea {n}")
                    factories.session(factories.program(title=f"Event {n}"))
        yield app, made
        with app.app_context():
            db.engine.dispose()


def _presses(app: Flask, made: World) -> Iterator[tuple[str, Callable[[], object]]]:
    stranger, reader = app.test_client(), app.test_client()
    assert isinstance(reader, Client)
    with app.app_context():
        reader.sign_in(factories.person())
    idea = f"/ideas/{made.idea}"
    pages = {
        "home": "/",
        "list": "/ideas",
        "idea": str(stranger.get(idea).location),
        "events": "/events",
        "event": str(stranger.get(f"/events/{made.program}").location),
    }
    for name, path in pages.items():
        yield name, lambda path=path: stranger.get(path)  # type: ignore[misc]
    for name, path in pages.items():
        yield f"{name}, signed in", lambda path=path: reader.get(path)  # type: ignore[misc]
    yield "vote and back", lambda: [reader.post(f"{idea}/vote{end}") for end in ("", "/withdraw")]


def _cost(press: Callable[[], object]) -> float:
    """Seconds of the processor for one."""
    press()
    return min(_round(press) for _ in range(ROUNDS)) / REQUESTS


def _round(press: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(REQUESTS):
        press()
    return time.process_time() - began


if __name__ == "__main__":
    main()
