"""The library's look, and the reader's choice of light or dark."""

from datetime import datetime
from functools import lru_cache

from flask import Blueprint, Flask, Response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.core.errors import Missing
from portal.core.locale import clock_time, short_date, to_local
from portal.core.web import local_path, open_to_all
from portal.settings import marking, theme
from portal.settings.queries import current

blueprint = Blueprint("settings", __name__)

YEAR = 365 * 24 * 3600
FOR_GOOD = f"public, max-age={YEAR}, immutable"
CHOICES = ("light", "dark")


@blueprint.get("/theme-<name>.css")
@open_to_all
def style(name: str) -> ResponseReturnValue:
    answer = Response(theme.css(current().brand_colour), mimetype="text/css")
    kept = name == _fingerprint(current().brand_colour)
    answer.headers["Cache-Control"] = FOR_GOOD if kept else "no-cache"
    return answer


@blueprint.get("/mark/<name>")
@open_to_all
def mark(name: str) -> ResponseReturnValue:
    """The one that is worn: its name changes when it does, so that it may be kept for good."""
    if name != current().mark:
        raise Missing(_("There is no page at this address."))
    answer = Response(marking.read(name), mimetype="image/webp")
    answer.headers["Cache-Control"] = FOR_GOOD
    return answer


@blueprint.post("/display")
@open_to_all
def display() -> ResponseReturnValue:
    answer = redirect(local_path(request.form.get("next")), 303)
    choice = request.form.get("theme")
    if choice in CHOICES:
        answer.set_cookie("theme", choice, max_age=YEAR, samesite="Lax", secure=request.is_secure)
    else:
        answer.delete_cookie("theme")
    return answer


def init_app(app: Flask) -> None:
    app.context_processor(_look)
    app.jinja_env.filters.update(local_date=_local_date, local_time=_local_time)


def _look() -> dict[str, object]:
    choice, colour = request.cookies.get("theme"), current().brand_colour
    return {
        "theme": choice if choice in CHOICES else None,
        "theme_css": None if colour == theme.DEFAULT else f"/theme-{_fingerprint(colour)}.css",
        "library": current(),
    }


def _local_date(moment: datetime) -> str:
    """The day of an instant where the library is."""
    return short_date(to_local(moment, current().timezone))


def _local_time(moment: datetime) -> str:
    """The hour of an instant there."""
    return clock_time(to_local(moment, current().timezone))


_fingerprint = lru_cache(maxsize=8)(theme.fingerprint)
