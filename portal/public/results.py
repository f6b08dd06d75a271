"""You asked, we did: the ledger of answers, and the page of what one program led to."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.identity import requires
from portal.core.sharing import shared
from portal.policy import Permission
from portal.surveys import drawing, queries

blueprint = Blueprint("results", __name__, url_prefix="/results")


def init_app(app: Flask) -> None:
    app.jinja_env.globals["draw"] = drawing


@blueprint.get("")
@requires(Permission.PUBLIC_READ)
@shared
def ledger() -> ResponseReturnValue:
    which = request.args.get("show")
    page = queries.ledger(which, cursor=request.args.get("after"))
    return render_template("public/ledger.html", page=page, which=which)


@blueprint.get("/<int:program_id>")
@requires(Permission.PUBLIC_READ)
@shared
def show(program_id: int) -> ResponseReturnValue:
    return render_template("public/results.html", report=queries.report(program_id))
