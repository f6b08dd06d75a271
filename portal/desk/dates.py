"""A session on the calendar gets another date or place, or none for now."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.identity import current_actor, requires
from portal.core.errors import Forbidden, Refused
from portal.core.forms import trimmed
from portal.desk.dating import ChangeForm
from portal.policy import Permission
from portal.programs import guests, moving, queries
from portal.programs.queries import Sitting

blueprint = Blueprint("dates", __name__, url_prefix="/staff/events/<int:program_id>/<int:number>")


@blueprint.route("/date", methods=["GET", "POST"])
@requires(Permission.SESSION_RUN)
def change(program_id: int, number: int) -> ResponseReturnValue:
    one = queries.to_run(program_id, number, by=current_actor())
    form = ChangeForm(of=one)
    if form.sent():
        reason = form.reason.data or ""
        try:
            moved = moving.move(one.id, form.when(), reason=reason, by=current_actor())
        except Forbidden:
            raise
        except Refused as refused:
            form.tell(refused)
        else:
            told = moved.moved_at != one.moved_at
            flash(_("Changed. Everybody registered is told.") if told else _("Saved."))
            return redirect(f"/staff/events/{program_id}", 303)
    return _page(one, form)


@blueprint.post("/postpone")
@requires(Permission.SESSION_RUN)
def postpone(program_id: int, number: int) -> ResponseReturnValue:
    one = queries.to_run(program_id, number, by=current_actor())
    reason = trimmed(request.form.get("reason")) or ""
    try:
        moving.postpone(one.id, reason=reason, by=current_actor())
    except Forbidden:
        raise
    except Refused as refused:
        return _page(one, ChangeForm(None, of=one), refused)
    flash(_("Postponed. Everybody registered is told, and keeps their seat."))
    return redirect(f"/staff/events/{program_id}", 303)


def _page(one: Sitting, form: ChangeForm, refused: Refused | None = None) -> ResponseReturnValue:
    mails, calls = guests.to_tell(one.id, reader=current_actor())
    page = render_template(
        "desk/date.html",
        one=one,
        form=form,
        refused=refused,
        mails=mails,
        calls=calls,
        partners=bool(queries.partner_ids(one.program_id)),
    )
    return page, 422 if form.errors or refused else 200
