"""What views say about themselves, and what they may trust of a request."""

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1  # that both databases hold

View = TypeVar("View", bound=Callable[..., Any])


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = Id
    app.before_request(_take_as_much_as_the_view)
    app.jinja_env.globals.update(next_page=next_page, first_page=first_page)


def writes(view: View) -> View:
    """Mark one of the few views that must write on GET: a return from a sign-in provider."""
    view.writes = True  # type: ignore[attr-defined]
    return view


def open_to_all(view: View) -> View:
    """Guard of a view that knows no person: it is for everybody, always."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def sessionless(view: View) -> View:
    """Mark a view that must not know who asks: the session is neither read nor written."""
    view.sessionless = True  # type: ignore[attr-defined]
    return view


def takes(most: int) -> Callable[[View], View]:
    """Mark a view that is sent files: so many bytes at once, where all others take less."""

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]  # a mark
        return view

    return mark


def _take_as_much_as_the_view() -> None:
    """Before anybody looks into what was sent."""
    view = current_app.view_functions.get(request.endpoint or "")
    most: int | None = getattr(view, "most_bytes", None)
    if most is not None:
        request.max_content_length = most


def is_sessionless() -> bool:
    """Whether this request's view is one of those."""
    view = current_app.view_functions.get(request.endpoint or "")
    return hasattr(view, "sessionless")


def by_signed_link(view: View) -> View:
    """Mark a view whose address itself proves that we allowed it (an HMAC link in a mail), so a
    mail program may post to it without a page of ours. It must check the signature first."""
    view.signed_link = True  # type: ignore[attr-defined]
    return view


def refuse_unguarded(app: Flask) -> None:
    """Deny by default: an application with a view that wears no guard does not start."""
    bare = sorted(
        name for name, view in app.view_functions.items() if not hasattr(view, "permission")
    )
    if bare:
        raise RuntimeError(f"These views wear no guard: {', '.join(bare)}")


def say(page: str, sentence: str) -> Response:
    """A fragment, with a sentence for those who hear the page."""
    answer = Response(page)
    answer.headers["HX-Trigger"] = json.dumps({"say": sentence})
    return answer


def next_page(cursor: str | None) -> str | None:
    """The present address, one page on."""
    if cursor is None:
        return None
    return f"{request.path}?{urlencode([*_without_page(), ('after', cursor)])}"


def first_page() -> str | None:
    """The present list from its beginning, for a page that is further on."""
    if not request.args.get("after"):
        return None
    kept = urlencode(_without_page())
    return f"{request.path}?{kept}" if kept else request.path


def _without_page() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items(multi=True) if name != "after"]


class Id(IntegerConverter):
    """``<int:…>`` in a route: a number that a database can be asked for. Others are no address."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def id_argument(name: str) -> int | None:
    """The id that stands in the address under this name, where one does."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number <= LARGEST_ID else None


def wants_fragment() -> bool:
    """Whether the page asks for a part of itself; answers then carry ``Vary: HX-Request``."""
    return "HX-Request" in request.headers


def leave_for(address: str) -> ResponseReturnValue:
    """On to another page; the whole page changes even where only a part of it was asked for."""
    if wants_fragment():
        return "", {"HX-Redirect": address}
    return redirect(address, 303)


_LOCAL = re.compile(r"/(?![/\\])[A-Za-z0-9_\-./~%?&=+,:@!$'()*;]*(#[A-Za-z0-9_\-]*)?")


def local_path(address: str | None, *, default: str = "/") -> str:
    """The address where it is a path of this site in plain letters, else the default.

    Strict on purpose: browsers repair backslashes, tabs and missing slashes into other hosts.
    """
    if address and len(address) <= 1000 and _LOCAL.fullmatch(address):
        return address
    return default
