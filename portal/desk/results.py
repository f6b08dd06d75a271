"""Staff read what guests answered, and write the page of what came of a program."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.identity import current_actor, requires
from portal.core.errors import Refused
from portal.core.forms import trimmed
from portal.policy import Permission
from portal.surveys import queries, quoting, reporting
from portal.surveys.forms import ResultForm, result_form
from portal.surveys.queries import Report

blueprint = Blueprint("desk_results", __name__, url_prefix="/staff/events/<int:program_id>")


@blueprint.get("/<int:number>/answers")
@requires(Permission.SESSION_RUN)
def answers(program_id: int, number: int) -> ResponseReturnValue:
    page = queries.answers(program_id, number, reader=current_actor())
    return render_template("desk/answers.html", page=page)


@blueprint.post("/<int:number>/quotes")
@requires(Permission.RESULT_PUBLISH)
def quote(program_id: int, number: int) -> ResponseReturnValue:
    words, act = trimmed(request.form.get("words")) or "", quoting.choose
    if "drop" in request.form:
        act = quoting.drop
    act(program_id, words, by=current_actor())
    return redirect(f"/staff/events/{program_id}/{number}/answers#words", 303)


@blueprint.route("/results", methods=["GET", "POST"])
@requires(Permission.RESULT_PUBLISH)
def edit(program_id: int) -> ResponseReturnValue:
    report = queries.draft(program_id, reader=current_actor())
    if report.published_at is not None:
        return redirect(f"/results/{program_id}", 303)
    form = result_form(report, queries.delivered(program_id))
    if not form.sent():
        return _page(report, form)
    try:
        _save(program_id, form)
        if "publish" in request.form:
            reporting.publish(program_id, by=current_actor())
    except Refused as refused:
        form.tell(refused)
        return _page(report, form)
    return _after(program_id)


def _save(program_id: int, form: ResultForm) -> None:
    reporting.save(
        program_id,
        by=current_actor(),
        sentence=form.sentence.data or "",
        next_step=form.next_step.data or "",
        delivered=form.delivered(),
    )


def _after(program_id: int) -> ResponseReturnValue:
    if "publish" in request.form:
        flash(_("Public. Everybody who asked, and the partner, is told now."))
        return redirect(f"/results/{program_id}", 303)
    flash(_("Saved. Nobody but staff sees it yet."))
    return redirect(f"/staff/events/{program_id}/results/preview", 303)


@blueprint.get("/results/preview")
@requires(Permission.RESULT_PUBLISH)
def preview(program_id: int) -> ResponseReturnValue:
    report = queries.draft(program_id, reader=current_actor())
    return render_template("public/results.html", report=report)


def _page(report: Report, form: ResultForm) -> ResponseReturnValue:
    told = queries.told(report.program_id)
    page = render_template("desk/results.html", report=report, form=form, told=told)
    return page, 422 if form.errors else 200
