"""What a report shows in its charts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from portal.core import charts
from portal.core.charts import Columns
from portal.core.locale import date_as
from portal.reports.funnel import STEP_WORDS, Step
from portal.reports.statistics import Line

Months = Sequence[tuple[date, int, int]]  # the first of each, a part and its whole


def months(rows: Months) -> Columns:
    """A letter stands for a month, so that twelve fit on a phone."""
    return charts.columns([(date_as(first, "MMMMM"), part, whole) for first, part, whole in rows])


def month_links(rows: Months, to: Callable[..., str], page: str) -> list[tuple[str, str]]:
    """Where the rows behind each month are, and the month in full."""
    return [
        (to(page, month=f"{first:%Y-%m}"), date_as(first, "MMMM y"))
        for first, _part, _whole in rows
    ]


def share(part: int, whole: int) -> str:
    """In whole percent, and a dash of nothing."""
    return f"{round(100 * part / whole)}%" if whole else "–"


def steps(counts: Mapping[Step, int]) -> list[tuple[str, int]]:
    return [(str(STEP_WORDS[step]), n) for step, n in counts.items()]


def visits(lines: Sequence[Line]) -> list[tuple[str, int]]:
    return [(line.words, line.visits) for line in lines]
