"""Reports: figures of a year, the rows that each was made of, and a sheet for the state library."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.identity import requires
from portal.ideas.models import AgeGroup
from portal.policy import Permission
from portal.programs.models import Venue
from portal.reports import drawing, funnel, periods, sittings, statistics
from portal.reports.funnel import STEP_WORDS, Step
from portal.reports.periods import Period
from portal.reports.sittings import NO_BRANCH, Counts, Wanted
from portal.settings.queries import current as library

blueprint = Blueprint("reports", __name__, url_prefix="/staff/reports")

E = TypeVar("E", bound=StrEnum)


@blueprint.get("")
@requires(Permission.REPORT_READ)
def index() -> ResponseReturnValue:
    years = periods.years()
    period, branch = periods.chosen(request.args.get("year", type=int), years=years), _branch()
    everywhere = statistics.of(period)
    return render_template(
        "reports/index.html",
        years=years,
        period=period,
        branch=branch,
        place=statistics.place(branch),
        came=funnel.funnel(period),
        promises=funnel.promises(period),
        figures=everywhere.at(branch),
        branches=statistics.branches(everywhere),
        step_words=STEP_WORDS,
        draw=drawing,
        to=_links(period, branch),
    )


@blueprint.get("/way")
@requires(Permission.REPORT_READ)
def way() -> ResponseReturnValue:
    """The short form of the last twelve months, for a page that does not wait for it."""
    came = funnel.funnel(periods.chosen(None, years=periods.years()))
    return render_template("reports/_way.html", came=came, step_words=STEP_WORDS, draw=drawing)


@blueprint.get("/ideas")
@requires(Permission.REPORT_READ)
def ideas() -> ResponseReturnValue:
    period, step = _period(), _one_of(Step, "step") or Step.SHARED
    page = funnel.ideas(period, step, cursor=request.args.get("after"))
    words = STEP_WORDS[step]
    return render_template("reports/ideas.html", period=period, page=page, words=words)


@blueprint.get("/promises")
@requires(Permission.REPORT_READ)
def promises() -> ResponseReturnValue:
    period = _period()
    page = funnel.late_first(period, cursor=request.args.get("after"))
    return render_template("reports/promises.html", period=period, page=page)


@blueprint.get("/sessions")
@requires(Permission.REPORT_READ)
def sessions() -> ResponseReturnValue:
    wanted = Wanted(
        period=_period(),
        branch=_branch(),
        age=_one_of(AgeGroup, "age"),
        venue=_one_of(Venue, "venue"),
        counts=_one_of(Counts, "counts") or Counts.YES,
        hybrid="hybrid" in request.args,
    )
    page = sittings.sessions(wanted, cursor=request.args.get("after"))
    about = statistics.words_of(wanted)
    return render_template("reports/sessions.html", wanted=wanted, page=page, about=about)


@blueprint.get("/statistics.csv")
@requires(Permission.REPORT_READ)
def sheet() -> ResponseReturnValue:
    period = _period()
    answer = Response(statistics.sheet(statistics.of(period), period), mimetype="text/csv")
    name = f"statistics-{period.since:%Y-%m}-{period.months[-1]:%Y-%m}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _period() -> Period:
    year = periods.chosen(request.args.get("year", type=int), years=periods.years())
    return year.of_month(request.args.get("month"))


def _branch() -> int | None:
    """The branch in the address, where there is one like it."""
    number = request.args.get("branch", type=int)
    return number if number in {NO_BRANCH, *library().branches} else None


def _one_of(kind: type[E], name: str) -> E | None:
    words = request.args.get(name)
    return kind(words) if words in set(kind) else None


def _links(period: Period, branch: int | None) -> Callable[..., str]:
    """Addresses within this room, at what is chosen now."""
    kept = {"year": period.year, "branch": branch}
    return lambda page, **chosen: url_for(f"reports.{page}", **kept | chosen)
