from dataclasses import asdict

from flask import Blueprint, Flask, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts import signing_in
from portal.accounts.identity import current_actor, requires
from portal.core.errors import Refused
from portal.core.forms import number
from portal.core.sharing import shared
from portal.core.web import local_path, say, wants_fragment
from portal.ideas import deciding, queries, voting, writing
from portal.ideas.forms import AGE_WORDS, HINT_TEXT, HINT_TITLE, EditForm, IdeaForm
from portal.ideas.lifecycle import Publication
from portal.ideas.paths import idea_path
from portal.ideas.reading import filters_of, wanted_of
from portal.ideas.words import NO_REASONS, STATUSES
from portal.notifications import subscribing
from portal.notifications.models import Reason
from portal.policy import Permission

blueprint = Blueprint("ideas", __name__, url_prefix="/ideas")


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        idea_path=idea_path,
        age_words=AGE_WORDS,
        statuses=STATUSES,
        no_reasons=NO_REASONS,
        hint_title=HINT_TITLE,
        hint_text=HINT_TEXT,
    )


@blueprint.get("")
@requires(Permission.PUBLIC_READ)
@shared
def index() -> ResponseReturnValue:
    wanted = wanted_of(request.args)
    page = queries.listed(wanted, reader_id=current_actor().id, cursor=request.args.get("after"))
    by = filters_of(wanted)
    return render_template("ideas/index.html", page=page, wanted=wanted, by=by)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def new() -> ResponseReturnValue:
    form = IdeaForm(request.form if request.method == "POST" else request.args)
    if form.sent():
        try:
            return _send(form)
        except Refused as refusal:
            form.refuse("title", refusal)
    alike = queries.similar(form.title.data or "")
    status = 422 if form.errors else 200
    return render_template("ideas/new.html", form=form, alike=alike), status


def _send(form: IdeaForm) -> ResponseReturnValue:
    actor = current_actor()
    if actor.id is None:
        return signing_in.begin("idea", asdict(form.draft()), "/me")
    idea = writing.propose(form.draft(), author=actor)
    if idea.publication is Publication.PUBLISHED:
        flash(_("Your idea is public, and your vote counts."))
    else:
        flash(_("Thank you. A librarian reads it first. You hear from us by email."))
    return redirect(idea_path(idea.id, idea.title), 303)


@blueprint.get("/similar")
@requires(Permission.PUBLIC_READ)
def similar() -> ResponseReturnValue:
    alike = queries.similar(request.args.get("title", ""))
    return render_template("ideas/_similar.html", alike=alike)


@blueprint.route("/<int:idea_id>/edit", methods=["GET", "POST"])
@requires(Permission.OWN_PAGE)
def edit(idea_id: int) -> ResponseReturnValue:
    idea = queries.own(idea_id, author=current_actor())
    form = EditForm(data=queries.form_values(idea))
    if form.sent():
        try:
            writing.edit(idea_id, form.draft(), author=current_actor(), seen=number(form.seen.data))
            flash(_("Saved. If it needs reading, a librarian reads it first."))
            return redirect(idea_path(idea_id, form.title.data or ""), 303)
        except Refused as refusal:
            form.refuse("title", refusal)
    return render_template("ideas/edit.html", form=form, idea=idea), 422 if form.errors else 200


@blueprint.post("/<int:idea_id>/vote")
@requires(Permission.PUBLIC_READ)
def vote(idea_id: int) -> ResponseReturnValue:
    actor = current_actor()
    here = local_path(request.form.get("next"), default=f"/ideas/{idea_id}")
    if actor.id is None:
        here = f"{here.partition('#')[0]}#vote-{voting.votable(idea_id).id}"
        return signing_in.begin("vote", {"idea_id": idea_id, "next": here}, here)
    idea = voting.cast(idea_id, person_id=actor.id)
    return _after_voting(idea.id, here)


@blueprint.post("/<int:idea_id>/vote/withdraw")
@requires(Permission.IDEA_VOTE)
def withdraw_vote(idea_id: int) -> ResponseReturnValue:
    here = local_path(request.form.get("next"), default=f"/ideas/{idea_id}")
    idea = voting.withdraw(idea_id, person_id=current_actor().signed_in_id)
    return _after_voting(idea.id, here)


def _after_voting(idea_id: int, here: str) -> ResponseReturnValue:
    """The spine alone for a page that asked for a fragment, else back to where they were."""
    if not wants_fragment():
        return redirect(f"{here.partition('#')[0]}#vote-{idea_id}", 303)
    card = queries.card(idea_id, reader_id=current_actor().id)
    sentence = ngettext("%(num)s vote", "%(num)s votes", card.votes)
    return say(render_template("ideas/_spine.html", idea=card), sentence)


@blueprint.post("/<int:idea_id>/follow")
@requires(Permission.IDEA_FOLLOW)
def follow(idea_id: int) -> ResponseReturnValue:
    card = queries.card(idea_id, reader_id=None)
    person_id = current_actor().signed_in_id
    if "stop" in request.form:
        subscribing.stop(idea_id, person_id=person_id)
        flash(_("You do not hear about this idea any more."))
    else:
        subscribing.follow(idea_id, person_id=person_id, reason=Reason.FOLLOWS)
        flash(_("You hear when something happens with this idea."))
    return redirect(card.path, 303)


@blueprint.post("/<int:idea_id>/retire")
@requires(Permission.OWN_PAGE)
def retire(idea_id: int) -> ResponseReturnValue:
    deciding.retire(idea_id, author=current_actor())
    flash(_("You took your idea back. Its page is gone; votes and dates stay counted."))
    return redirect("/me", 303)
