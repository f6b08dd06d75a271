"""What a person sees when something is refused or goes wrong: a sentence and the next step.

Never a trace, a row or a host. What went wrong in us is logged under the request's number,
which the page shows.
"""

import logging

from flask import Flask, current_app, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from portal.core.database import db
from portal.core.errors import Refused
from portal.core.logs import about_request
from portal.core.web import say, wants_fragment

log = logging.getLogger("portal")

# Where a part of a page was asked for, the refusal takes the place of the page, not of the part.
IN_PLACE_OF_THE_PAGE = {
    "HX-Retarget": "#main",
    "HX-Reselect": "#main > *",
    "HX-Reswap": "innerHTML",
}


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, _refuse)
    app.register_error_handler(HTTPException, _explain)


def _refuse(error: Refused) -> ResponseReturnValue:
    return _page(error.status, str(error), error.next_step)


def _explain(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    if isinstance(error, InternalServerError):
        return _fail(error)
    reason, next_step = _sentences().get(
        status, (_("This could not be done."), _("Go back and try another way."))
    )
    return _page(status, reason, next_step)


def _fail(error: InternalServerError) -> ResponseReturnValue:
    log.error("request failed", extra=about_request(), exc_info=error.original_exception or error)
    if isinstance(error.original_exception, OperationalError):
        return _page(
            503,
            _("The library's database does not answer at the moment."),
            _("Nothing was lost. Wait a minute and try again."),
        )
    return _page(
        500,
        _("Something went wrong on our side. Nothing was saved."),
        _("Try again. If it happens again, tell us this number: %(n)s.", n=g.get("request_id")),
    )


def _sentences() -> dict[int, tuple[str, str]]:
    return {
        400: (_("We could not read what was sent."), _("Open the page again and try once more.")),
        404: (
            _("There is no page at this address."),
            _("Check the address, or start from the home page."),
        ),
        405: (_("This address cannot be used like that."), _("Start from the home page.")),
        413: (
            _("That was more than we can take at once."),
            _("Make it shorter, or choose a smaller file, then send again."),
        ),
        429: (_("That was too often in a short time."), _("Wait a little, then try again.")),
    }


def _page(status: int, reason: str, next_step: str) -> ResponseReturnValue:
    page = _drawn({"status": status, "reason": reason, "next_step": next_step})
    if not wants_fragment():
        return page, status
    answer = say(page, f"{reason} {next_step}")
    answer.status_code = status
    answer.headers.update(IN_PLACE_OF_THE_PAGE)
    return answer


def _drawn(words: dict[str, object]) -> str:
    """Only read for, so that it does not wait for whoever writes."""
    g.read_only = True
    try:
        return render_template("errors/refused.html", **words)
    except Exception:
        # The frame needs the database, which may be what failed, and so does what every page knows.
        log.exception("error page not drawn", extra=about_request())
        db.session.rollback()
        return current_app.jinja_env.get_template("errors/bare.html").render(words)
