"""Static files: hashed names, kept by browsers for good, sent compressed, in front of the
application.

``tools.publishing`` made them; here they are only served. ``asset("css/app.css")`` gives
templates the address of the file as it is now.
"""

import json
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from portal.core.headers import ALWAYS

BUILT = Path(__file__).resolve().parents[2] / "build" / "static"
MANIFEST = BUILT.with_suffix(".json")
PREFIX = "/static/"


class NotBuilt(RuntimeError):
    """The static files are missing."""

    def __init__(self) -> None:
        super().__init__("The static files were not made yet. Run: make run (or make web)")


def init_app(app: Flask) -> None:
    served = WhiteNoise(
        app.wsgi_app,
        root=str(BUILT) if BUILT.is_dir() else None,
        prefix=PREFIX,
        allow_all_origins=False,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=_add_headers,
    )
    app.wsgi_app = served  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """The address of a static file, by its plain name under static/."""
    return PREFIX + manifest()[name]


def text(name: str) -> str:
    """What a static file says, by its plain name."""
    return (BUILT / manifest()[name]).read_text("utf-8")


@cache
def manifest() -> dict[str, str]:
    """Hashed names by plain names. Raises NotBuilt where there are none."""
    try:
        names: dict[str, str] = json.loads(MANIFEST.read_text("utf-8"))
    except FileNotFoundError as error:
        raise NotBuilt from error
    return names


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in ALWAYS.items():
        headers[name] = value
