"""Staff answer an idea in the library's name: one page, from any public idea."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts.identity import current_actor, requires
from portal.core.errors import Refused
from portal.core.forms import number
from portal.ideas import answering, owed, queries
from portal.ideas.forms import AnswerForm
from portal.ideas.queries import Shown
from portal.notifications import queries as notifications
from portal.policy import Permission, may, require
from portal.programs import plans

blueprint = Blueprint("answers", __name__, url_prefix="/staff/ideas/<int:idea_id>/answer")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.IDEA_DECIDE)
def answer(idea_id: int) -> ResponseReturnValue:
    shown = queries.shown(idea_id, reader_id=None, staff=True)
    require(current_actor(), Permission.IDEA_DECIDE, shown.idea)
    form = _form(shown)
    if _is_pressed_twice(shown, form):
        return _said_already(shown)
    if not form.sent():
        return _page(shown, form)
    was_owed = shown.answer_due is not None
    try:
        said = form.answer()
        answering.answer(idea_id, said, by=current_actor(), seen=number(form.seen.data))
    except Refused as refused:
        shown = queries.shown(idea_id, reader_id=None, staff=True)  # as it is by now
        if _is_pressed_twice(shown, form):
            return _said_already(shown)
        form = _form(shown)
        form.tell(refused)
        form.seen.data = str(shown.idea.version)
        return _page(shown, form)
    _confirm(idea_id, tells=said.move in answering.TOLD)
    following = _next_due() if was_owed else None
    return redirect(f"/staff/ideas/{following}/answer" if following else shown.path, 303)


def _form(shown: Shown) -> AnswerForm:
    seen = {"seen": str(shown.idea.version)}
    return AnswerForm(moves=answering.open_to(shown.idea), data=seen)


def _is_pressed_twice(shown: Shown, form: AnswerForm) -> bool:
    if request.method != "POST" or number(form.seen.data) == shown.idea.version:
        return False
    sentence = form.sentence.data or ""
    return answering.was_just_said(shown.idea.id, sentence, by=current_actor())


def _said_already(shown: Shown) -> ResponseReturnValue:
    _confirm(shown.idea.id, tells=False)
    return redirect(shown.path, 303)


def _next_due() -> int | None:
    """Whoever answers what was promised goes on with the next promise, as in the review queue."""
    mine = (one.id for one in owed.due() if may(current_actor(), Permission.IDEA_DECIDE, one))
    return next(mine, None)


def _confirm(idea_id: int, *, tells: bool) -> None:
    told = notifications.follower_count(idea_id) if tells else 0
    if told:
        flash(
            ngettext(
                "Answered. %(num)s person who asked is told by email.",
                "Answered. %(num)s people who asked are told by email.",
                told,
            )
        )
    else:
        flash(_("It stands in the story of the idea now."))


def _page(shown: Shown, form: AnswerForm) -> ResponseReturnValue:
    page = render_template(
        "desk/answer.html",
        shown=shown,
        form=form,
        story=queries.story(shown.idea.id),
        told=notifications.count_by_reason(shown.idea.id),
        planned=plans.of_idea(shown.idea.id) is not None,
    )
    return page, 422 if form.errors or form.form_errors else 200
