"""The survey: whoever holds a ticket, and nobody the wiser who that is."""

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import quotas
from portal.core import clock
from portal.core.errors import Refused
from portal.core.web import open_to_all, sessionless
from portal.surveys import answering, guessing, tickets, wall
from portal.surveys.answering import Closed, Sheet, Used
from portal.surveys.forms import SheetForm, TicketForm, sheet_form
from portal.surveys.wall import Asked, Early, Unknown

blueprint = Blueprint("survey", __name__, url_prefix="/s")

MAILED = "/s/answer"  # where the answers of those go who were invited
WALL = "/<int:session_id>/<code>"
ANSWERED = "answered"  # a cookie that says only this, at the address of one session


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


@blueprint.get(WALL)
@open_to_all
@sessionless
def at_wall(session_id: int, code: str) -> ResponseReturnValue:
    return render_template("surveys/wall.html", asked=_at_wall(session_id, code))


@blueprint.post(WALL)
@open_to_all
@sessionless
def draw(session_id: int, code: str) -> ResponseReturnValue:
    _at_wall(session_id, code)
    guessing.spend_ticket(quotas.source(), most=quotas.here(guessing.DRAWN))
    ticket = wall.draw_ticket(session_id)
    sheet = answering.sheet(ticket)
    form = sheet_form(sheet.questions)
    form.ticket.data = ticket
    return _page(sheet, form, to=f"{request.path}/answer")


@blueprint.post(f"{WALL}/answer")
@open_to_all
@sessionless
def answer_at_wall(session_id: int, code: str) -> ResponseReturnValue:
    asked, ticket = _at_wall(session_id, code), request.form.get("ticket", "")
    sheet = _sheet(ticket)
    form = sheet_form(sheet.questions)
    if not form.sent():
        return _page(sheet, form, to=request.path)
    answering.answer(ticket, form.reply(), at_wall_of=session_id)
    left = round((asked.closes_at - clock.now()).total_seconds())
    thanks = redirect("/s/thanks", 303)
    thanks.set_cookie(
        *(ANSWERED, "yes"),
        max_age=left,
        path=f"/s/{session_id}",
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return thanks


@blueprint.errorhandler(Used)
@blueprint.errorhandler(Closed)
@blueprint.errorhandler(Early)
@blueprint.errorhandler(Unknown)
def over(refusal: Refused) -> ResponseReturnValue:
    return render_template("surveys/over.html", refusal=refusal), refusal.status


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """A sheet holds its ticket: no browser and no proxy keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _sheet(ticket: str) -> Sheet:
    if tickets.typed(ticket) is None:
        return answering.sheet(ticket)
    with guessing.counted(quotas.source()):
        return answering.sheet(ticket)


def _at_wall(session_id: int, code: str) -> Asked:
    """The session whose code hangs there, for a browser that has not answered yet."""
    if not wall.is_of_picture(session_id, code):
        with guessing.counted(quotas.source()):
            wall.refuse_unknown(session_id, code)
    if ANSWERED in request.cookies:
        raise Used(_("This browser has answered already."), _("Thank you, we have it."))
    return wall.asked(session_id)


def _page(sheet: Sheet, form: SheetForm, *, to: str = MAILED) -> ResponseReturnValue:
    page = render_template("surveys/sheet.html", sheet=sheet, form=form, to=to)
    return page, 422 if form.errors else 200


def _not_known() -> Refused:
    return Refused(
        _("We do not know these letters, or they have been used."),
        _("If you have just sent your answers: thank you, we have them."),
    )
