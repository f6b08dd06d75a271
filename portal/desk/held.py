"""A session that took place without the portal, entered in one short form."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.identity import current_actor, requires
from portal.core.errors import Forbidden, Refused
from portal.desk.dating import HeldForm
from portal.policy import Permission
from portal.programs import entering

blueprint = Blueprint("held", __name__, url_prefix="/staff/events")


@blueprint.route("/held", methods=["GET", "POST"])
@requires(Permission.PROGRAM_PLAN)
def enter() -> ResponseReturnValue:
    form = HeldForm()
    if form.sent():
        try:
            program = entering.enter(form.held(), by=current_actor())
        except Forbidden:
            raise
        except Refused as refused:
            form.tell(refused)
        else:
            flash(_("Written down. Below is whether it counts for the library statistics."))
            return redirect(f"/staff/events/{program.id}", 303)
    return render_template("desk/held.html", form=form), 422 if form.errors else 200
