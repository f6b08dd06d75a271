"""Registration opens: everybody wants one of a few seats, over HTTP, from ``flask portal serve``.

Each person, at an address of their own, reads the page of the event and asks for a seat; and once
all have asked, opens the link in the mail. Seats are saved once and fairly: whoever was answered
before another even asked is ahead of them.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from ipaddress import ip_address
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from portal.core import config
from portal.core.database import db, transaction
from portal.mail.models import Outgoing
from portal.programs.lifecycle import SeatState
from portal.programs.models import Registration, Session
from portal.programs.paths import seat_path
from tests import factories
from tests.serving import Served, until

PEOPLE = 2000
SEATS = 24
AT_ONCE = 64
START = 120  # seconds
SERVERS = 2  # of two web processes each
HOMES = int(ip_address("10.0.0.0"))
NONE: Mapping[str, str] = {}
OURS = {
    "Sec-Fetch-Site": "same-origin",
    "Content-Type": "application/x-www-form-urlencoded",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one person met."""

    email: str
    began: float
    ended: float
    statuses: tuple[int, int]  # of the page, of the seat


@dataclass(frozen=True, slots=True)
class Rush:
    asked: list[Asked]
    opened: list[int]  # statuses of the links
    seconds: float
    wrong: list[str]

    @property
    def statuses(self) -> Counter[int]:
        return Counter(status for one in self.asked for status in one.statuses) + Counter(
            self.opened
        )

    def slowest_of(self, share: float) -> int:
        """Milliseconds within which so many of the seats were answered."""
        waits = sorted(one.ended - one.began for one in self.asked)
        return round(1000 * waits[int(share * (len(waits) - 1))])


def play(app: Flask, people: int) -> Rush:
    with transaction():
        program = factories.program(title="Only a few seats")
        session_id = factories.session(program, capacity=SEATS).id
        path = f"/events/{program.id}/1"
    db.engine.dispose()
    with _served(app) as ports, ThreadPoolExecutor(AT_ONCE) as pool:
        began = time.monotonic()
        asked = list(pool.map(lambda n: _ask(ports[n % len(ports)], path, n), range(people)))
        links = _mailed(session_id)
        opened = list(pool.map(lambda n: _open(ports[n % len(ports)], links[n]), range(len(links))))
        seconds = time.monotonic() - began
    rows = db.session.scalars(select(Registration).where(Registration.session_id == session_id))
    wrong = list(judge(list(rows), asked))
    taken = db.session.get_one(Session, session_id).taken
    db.session.rollback()
    if taken != SEATS:
        wrong.append(f"{taken} seats are counted")
    if len(links) != people:
        wrong.append(f"{len(links)} mails have a link")
    return Rush(asked, opened, seconds, wrong)


def _mailed(session_id: int) -> list[str]:
    """The links in the mails that are owed to those who asked."""
    owed = select(Outgoing.context).where(Outgoing.kind.in_(("seat_saved", "seat_waitlisted")))
    mailed = [context["registration_id"] for context in db.session.scalars(owed) if context]
    of_it = select(Registration.id).where(Registration.session_id == session_id)
    asked = set(db.session.scalars(of_it))
    db.session.rollback()
    return [seat_path(one, 1) for one in mailed if one in asked]


@contextmanager
def _served(app: Flask) -> Iterator[list[int]]:
    settings = config.current()
    url = db.engine.url.render_as_string(hide_password=False)
    environ = {"PORTAL_INSTANCE": str(settings.instance), "DATABASE_URL": url}
    environ["PORTAL_PROXIES"] = "1"  # who says for whom it asks
    with ThreadPoolExecutor(SERVERS) as listeners:
        begun = [Served(environ) for _ in range(SERVERS)]
        for served in begun:
            listeners.submit(served.process.communicate)  # who is not heard is held up
        try:
            assert until(lambda: all(one.is_ready() for one in begun), seconds=START), "no portal"
            yield [served.port for served in begun]
        finally:
            for served in begun:
                served.process.terminate()


def _ask(port: int, path: str, number: int) -> Asked:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    page = _request(connection, "GET", path)
    guest = {"name": f"Guest {number}", "email": f"guest{number}@example.org", "seats": "1"}
    home = {"X-Forwarded-For": str(ip_address(HOMES + number))}
    began = time.monotonic()
    seat = _request(connection, "POST", path, urlencode(guest), OURS | home)
    ended = time.monotonic()
    connection.close()
    return Asked(guest["email"], began, ended, (page, seat))


def _open(port: int, link: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    status = _request(connection, "GET", link)
    connection.close()
    return status


def _request(
    connection: HTTPConnection,
    method: str,
    path: str,
    body: str | None = None,
    headers: Mapping[str, str] = NONE,
) -> int:
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def judge(rows: Sequence[Registration], asked: Sequence[Asked]) -> Iterator[str]:
    """A sentence for everything that is wrong."""
    turns = {row.email or "": _turn(row) for row in rows}
    places = sorted(row.place for row in rows if row.place is not None)
    seated = sum(row.state is SeatState.REGISTERED for row in rows)
    if seated != SEATS:
        yield f"{seated} are seated"
    if sorted(turns) != sorted(one.email for one in asked):
        yield f"{len(turns)} have a seat or a place, {len(asked)} were told so"
    if places != list(range(1, len(rows) - seated + 1)):
        yield "the places on the waitlist have gaps or are given twice"
    yield from _unfair(turns, asked)


def _turn(row: Registration) -> int:
    """0 with a seat, else the place on the waitlist."""
    return row.place or 0


def _unfair(turns: dict[str, int], asked: Sequence[Asked]) -> Iterator[str]:
    """Whoever began after somebody had been answered is never ahead of them."""
    answered = sorted((one.ended, turns.get(one.email, 0)) for one in asked)
    latest = done = 0
    for one in sorted(asked, key=lambda one: one.began):
        while answered[done][0] < one.began:
            latest = max(latest, answered[done][1])
            done += 1
        if turns.get(one.email, 0) < latest:
            yield f"{one.email} was ahead of somebody who had been answered before"
