"""Files of the library's own tables: down, and up after a look at what would happen."""

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.identity import current_actor, requires
from portal.policy import Permission
from portal.transfer import library, tables
from portal.transfer.library import TABLES, Report

blueprint = Blueprint("transfer", __name__, url_prefix="/staff/settings")
KINDS = "any(branches, rooms, topics, 'closed-days', people)"


@blueprint.get(f"/<{KINDS}:kind>.csv")
@requires(Permission.SETTINGS_CHANGE)
def down(kind: str) -> ResponseReturnValue:
    answer = Response(
        library.down(kind, by=current_actor()), content_type="text/csv; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return answer


@blueprint.route(f"/<{KINDS}:kind>/file", methods=["GET", "POST"])
@requires(Permission.SETTINGS_CHANGE)
def up(kind: str) -> ResponseReturnValue:
    if request.method == "GET":
        return _page(kind)
    raw, by = _sent(), current_actor()
    try:
        report = library.up(kind, raw, by=by, dry_run="bring" not in request.form)
    except tables.Unreadable as reason:
        return _page(kind, raw, wrong=str(reason))
    if "bring" not in request.form or report.refused:
        return _page(kind, raw, report)
    flash(_("Done: %(new)s new, %(old)s changed.", new=report.added, old=report.changed))
    return redirect(f"/staff/settings/{kind}", 303)


def _sent() -> bytes:
    """The file, where one was chosen; else the rows as they stand in the page."""
    file = request.files.get("file")
    return file.read() if file and file.filename else request.form.get("rows", "").encode()


def _shown(raw: bytes) -> str:
    """What was sent, to be mended; nothing of what is no text."""
    try:
        return tables.decoded(raw)[0]
    except tables.Unreadable:
        return ""


def _page(
    kind: str, raw: bytes = b"", report: Report | None = None, *, wrong: str = ""
) -> ResponseReturnValue:
    page = render_template(
        "settings/file.html",
        kind=kind,
        table=TABLES[kind],
        rows=_shown(raw),
        report=report,
        wrong=wrong,
    )
    return page, 422 if wrong or (report and report.refused) else 200
