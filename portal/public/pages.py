"""Pages of plain words: how it works, what is kept, the rules of the house."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.identity import requires
from portal.core import assets, keeping
from portal.core.sharing import shared
from portal.policy import Permission
from portal.settings.choosing import usual_rules_html
from portal.settings.queries import current as library

blueprint = Blueprint("pages", __name__)


@blueprint.get("/help", endpoint="help")
@requires(Permission.PUBLIC_READ)
@shared
def help_page() -> ResponseReturnValue:
    return render_template("public/help.html")


@blueprint.get("/rules")
@requires(Permission.PUBLIC_READ)
@shared
def rules() -> ResponseReturnValue:
    return render_template("public/rules.html", rules=library().rules_html or usual_rules_html())


@blueprint.get("/privacy")
@requires(Permission.PUBLIC_READ)
@shared
def privacy() -> ResponseReturnValue:
    return render_template("public/privacy.html", table=keeping.table())


@blueprint.get("/accessibility")
@requires(Permission.PUBLIC_READ)
@shared
def accessibility() -> ResponseReturnValue:
    return render_template("public/accessibility.html")


@blueprint.get("/partners")
@requires(Permission.PUBLIC_READ)
@shared
def partners() -> ResponseReturnValue:
    return render_template("public/partners.html")


@blueprint.get("/notices")
@requires(Permission.PUBLIC_READ)
@shared
def notices() -> ResponseReturnValue:
    return render_template("public/notices.html", notices=assets.text("vendor/notices.txt"))
