from flask import Blueprint, Flask, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.identity import current_actor, requires
from portal.core.errors import Forbidden, Refused
from portal.ideas import queries as ideas
from portal.moderation import appealing, queries, reviewing
from portal.moderation.forms import AppealForm, JudgementForm
from portal.moderation.reviewing import Verdict
from portal.policy import Permission

blueprint = Blueprint("moderation", __name__, url_prefix="/staff/review")
appeals = Blueprint("appeals", __name__, url_prefix="/ideas")

DONE = {
    Verdict.PUBLISH: lambda: _("Published. Its author hears by email."),
    Verdict.TRUST: lambda: _("Published. What this person writes from now on appears at once."),
    Verdict.SEND_BACK: lambda: _("Sent back with your question."),
    Verdict.REFUSE: lambda: _("Not published. Its author hears why."),
}


def init_app(app: Flask) -> None:
    app.jinja_env.globals["texts_waiting"] = _texts_waiting  # in the frame of staff pages


def _texts_waiting() -> int:
    """Counted once a request: a page may say it in more than one place."""
    if "texts_waiting" not in g:
        g.texts_waiting = queries.waiting_count()
    return int(g.texts_waiting)


@blueprint.get("")
@requires(Permission.IDEA_MODERATE)
def index() -> ResponseReturnValue:
    first = queries.following(None, reader=current_actor())
    if first is None:
        return render_template("moderation/empty.html", others=queries.waiting())
    return redirect(f"/staff/review/{first}", 303)


@blueprint.route("/<int:idea_id>", methods=["GET", "POST"])
@requires(Permission.IDEA_MODERATE)
def show(idea_id: int) -> ResponseReturnValue:
    item = queries.item(idea_id, reader=current_actor())
    if item is None:
        return _over(idea_id)
    form = JudgementForm(data=_values(item))
    verdict = request.form.get("verdict", "")
    if request.method == "POST" and verdict not in set(Verdict):
        form.form_errors.append(_("Choose one of the buttons."))
    elif form.sent() and _says_why(form, Verdict(verdict)):
        following = queries.following(idea_id, reader=current_actor())
        try:
            reviewing.judge(idea_id, form.judgement(Verdict(verdict)), judge=current_actor())
        except Forbidden:
            raise
        except Refused as refused:
            form.form_errors.append(f"{refused} {_('Here is how it stands now.')}")
            form.seen.data = str(item.idea.version)
        else:
            flash(DONE[Verdict(verdict)]())
            return redirect(f"/staff/review/{following or ''}".rstrip("/"), 303)
    page = render_template("moderation/show.html", item=item, form=form, waiting=queries.waiting())
    return page, 422 if form.errors else 200


def _over(idea_id: int) -> ResponseReturnValue:
    """Somebody was faster: who decided what, and what was typed meanwhile, to be copied."""
    page = render_template(
        "moderation/over.html",
        over=queries.over(idea_id),
        typed=JudgementForm().words(),
        following=queries.following(idea_id, reader=current_actor()),
    )
    return page, 409 if request.method == "POST" else 404


def _values(item: queries.Item) -> dict[str, str]:
    return {
        "topic": str(item.topic_id or ""),
        "branch": str(item.branch_id or ""),
        "age_group": item.age_group.value if item.age_group else "",
        "seen": str(item.idea.version),
    }


def _says_why(form: JudgementForm, verdict: Verdict) -> bool:
    if form.words() or verdict in (Verdict.PUBLISH, Verdict.TRUST):
        return True
    form.message.errors = [_("Say why, so that the author knows what to do.")]
    return False


@appeals.route("/<int:idea_id>/appeal", methods=["GET", "POST"])
@requires(Permission.OWN_PAGE)
def ask(idea_id: int) -> ResponseReturnValue:
    idea, form = ideas.own(idea_id, author=current_actor()), AppealForm()
    appealing.refuse_appeal(idea, current_actor())
    if form.sent():
        appealing.appeal(idea_id, form.sentence.data or "", author=current_actor())
        flash(_("A librarian takes a second look. You hear from us by email."))
        return redirect("/me", 303)
    reason = queries.reason_of(idea_id)
    page = render_template("moderation/appeal.html", idea=idea, form=form, reason=reason)
    return page, 422 if form.errors else 200
