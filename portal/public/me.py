"""My page: what each vote led to, ideas, seats, where one is signed in, what one hears; and the way
out."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import erasing
from portal.accounts import queries as accounts
from portal.accounts.forms import LeaveForm
from portal.accounts.identity import current_actor, current_device_id, requires
from portal.core.errors import Refused
from portal.ideas import queries as ideas
from portal.organisations import queries as organisations
from portal.policy import Permission
from portal.programs import tickets
from portal.surveys import receipts

blueprint = Blueprint("me", __name__)


@blueprint.get("/me")
@requires(Permission.OWN_PAGE)
def show() -> ResponseReturnValue:
    person_id = current_actor().signed_in_id
    return render_template(
        "public/me.html",
        receipts=receipts.of_person(person_id, cursor=request.args.get("after")),
        ideas=ideas.of_author(person_id),
        seats=tickets.of_person(person_id),
        devices=accounts.devices_of(person_id),
        here=current_device_id(),
        own=accounts.own(person_id),
    )


@blueprint.get("/me/mail")
@requires(Permission.OWN_PAGE)
def mail() -> ResponseReturnValue:
    person_id = current_actor().signed_in_id
    return render_template(
        "public/my_mail.html",
        own=accounts.own(person_id),
        heard=ideas.heard_about(person_id, cursor=request.args.get("after")),
    )


@blueprint.route("/me/leave", methods=["GET", "POST"])
@requires(Permission.OWN_PAGE)
def leave() -> ResponseReturnValue:
    form, person_id = LeaveForm(), current_actor().signed_in_id
    if form.sent():
        try:
            erasing.ask(person_id, withdraws_ideas=form.ideas.data == "withdraw")
            flash(_("Your account is deleted in seven days. A mail tells you how to keep it."))
            return redirect("/me", 303)
        except Refused as refusal:
            form.refuse("sure", refusal)
    page = render_template(
        "public/leave.html",
        form=form,
        own=accounts.own(person_id),
        written=len(ideas.of_author(person_id)),
        seats=tickets.seats_to_come(person_id),
        groups=[group.name for group in organisations.of_person(person_id)],
    )
    return page, 422 if form.errors else 200
