"""For somebody who stands at the desk and has no e-mail: an idea, support for one, a seat."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.identity import current_actor, requires
from portal.core.errors import Forbidden, Refused
from portal.desk import branches
from portal.desk.forms import DeskSeatForm
from portal.ideas import queries as ideas
from portal.ideas import voting, writing
from portal.ideas.forms import IdeaForm
from portal.ideas.paths import idea_path
from portal.policy import Permission
from portal.programs import queries, registering

blueprint = Blueprint("counter", __name__, url_prefix="/staff")


@blueprint.route("/ideas/new", methods=["GET", "POST"])
@requires(Permission.DESK_ENTER)
def idea() -> ResponseReturnValue:
    form = IdeaForm()
    if form.sent():
        try:
            entered = writing.enter(form.draft(), by=current_actor())
            flash(_("It is public, as idea %(n)s. Write the number down for them.", n=entered.id))
            return redirect(idea_path(entered.id, entered.title), 303)
        except Refused as refusal:
            form.refuse("branch", refusal)
    branches.offer_own(form.branch, Permission.DESK_ENTER)
    alike = ideas.similar(form.title.data or "")
    page = render_template("desk/enter_idea.html", form=form, alike=alike)
    return page, 422 if form.errors else 200


@blueprint.post("/ideas/<int:idea_id>/support")
@requires(Permission.DESK_ENTER)
def support(idea_id: int) -> ResponseReturnValue:
    people = -1 if "less" in request.form else 1
    idea = voting.support_at_desk(idea_id, by=current_actor(), people=people)
    flash(_("Counted: one more at the desk.") if people > 0 else _("Taken back: one less."))
    return redirect(idea_path(idea.id, idea.title), 303)


@blueprint.route("/events/<int:program_id>/<int:number>/seat", methods=["GET", "POST"])
@requires(Permission.SESSION_RUN)
def seat(program_id: int, number: int) -> ResponseReturnValue:
    one = queries.to_run(program_id, number, by=current_actor())
    form = DeskSeatForm(limit=one.party_limit, question=one.question)
    if form.sent():
        try:
            saved = registering.register_at_desk(one.id, form.party(), by=current_actor())
            flash(_("The seat is saved. Print the ticket for them."))
            return redirect(f"/t/{saved.code}", 303)
        except Forbidden:
            raise
        except Refused as refusal:
            form.refuse("seats", refusal)
    page = render_template("desk/seat.html", one=one, form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/events/<int:program_id>/<int:number>/seat/<int:registration_id>/cancel")
@requires(Permission.SESSION_RUN)
def cancel_seat(program_id: int, number: int, registration_id: int) -> ResponseReturnValue:
    one = queries.to_run(program_id, number, by=current_actor())
    registering.cancel_at_desk(one.id, registration_id, by=current_actor())
    flash(_("Given back. The next on the list is asked."))
    return redirect(f"/staff/events/{program_id}", 303)
