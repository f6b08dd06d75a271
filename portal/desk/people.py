"""Who works here, and what each is trusted with."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import inviting, queries, second_step
from portal.accounts.forms import ROLE_WORDS, InviteForm
from portal.accounts.identity import current_actor, requires
from portal.core.errors import Missing, Refused
from portal.core.forms import number
from portal.policy import Permission, Role

blueprint = Blueprint("desk_people", __name__, url_prefix="/staff/settings/people")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.PEOPLE_GRANT)
def index() -> ResponseReturnValue:
    form = InviteForm()
    if form.sent():
        email = form.email.data or ""
        role, name = Role(form.role.data), form.name.data or ""
        new = inviting.invite(
            email, role=role, branches=form.places(), name=name, by=current_actor()
        )
        flash(
            _("Done. %(email)s gets a mail with a way in.", email=email)
            if new
            else _("%(email)s has this role already and can sign in. No mail goes.", email=email)
        )
        return redirect("/staff/settings/people", 303)
    return _page(form)


@blueprint.post("/<int:person_id>/take-back")
@requires(Permission.PEOPLE_GRANT)
def take_back(person_id: int) -> ResponseReturnValue:
    role, branch_id = request.form.get("role", ""), number(request.form.get("branch")) or None
    if role not in ROLE_WORDS:
        raise Missing(_("There is no such role."))
    try:
        inviting.take_back(person_id, role=Role(role), branch_id=branch_id, by=current_actor())
    except Refused as refusal:
        return _page(InviteForm(formdata=None), refusal)
    flash(_("Taken back. It ends with their next click."))
    return redirect("/staff/settings/people", 303)


@blueprint.post("/<int:person_id>/reset")
@requires(Permission.PEOPLE_GRANT)
def reset(person_id: int) -> ResponseReturnValue:
    second_step.reset(person_id, by=current_actor())
    flash(_("Reset. They are signed out everywhere, and a mail tells them."))
    return redirect("/staff/settings/people", 303)


def _page(form: InviteForm, refused: Refused | None = None) -> ResponseReturnValue:
    page = render_template(
        "settings/people.html", form=form, staff=queries.staff(), roles=ROLE_WORDS, refused=refused
    )
    return page, 422 if form.errors or refused else 200
