"""What is worth a line in the log, and never more than a line: JSON, and plain on a terminal.

A line says what happened, in which request (the number that the error page shows) and where in the
program. It says nothing of anybody: only the fields named here get into it, a route is its pattern,
and of an error its kind and its place are told, for its words may quote what people wrote. What
other packages log is told without their words for the same reason.
"""

import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, has_request_context, request

from portal.core.web import is_sessionless

SLOW = 1.0  # seconds
FRAMES = 12  # of a trace, the innermost
FIELDS = ("method", "route", "status", "ms", "rule", "row", "mail", "attempt", "final", "part")
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
ROOT = Path(__file__).resolve().parents[2]

log = logging.getLogger("portal")


def init_app(app: Flask) -> None:
    # Its line quotes the address, and a token may be in that. The web server ends "disabled".
    app.logger.addFilter(lambda _line: False)
    app.before_request(_begin)
    app.after_request(_tell_if_slow)


def to_stderr() -> None:
    """From now on this process logs like this."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Plain() if sys.stderr.isatty() else Lines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    log.setLevel(logging.INFO)


def about_request() -> dict[str, str]:
    """How a request is named in the log."""
    method = request.method if request.method in METHODS else "other"
    return {"method": method, "route": request.url_rule.rule if request.url_rule else "none"}


class Lines(logging.Formatter):
    """A JSON object on each line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_told(record))


class Plain(logging.Formatter):
    """For somebody who looks on."""

    def format(self, record: logging.LogRecord) -> str:
        told = _told(record)
        at, level, event = (told.pop(name) for name in ("at", "level", "event"))
        where = "".join(f"\n    {one}" for one in told.pop("where", []))
        said = [f"{name}={value}" for name, value in told.items()]
        line = " ".join([at[11:19], level, event, *said])
        return json.dumps(line, ensure_ascii=False)[1:-1] + where


def _begin() -> None:
    g.request_id, g.began = uuid4().hex[:12], time.perf_counter()


def _tell_if_slow(response: Response) -> Response:
    """Not of a survey: when somebody answered is written nowhere. What failed has its line."""
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    if seconds >= SLOW and response.status_code < 500 and not is_sessionless():
        told = {"status": response.status_code, "ms": round(seconds * 1000)}
        log.warning("slow request", extra=about_request() | told)
    return response


def _told(record: logging.LogRecord) -> dict[str, Any]:
    ours = record.name == log.name
    told: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "event": record.msg if ours else record.name,
    }
    if has_request_context() and "request_id" in g:
        told["request"] = g.request_id
    told |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        return told | _error(error)
    return told if ours else told | {"where": [f"{_short(record.pathname)}:{record.lineno}"]}


def _error(error: BaseException) -> dict[str, Any]:
    """Kinds, from the outermost to the first, numbers, and where it came from."""
    chain = list(_chain(error))
    told: dict[str, Any] = {"error": " < ".join(type(one).__name__ for one in chain)}
    for name in ("smtp_code", "sqlstate", "errno", "statement"):
        found = [value for one in chain if (value := getattr(one, name, None)) is not None]
        told |= {name: found[0]} if found and isinstance(found[0], int | str) else {}
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return told | {"where": [f"{_short(one.filename)}:{one.lineno} {one.name}" for one in frames]}


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(*path.parts[-2:]))
