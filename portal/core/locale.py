"""Languages and the library's time: how words, dates and numbers are written for the reader."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context
from flask_babel import Babel, get_locale, get_translations
from flask_babel import gettext as _
from markupsafe import Markup

babel = Babel()


def init_app(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    app.config["BABEL_DEFAULT_LOCALE"] = "en_US"
    babel.init_app(app, locale_selector=lambda: "en_US")
    app.jinja_env.globals.update(lang="en", dir=None)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda words: _catalogue().ugettext(words),
        lambda one, many, n: _catalogue().ungettext(one, many, n),
        newstyle=True,
    )
    words: Any = app.jinja_env.globals["gettext"]
    words.when_compiled = _words
    app.jinja_env.globals["_"] = words
    app.jinja_env.filters.update(
        long_date=long_date,
        short_date=short_date,
        date_as=date_as,
        clock_time=clock_time,
        number=number,
    )
    app.jinja_env.globals["hours"] = hours


def _words(text: str, **values: object) -> Markup:
    return Markup(_catalogue().ugettext(text)) % values  # noqa: S704  the catalogue's, not people's


def _catalogue() -> Any:
    """The reader's language, found once a request: a page asks for some hundred words."""
    if not has_request_context():
        return get_translations()
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue


def long_date(day: date) -> str:
    """Saturday, December 5, 2026"""
    return date_as(day, "EEEE, MMMM d, y")


def short_date(day: date) -> str:
    """Nov 13, 2026"""
    return date_as(day, "MMM d, y")


def date_as(day: date, shape: str) -> str:
    """A part of a date in Babel's letters: EEE is Sat, d is 5, MMM is Dec."""
    return _written(day, shape, get_locale())


@lru_cache(maxsize=10_000)
def _written(day: date, shape: str, locale: Locale) -> str:
    return str(format_date(day, shape, locale=locale))


def number(value: int) -> str:
    """1,204"""
    return str(format_decimal(value, locale=get_locale()))


def clock_time(moment: datetime) -> str:
    """10 a.m. or 10:30 a.m., of a local time."""
    return _told(moment.time(), get_locale())


@lru_cache(maxsize=24 * 60)
def _told(moment: time, locale: Locale) -> str:
    shape = "h:mm a" if moment.minute else "h a"
    text = str(format_time(moment, shape, locale=locale))
    return text.replace("\u202f", " ").replace("AM", "a.m.").replace("PM", "p.m.")


def hours(starts: datetime, ends: datetime) -> str:
    """10 a.m. to 1 p.m., or 6 to 8 p.m. where both are of one half of the day."""
    first, last = clock_time(starts), clock_time(ends)
    half = last.partition(" ")[2]
    if half and first.endswith(f" {half}") and starts.date() == ends.date():
        first = first.removesuffix(f" {half}")
    return str(_("%(first)s to %(last)s", first=first, last=last))


class SkippedTime(ValueError):
    """The clocks are put forward over this time: it does not exist."""


def to_utc(local: datetime, zone: str) -> datetime:
    """The instant of a wall time. Of a time that comes twice, the first. Raises SkippedTime."""
    instant = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        raise SkippedTime
    return instant


def to_local(moment: datetime, zone: str) -> datetime:
    """The wall time of an instant, without zone."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
