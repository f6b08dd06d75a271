from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.identity import current_actor, requires
from portal.agreements import queries as agreements
from portal.organisations import queries as organisations
from portal.policy import Permission
from portal.programs import plans
from portal.programs import queries as programs
from portal.surveys import queries as surveys

blueprint = Blueprint("workspace", __name__, url_prefix="/partner")


@blueprint.get("")
@requires(Permission.ORGANISATION_WORK)
def overview() -> ResponseReturnValue:
    actor = current_actor()
    return render_template(
        "workspace/overview.html",
        own=organisations.of_person(actor.signed_in_id),
        offers=agreements.of_organisations(actor.organisations),
        papers=plans.papers_of_partners(actor.organisations),
        sittings=programs.of_partners(actor.organisations),
    )


@blueprint.get("/offers")
@requires(Permission.ORGANISATION_WORK)
def offers() -> ResponseReturnValue:
    mine = agreements.of_organisations(current_actor().organisations)
    return render_template("workspace/offers.html", offers=mine)


@blueprint.get("/events")
@requires(Permission.ORGANISATION_WORK)
def events() -> ResponseReturnValue:
    sittings = programs.of_partners(current_actor().organisations)
    came = surveys.came_of(one.program_id for one in sittings)
    return render_template("workspace/events.html", sittings=sittings, came=came)
