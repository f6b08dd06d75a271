"""What somebody hears. Links in mails stop mails: no sign-in, no expiry, one click for mail
programs (RFC 8058). On their own page people can also start again."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.identity import current_actor, requires
from portal.core.errors import Missing
from portal.core.tokens import is_signed
from portal.core.web import by_signed_link, open_to_all
from portal.notifications import stopping, subscribing
from portal.policy import Permission

blueprint = Blueprint("notifications", __name__, url_prefix="/stop")
own = Blueprint("own_mail", __name__, url_prefix="/me/mail")


@blueprint.get("/<int:person_id>/<signature>")
@open_to_all
def ask_all(person_id: int, signature: str) -> ResponseReturnValue:
    _check(signature, "stop-all", person_id)
    return render_template("notifications/stop.html", about_idea=None, done=False)


@blueprint.post("/<int:person_id>/<signature>")
@open_to_all
@by_signed_link
def stop_all(person_id: int, signature: str) -> ResponseReturnValue:
    _check(signature, "stop-all", person_id)
    subscribing.stop_all(person_id)
    return render_template("notifications/stop.html", about_idea=None, done=True)


@blueprint.get("/<int:person_id>/<int:idea_id>/<signature>")
@open_to_all
def ask_idea(person_id: int, idea_id: int, signature: str) -> ResponseReturnValue:
    _check(signature, f"stop-idea-{person_id}", idea_id)
    return render_template("notifications/stop.html", about_idea=idea_id, done=False)


@blueprint.post("/<int:person_id>/<int:idea_id>/<signature>")
@open_to_all
@by_signed_link
def stop_idea(person_id: int, idea_id: int, signature: str) -> ResponseReturnValue:
    _check(signature, f"stop-idea-{person_id}", idea_id)
    subscribing.stop(idea_id, person_id=person_id)
    return render_template("notifications/stop.html", about_idea=idea_id, done=True)


@blueprint.get("/guest/<mailbox>/<signature>")
@open_to_all
def ask_guest(mailbox: str, signature: str) -> ResponseReturnValue:
    _check(signature, "stop-guest", mailbox)
    return _guest_page(mailbox)


@blueprint.post("/guest/<mailbox>/<signature>")
@open_to_all
@by_signed_link
def stop_guest(mailbox: str, signature: str) -> ResponseReturnValue:
    _check(signature, "stop-guest", mailbox)
    if request.form.get("do") == "start":
        stopping.start(mailbox)
    else:
        stopping.stop(mailbox)
    return _guest_page(mailbox, done=True)


def _guest_page(mailbox: str, *, done: bool = False) -> ResponseReturnValue:
    stopped = stopping.stopped(mailbox)
    return render_template("notifications/guest.html", stopped=stopped, done=done)


@own.post("")
@requires(Permission.OWN_PAGE)
def change_all() -> ResponseReturnValue:
    person_id = current_actor().signed_in_id
    if "stop" in request.form:
        subscribing.stop_all(person_id)
        flash(_("We write to you only about what you do here yourself."))
    else:
        subscribing.start_all(person_id)
        flash(_("You hear from us again about the ideas below."))
    return redirect("/me/mail", 303)


@own.post("/ideas/<int:idea_id>")
@requires(Permission.OWN_PAGE)
def change_one(idea_id: int) -> ResponseReturnValue:
    person_id = current_actor().signed_in_id
    if "stop" in request.form:
        subscribing.stop_followed(idea_id, person_id=person_id)
        flash(_("You do not hear about this idea any more."))
    else:
        subscribing.start(idea_id, person_id=person_id)
        flash(_("You hear when something happens with this idea."))
    return redirect("/me/mail#ideas", 303)


def _check(signature: str, purpose: str, thing_id: int | str) -> None:
    if not is_signed(signature, purpose, thing_id):
        raise Missing(
            _("This link is not whole."), _("Copy the whole address from the mail, or write to us.")
        )
