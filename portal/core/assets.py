"""Static files: hashed names, kept by browsers for good, sent compressed, in front of the
application.

``tools.publishing`` made them; here they are only served. ``asset("css/app.css")`` gives
templates the address of the file as it is now, ``icon("check")`` an icon of the sprite.
"""

import json
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

from portal.core.headers import OF_A_FILE
from portal.core.templating import fixed

BUILT = Path(__file__).resolve().parents[2] / "build" / "static"
MANIFEST = BUILT.with_suffix(".json")
PREFIX = "/static/"
DIRECTED = ("arrow-right", "arrow-left", "chevron-right", "chevron-left", "send")


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
    app.jinja_env.globals.update(asset=asset, icon=icon)


@fixed
def asset(name: str) -> str:
    """The address of a static file, by its plain name under static/."""
    return PREFIX + manifest()[name]


@fixed
@cache
def icon(name: str, cls: str = "", label: str = "") -> Markup:
    """One of the sprite; without a label it repeats words that are there."""
    look = f"icon{' icon--flip' if name in DIRECTED else ''}{f' {cls}' if cls else ''}"
    told = Markup(' role="img" aria-label="{}"').format(label) if label else None
    return Markup('<svg class="{}" width="20" height="20"{}><use href="{}#{}"/></svg>').format(
        look, told or Markup(' aria-hidden="true"'), asset("vendor/icons.svg"), name
    )


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
    for name, value in OF_A_FILE.items():
        headers[name] = value
