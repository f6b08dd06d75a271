"""Opening hours in words: days that are alike are told together."""

from datetime import date, datetime
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.locale import hours
from portal.settings.queries import Open

DAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
_ANY = date(2024, 1, 1)


def told(open_on: dict[int, Open]) -> list[tuple[str, str]]:
    """Days and times, in the order of the week; a day that is closed is left out."""
    lines = []
    for times, days in groupby(range(7), open_on.get):
        same = list(days)
        if times:
            opens, closes = (datetime.combine(_ANY, one) for one in times)
            lines.append((_days(same[0], same[-1]), hours(opens, closes)))
    return lines


def _days(first: int, last: int) -> str:
    if first == last:
        return str(DAYS[first])
    return str(_("%(first)s to %(last)s", first=DAYS[first], last=DAYS[last]))
