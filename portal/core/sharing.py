"""The page that one stranger got is given to the next, for as long as nothing changes.

A stranger's page carries nothing of its visitor, so it can be kept whole. Whether anything was
written since, the database says itself: SQLite by its ``data_version``, PostgreSQL by its snapshot,
which moves with every transaction that writes, of whichever process. A page is kept if the mark
stood still while it was made, and given out again if it still does; for half a minute at most,
because pages speak of time. There is nothing to invalidate and nothing to forget.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Engine, event

from portal.core import clock
from portal.core.database import db

LONGEST = timedelta(seconds=30)
MOST = 300  # pages, of 20 kilobytes as they travel
HARMLESS = re.compile(r"(theme=\w*)?")  # the cookies that a stranger may bring
ASKED = (  # all that such an answer depends on
    "wsgi.url_scheme",
    "HTTP_HOST",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_COOKIE",
)
MARKS = {
    "sqlite": "PRAGMA data_version",
    "postgresql": "SELECT pg_current_snapshot()::text",
}

View = TypeVar("View", bound=Callable[..., Any])


def shared(view: View) -> View:
    """Mark a view, beneath its guard, whose page is the same for every stranger who asks for this
    address."""
    view.shared = True  # type: ignore[attr-defined]  # a mark
    return view


@dataclass(frozen=True, slots=True)
class Page:
    mark: object
    made_at: datetime
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(slots=True)
class Shelf:
    """The pages of one process, the one asked for last at the end."""

    pages: OrderedDict[tuple[object, ...], Page] = field(default_factory=OrderedDict)
    connection: Any = None  # of its own, for on SQLite the mark is that of a connection
    lock: Lock = field(default_factory=Lock)

    def mark(self) -> object | None:
        """None where the database does not answer. Another connection counts from another number
        on, so it is part of the mark."""
        driver = db.engine.dialect.loaded_dbapi
        with self.lock:
            try:
                if self.connection is None:
                    self._connect()
                found = self.connection.execute(MARKS[db.engine.dialect.name]).fetchone()
            except driver.Error:
                self._begin_anew()
                return None
            return self.connection, *found

    def _connect(self) -> None:
        lent = db.engine.raw_connection()
        self.connection = lent.driver_connection
        lent.detach()
        if db.engine.dialect.name == "postgresql":
            self.connection.autocommit = True
        if not event.contains(db.engine, "engine_disposed", self._end):
            event.listen(db.engine, "engine_disposed", self._end)

    def _end(self, _engine: Engine) -> None:
        with self.lock:
            self._begin_anew()

    def _begin_anew(self) -> None:
        self.pages.clear()
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def get(self, key: tuple[object, ...]) -> Page | None:
        with self.lock:
            if page := self.pages.get(key):
                self.pages.move_to_end(key)
            return page

    def put(self, key: tuple[object, ...], page: Page) -> None:
        with self.lock:
            self.pages[key] = page
            if len(self.pages) > MOST:
                self.pages.popitem(last=False)


def init_app(app: Flask) -> None:
    """Before whatever else adds to an answer, so that it is kept with all of that."""
    app.extensions["sharing"] = Shelf()
    app.before_request(_give)
    app.after_request(_keep)


def _give() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "GET" or not hasattr(view, "shared"):
        return None
    environ = request.environ
    if "HTTP_HX_REQUEST" in environ or not HARMLESS.fullmatch(environ.get("HTTP_COOKIE", "")):
        return None
    shelf: Shelf = current_app.extensions["sharing"]
    if (mark := shelf.mark()) is None:
        return None
    page = shelf.get(_key())
    if page and page.mark == mark and abs(clock.now() - page.made_at) < LONGEST:
        return Response(page.body, headers=page.headers)
    g.sharing_mark = mark
    return None


def _keep(response: Response) -> Response:
    if "sharing_mark" not in g or response.status_code != 200:
        return response
    shelf: Shelf = current_app.extensions["sharing"]
    if response.headers["Cache-Control"] == "no-cache" and shelf.mark() == g.sharing_mark:
        page = Page(g.sharing_mark, clock.now(), response.headers.to_wsgi_list(), response.data)
        shelf.put(_key(), page)
    return response


def _key() -> tuple[object, ...]:
    return tuple(map(request.environ.get, ASKED))
