"""make bench: what a page costs in a library of 1,000 ideas and in one of 50,000.

In hellos: a hello is a bare Flask view in the same process and the same minute. Its microseconds
are this machine's, the ratio carries over to another.
"""

import argparse
import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_plus

from flask import Flask
from sqlalchemy import select

from portal.app import create_app
from portal.core import config, migrating
from portal.core.database import db
from portal.ideas.lifecycle import Stage
from portal.ideas.models import Idea
from portal.ideas.paths import idea_path
from portal.policy import Role
from portal.programs.lifecycle import SessionStage
from portal.programs.models import Session
from tests import factories
from tests.bench import city
from tests.bench.asking import Ask, Cost, cost
from tests.bench.load import load
from tests.cluster import Cluster
from tests.conftest import Client
from tests.serving import Served, free_port, until

FEW = 1_000
SOME = 40  # different ones of a kind
GOALS = {  # hellos signed out, signed in
    "home": (28, 36),
    "list": (28, 36),
    "idea": (20, 28),
    "event": (20, 28),
    "vote": (None, 35),
}


def main() -> None:
    wanted = _wanted()
    for name in wanted.db or ("sqlite", "postgresql"):
        small = _measured(name, city.CITY.part(FEW))
        large = _measured(name, city.CITY.part(wanted.ideas))
        _tell(name, small, large)


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--db", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--ideas", type=int, default=city.CITY.ideas)
    return parser.parse_args()


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """Pages of one kind: asked for by a stranger, by a resident, or by a librarian."""

    name: str
    paths: Sequence[str]
    signed_in: bool


Measured = dict[tuple[str, bool], Cost]


def _measured(name: str, size: city.Size) -> Measured:
    with _library(name, size) as (app, environ):
        cookies = {"resident": _device(app).cookie, "staff": _device(app, Role.MANAGER).cookie}
        kinds = list(_kinds(app))
        found: Measured = {}
        for kind in kinds:
            cookie = cookies["staff" if kind.name == "Today" else "resident"]
            asks = [Ask(path=path, cookie=cookie if kind.signed_in else "") for path in kind.paths]
            with app.app_context():
                found[kind.name, kind.signed_in] = cost(app, asks)
        with app.app_context():
            found["vote", True] = cost(app, _votes(app))
            db.engine.dispose()
        if size.ideas > FEW:
            _over_http(name, environ, kinds, cookies)
    return found


@contextmanager
def _library(name: str, size: city.Size) -> Iterator[tuple[Flask, dict[str, str]]]:
    cluster = Cluster() if name == "postgresql" else None
    with tempfile.TemporaryDirectory() as folder:
        url = cluster.url("bench") if cluster else f"sqlite:///{folder}/bench.db"
        environ = {
            "PORTAL_INSTANCE": folder,
            "PORTAL_BASE_URL": "http://localhost",
            "DATABASE_URL": url,
        }
        app = create_app(config.read(environ))
        app.test_client_class = Client
        began = time.monotonic()
        with app.app_context():
            migrating.upgrade()
            city.build(size)
        print(
            f"{name}: {size.ideas:,} ideas, {size.votes:,} votes, {size.people:,} accounts, "
            f"{size.sessions:,} sessions made in {time.monotonic() - began:.0f} s",
            flush=True,
        )
        gc.collect()
        gc.freeze()  # as wsgi.py does
        yield app, environ
        with app.app_context():
            db.engine.dispose()
    if cluster:
        cluster.stop()


class Device(NamedTuple):
    cookie: str
    token: str  # of its forms


def _device(app: Flask, *roles: Role) -> Device:
    """Of somebody new who is signed in."""
    client = app.test_client()
    assert isinstance(client, Client)
    with app.app_context():
        client.sign_in(factories.person(*roles))
    cookie = client.get_cookie("session")
    assert cookie is not None
    return Device(f"session={cookie.value}", client.token)


def _kinds(app: Flask) -> Iterator[Kind]:
    with app.app_context():
        ideas = db.session.execute(select(Idea.id, Idea.title).order_by(Idea.votes.desc())).all()
        coming = db.session.scalars(
            select(Session.program_id).where(Session.stage == SessionStage.SCHEDULED).limit(SOME)
        ).all()
        db.session.rollback()
    some = ideas[:: max(len(ideas) // SOME, 1)][:SOME]
    titles = [quote_plus(one.title) for one in some]
    stranger = app.test_client()
    events = [str(stranger.get(f"/events/{one}").location) for one in coming]
    for signed_in in (False, True):
        yield Kind(name="home", paths=["/"], signed_in=signed_in)
        yield Kind(name="list", paths=["/ideas"], signed_in=signed_in)
        yield Kind(name="idea", paths=[idea_path(*one) for one in some], signed_in=signed_in)
        words = [f"/ideas?q={'+'.join(title.split('+')[:2])}" for title in titles]
        yield Kind(name="search", paths=words, signed_in=signed_in)
        alike = [f"/ideas/similar?title={title}" for title in titles]
        yield Kind(name="similar", paths=alike, signed_in=signed_in)
        yield Kind(name="events", paths=["/events"], signed_in=signed_in)
        yield Kind(name="event", paths=events, signed_in=signed_in)
    yield Kind(name="Today", paths=["/staff"], signed_in=True)


def _votes(app: Flask) -> list[Ask]:
    """For each of some open ideas, somebody's vote and the same taken back."""
    open_ones = select(Idea.id).where(Idea.stage == Stage.OPEN).limit(SOME)
    ideas = db.session.scalars(open_ones).all()
    db.session.rollback()
    return [
        Ask(path=f"/ideas/{one}/vote{end}", cookie=by.cookie, fields=(("csrf_token", by.token),))
        for one in ideas
        for by in [_device(app)]
        for end in ("", "/withdraw")
    ]


def _over_http(
    name: str, environ: dict[str, str], kinds: Sequence[Kind], cookies: dict[str, str]
) -> None:
    print(f"\n{name} over HTTP, 2 workers{'':16}{'8 connections':>26}{'one connection':>22}")
    print(f"{'':26}{'a second':>10}{'p50 ms':>10}{'p95 ms':>10}{'p50 ms':>12}{'p95 ms':>10}")
    with _hello() as port:
        _line("hello", port, ["/"])
    served = Served(environ)
    try:
        if not until(served.is_ready):
            raise RuntimeError("the portal did not start")
        for kind in kinds:
            who = "staff" if kind.name == "Today" else "resident"
            cookie = cookies[who] if kind.signed_in else ""
            _line(_named(kind.name, kind.signed_in), served.port, kind.paths, cookie)
    finally:
        served.end()


def _line(name: str, port: int, paths: Sequence[str], cookie: str = "") -> None:
    many, one = load(port, paths, cookie=cookie), load(port, paths, cookie=cookie, connections=1)
    print(
        f"{name:26}{many.a_second:10.0f}{many.p50:10.1f}{many.p95:10.1f}"
        f"{one.p50:12.1f}{one.p95:10.1f}",
        flush=True,
    )


@contextmanager
def _hello() -> Iterator[int]:
    """The bare view, served as the portal is."""
    port = free_port()
    command = [
        str(Path(sys.executable).parent / "granian"),
        "--interface",
        "wsgi",
        "--workers",
        "2",
    ]
    command += ["--blocking-threads", "4", "--port", str(port), "tests.bench.hello:app"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if not until(lambda: _answers(port)):
            raise RuntimeError("the bare view did not start")
        yield port
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    try:
        return load(port, ["/"], connections=1).a_second > 0
    except OSError:
        return False


def _tell(name: str, small: Measured, large: Measured) -> None:
    print(
        f"\n{name}, in process{'':14}{'hellos':>8}{'goal':>6}{'again':>8}{'at 1,000':>10}"
        f"{'times':>7}",
        end="",
    )
    print(f"{'statements':>12}{'bytes':>8}")
    for key, now in large.items():
        before = small[key]
        goal = GOALS.get(key[0], (None, None))[key[1]] or ""
        print(
            f"{_named(*key):26}{now.hellos:8.1f}{goal:>6}{now.again:8.1f}"
            f"{before.hellos:10.1f}"
            f"{now.hellos / before.hellos:7.2f}{now.statements:12}{now.size:8,}"
        )
    print()


def _named(name: str, signed_in: bool) -> str:
    return f"{name}, signed in" if signed_in and name not in ("Today", "vote") else name


if __name__ == "__main__":
    main()
