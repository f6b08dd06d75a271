"""Requests as a server hands them to the application, and what they cost."""

import time
from collections.abc import Callable, Iterable
from contextvars import Context
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle
from statistics import median
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from portal.core.database import db
from tests.bench import hello

TURNS, REQUESTS = 36, 10
HELLOS = 30 * REQUESTS  # about as long as those


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A request; ``cookie`` and ``token`` of somebody who is signed in."""

    path: str
    cookie: str = ""
    fields: tuple[tuple[str, str], ...] = ()  # of a form that is sent

    def environ(self) -> dict[str, Any]:
        path, _mark, query = self.path.partition("?")
        headers = [("Accept-Encoding", "gzip"), ("Sec-Fetch-Site", "same-origin")]
        if self.cookie:
            headers.append(("Cookie", self.cookie))
        built = EnvironBuilder(
            path=path,
            query_string=query,
            method="POST" if self.fields else "GET",
            base_url="http://localhost",
            headers=headers,
            data=urlencode(self.fields).encode() if self.fields else None,
            content_type="application/x-www-form-urlencoded" if self.fields else None,
        )
        return built.get_environ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    hellos: float
    again: float  # hellos, where nothing was written since the same page was made for a stranger
    statements: int
    size: int  # bytes as they travel


def cost(app: Flask, asks: Iterable[Ask]) -> Cost:
    """Of one of these requests, the mean over all of them; each must succeed."""
    asks = list(asks)
    again, shelf = _pressing(app, asks), app.extensions["sharing"]

    def press() -> int:
        shelf.pages.clear()
        return again()

    statements, size = _counted(press, len(asks))
    hellos = _hellos(press)
    if any(ask.fields for ask in asks):  # what is sent is never given again
        return Cost(hellos=hellos, again=hellos, statements=statements, size=size)
    for _ in asks:
        again()
    return Cost(hellos=hellos, again=_hellos(again), statements=statements, size=size)


def _pressing(app: Flask, asks: list[Ask]) -> Callable[[], int]:
    """Sends the next of them; how many bytes came back."""
    prepared = []
    for ask in asks:
        environ = ask.environ()
        body = environ["wsgi.input"].read() if ask.fields else b""
        prepared.append((environ, body))
    following = cycle(prepared)

    def press() -> int:
        environ, body = next(following)
        own = Context()  # else Flask would go on in that of the bench, where who asks is known
        answer = own.run(app.wsgi_app, environ | {"wsgi.input": BytesIO(body)}, _begin)
        try:
            return sum(len(part) for part in answer)
        finally:
            getattr(answer, "close", int)()

    return press


def _begin(status: str, *_rest: object) -> Callable[[bytes], object]:
    if status[0] not in "23":
        raise AssertionError(f"it was refused: {status}")
    return bytearray().extend


def _counted(press: Callable[[], int], number: int) -> tuple[int, int]:
    for _ in range(number):
        press()
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET TRANSACTION")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    sizes = [press() for _ in range(number)]
    event.remove(db.engine, "before_cursor_execute", note)
    return round(len(sent) / number), sum(sizes) // number


def _hellos(press: Callable[[], int]) -> float:
    """The processor's time for one, in hellos: they take short turns, so that a slow moment of the
    machine is one for both, and half of the turns gave no more than this."""
    hello_again = _pressing(hello.app, [Ask(path="/")])
    return median(_turn(press, REQUESTS) / _turn(hello_again, HELLOS) for _ in range(TURNS))


def _turn(press: Callable[[], int], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        press()
    return (time.process_time() - began) / times
