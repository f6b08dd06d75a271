"""The survey: whoever holds a ticket, and nobody the wiser who that is."""

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.quotas import source
from portal.core.errors import Refused
from portal.core.web import open_to_all, sessionless
from portal.surveys import answering, guessing, tickets
from portal.surveys.answering import Closed, Sheet, Used
from portal.surveys.forms import SheetForm, TicketForm, sheet_form

blueprint = Blueprint("survey", __name__, url_prefix="/s")


@blueprint.get("/")
@open_to_all
@sessionless
def welcome() -> ResponseReturnValue:
    return render_template("surveys/ticket.html", form=TicketForm())


@blueprint.post("/")
@open_to_all
@sessionless
def show() -> ResponseReturnValue:
    form = TicketForm()
    if not form.sent():
        return render_template("surveys/ticket.html", form=form), 422
    ticket = str(form.ticket.data)
    try:
        sheet = _sheet(ticket)
    except Used:
        if tickets.typed(ticket) is None:
            raise
        form.refuse("ticket", _not_known())
        return render_template("surveys/ticket.html", form=form), 422
    return _page(sheet, sheet_form(sheet.questions))


@blueprint.post("/answer")
@open_to_all
@sessionless
def answer() -> ResponseReturnValue:
    ticket = request.form.get("ticket", "")
    sheet = _sheet(ticket)
    form = sheet_form(sheet.questions)
    if not form.sent():
        return _page(sheet, form)
    answering.answer(ticket, form.reply())
    return redirect("/s/thanks", 303)


@blueprint.get("/thanks")
@open_to_all
@sessionless
def thanks() -> ResponseReturnValue:
    return render_template("surveys/thanks.html")


@blueprint.errorhandler(Used)
@blueprint.errorhandler(Closed)
def over(refusal: Refused) -> ResponseReturnValue:
    return render_template("surveys/over.html", refusal=refusal), refusal.status


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """A sheet holds its ticket: no browser and no proxy keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _sheet(ticket: str) -> Sheet:
    with guessing.counted(ticket, source=source()):
        return answering.sheet(ticket)


def _page(sheet: Sheet, form: SheetForm) -> ResponseReturnValue:
    page = render_template("surveys/sheet.html", sheet=sheet, form=form)
    return page, 422 if form.errors else 200


def _not_known() -> Refused:
    return Refused(
        _("We do not know these letters, or they have been used."),
        _("If you have just sent your answers: thank you, we have them."),
    )
