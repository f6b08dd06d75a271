"""Ideas that came up for an answer without reaching the goal, answered many at once."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts.identity import current_actor, requires
from portal.core.errors import Forbidden, Refused
from portal.core.forms import number
from portal.ideas import answering, owed
from portal.ideas.forms import AnswersForm
from portal.policy import Permission

blueprint = Blueprint("quiet", __name__, url_prefix="/staff/ideas/quiet")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.IDEA_DECIDE)
def ideas() -> ResponseReturnValue:
    form = AnswersForm()
    if not form.sent():
        return _page(form)
    try:
        seen = _chosen()
        if not seen:
            raise Refused(_("Choose the ideas that this answers."))
        answered = answering.answer_many(seen, form.answer(), by=current_actor())
    except Forbidden:
        raise
    except Refused as refused:
        form.tell(refused)
        return _page(form)
    flash(ngettext("%(num)s idea is answered.", "%(num)s ideas are answered.", len(answered)))
    if left := len(seen) - len(answered):
        words = ngettext(
            "%(num)s was changed or answered meanwhile and stays as it is.",
            "%(num)s were changed or answered meanwhile and stay as they are.",
            left,
        )
        flash(words, "warn")
    return redirect("/staff/ideas/quiet", 303)


def _chosen() -> dict[int, int]:
    """The version of each as it was read: a box says 131-4."""
    boxes = (one.partition("-") for one in request.form.getlist("idea"))
    return {number(idea_id): number(version) for idea_id, _dash, version in boxes}


def _page(form: AnswersForm) -> ResponseReturnValue:
    page = render_template(
        "desk/quiet.html",
        form=form,
        page=owed.quiet(request.args.get("after")),
        chosen=request.form.getlist("idea"),
    )
    return page, 422 if form.errors or form.form_errors else 200
