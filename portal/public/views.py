"""Home and the page of an idea."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.identity import current_actor, requires
from portal.agreements import queries as agreements
from portal.core.sharing import shared
from portal.ideas import queries as ideas
from portal.moderation import queries as moderation
from portal.policy import Permission, may
from portal.programs import queries as programs
from portal.surveys import queries as surveys

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@requires(Permission.PUBLIC_READ)
@shared
def home() -> ResponseReturnValue:
    return render_template(
        "public/home.html",
        gathering=ideas.gathering(reader_id=current_actor().id),
        results=surveys.latest_results(),
        coming=programs.coming_because_asked(),
    )


@blueprint.get("/ideas/<int:idea_id>")
@blueprint.get("/ideas/<int:idea_id>-<slug>")
@requires(Permission.PUBLIC_READ)
@shared
def idea(idea_id: int, slug: str = "") -> ResponseReturnValue:
    actor = current_actor()
    shown = ideas.shown(idea_id, reader_id=actor.id, staff=may(actor, Permission.IDEA_DECIDE))
    if request.path != shown.path:
        return redirect(shown.path, 301)
    return render_template(
        "public/idea.html",
        shown=shown,
        story=ideas.story(idea_id, inside=shown.inside),
        offers=agreements.public_offers(idea_id),
        sittings=programs.led_to(idea_id),
        may_appeal=moderation.may_appeal(shown.idea, actor),
    )
