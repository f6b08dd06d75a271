"""Sessions as calendars and search engines read them."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from portal.core import clock, config
from portal.programs.lifecycle import SessionStage
from portal.programs.models import Admission
from portal.programs.queries import Shown, Sitting
from portal.settings.queries import current as library

SCHEMA_STAGE = {
    SessionStage.CANCELLED: "https://schema.org/EventCancelled",
    SessionStage.POSTPONED: "https://schema.org/EventPostponed",
}
SCHEDULED = "https://schema.org/EventScheduled"
END = b"END:VCALENDAR\r\n"


def ics(sittings: list[Sitting]) -> bytes:
    """RFC 5545. The UID of a session never changes; a cancelled one stays as cancelled, so does one
    that was postponed, until it has a date."""
    from icalendar import Calendar  # takes 0.1 s to load

    calendar = Calendar()
    calendar.add("prodid", "-//Foreword//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", library().name)
    base_url = config.current().base_url
    entries = (_entry(one, one.place, _how_to_come(one), base_url) for one in sittings)
    return b"".join((bytes(calendar.to_ical()).removesuffix(END), *entries, END))


@lru_cache(maxsize=10_000)
def _entry(one: Sitting, place: str, how_to_come: str, base_url: str) -> bytes:
    """As it was drawn when these values were new: calendars ask every hour for all that is to come,
    and drawing one takes as long as finding fifty."""
    from icalendar import Event

    entry = Event()
    entry.add("uid", f"session-{one.id}@{urlsplit(base_url).hostname}")
    entry.add("dtstamp", clock.now())
    entry.add("dtstart", one.starts_at)
    entry.add("dtend", one.ends_at)
    entry.add("sequence", one.version)
    entry.add("summary", one.title)
    entry.add("location", place)
    entry.add("url", f"{base_url}{one.path}")
    if how_to_come:
        entry.add("description", how_to_come)
    entry.add("status", "CANCELLED" if one.stage in SCHEMA_STAGE else "CONFIRMED")
    return bytes(entry.to_ical())


def _how_to_come(one: Sitting) -> str:
    """What there is to do before; nothing of seats, which its page tells."""
    if one.admission is Admission.OPEN:
        return str(_("No sign-up, just come."))
    return str(_("Sign up at %(link)s", link=one.calendar_link)) if one.elsewhere else ""


def json_ld(shown: Shown) -> list[dict[str, Any]]:
    """schema.org/Event, one for each session; its times are the library's, with their distance from
    UTC, for some readers show the day as it is written."""
    base, zone = config.current().base_url, ZoneInfo(library().timezone)
    return [
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "name": one.title,
            "startDate": one.starts_at.astimezone(zone).isoformat(),
            "endDate": one.ends_at.astimezone(zone).isoformat(),
            "eventStatus": SCHEMA_STAGE.get(one.stage, SCHEDULED),
            "location": {"@type": "Place", "name": one.place, "address": library().address},
            "organizer": {"@type": "Organization", "name": library().name, "url": base},
            "isAccessibleForFree": True,
            "url": f"{base}{one.path}",
        }
        for one in shown.sittings
    ]
