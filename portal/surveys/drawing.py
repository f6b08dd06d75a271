"""Frozen figures as charts: only what may be shown is in them, so all of it is drawn."""

from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal.core import charts
from portal.core.locale import date_as
from portal.surveys.outcomes import Scope, Sums


def levels(outcomes: dict[str, Any]) -> list[str]:
    """The words that the bars of ``items`` are made of, from best to worst."""
    if _in_full(outcomes):
        return list(outcomes["levels"])
    return [_("Agree or strongly agree"), _("All other answers")]


def items(outcomes: dict[str, Any]) -> list[charts.Item]:
    """Each statement that enough have answered, as a bar."""
    if outcomes["scope"] == Scope.NOBODY:
        return []
    enough = [one for one in outcomes["items"] if one["n"]]
    if _in_full(outcomes):
        return [charts.likert(one["text"], one["levels"]) for one in enough]
    return [
        charts.likert(one["text"], (one["agree"], one["n"] - one["agree"]), agreeing=1)
        for one in enough
    ]


def _in_full(outcomes: dict[str, Any]) -> bool:
    """Whether each word of the scale was chosen often enough to be shown, everywhere."""
    return outcomes["scope"] != Scope.NOBODY and all(one["levels"] for one in outcomes["items"])


def heads(came: dict[str, Any]) -> charts.Columns | None:
    """Who came by session, where there are several and none is too small to show."""
    sessions = came["sessions"]
    if len(sessions) < 2 or any(one["heads"] is None for one in sessions):
        return None
    return charts.columns(
        [
            (date_as(date.fromisoformat(one["day"]), "MMM d"), one["heads"], one["seats"])
            for one in sessions
        ]
    )


def for_staff(sums: Sums) -> list[charts.Item]:
    """Every count that staff may see."""
    return [charts.likert(item.text, item.counts[::-1]) for item in sums.items]


def proof(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """The two figures that say most, for a line in a list: visits, and the best
    outcome of its own."""
    shown: list[tuple[str, str]] = []
    if figures["came"]["visits"] is not None:
        shown.append((str(figures["came"]["visits"]), _("visits")))
    if figures["outcomes"]["scope"] == Scope.PROGRAM and (drawn := items(figures["outcomes"])):
        best = max(drawn, key=lambda item: item.agree)
        words = _("agree: “%(text)s” (n = %(n)s)", text=best.words, n=best.n)
        shown.append((f"{best.agree}%", words))
    return shown
