"""No other site may act in a person's name.

A person who is signed in proves it by the token in the form. A stranger has
none, so that pages for strangers are the same for all of them and can be kept;
what they send must come from a page of ours, as the browser itself says.
"""

from flask import Flask, current_app, request, session
from flask_babel import gettext as _
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from portal.core import config
from portal.core.database import SAFE_METHODS
from portal.core.errors import Refused

_tokens = CSRFProtect()

SIGNED_IN = "_user_id"  # where Flask-Login keeps who it is


class Forged(Refused):
    """It cannot be shown that a page of ours sent this."""

    status = 400


def init_app(app: Flask) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # when to ask for a token is decided here
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session
    _tokens.init_app(app)
    app.before_request(_refuse_forgery)


def _refuse_forgery() -> None:
    if request.method in SAFE_METHODS:
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if hasattr(view, "signed_link"):
        return
    if not hasattr(view, "sessionless") and SIGNED_IN in session:
        try:
            _tokens.protect()
        except CSRFError as error:
            raise _forged() from error
    elif not _sent_by_our_page():
        raise _forged()


def _forged() -> Forged:
    return Forged(
        _("This did not come from our page, or the page is too old."),
        _("Open the page again and send it from there."),
    )


def _sent_by_our_page() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    ours = (request.host_url.rstrip("/"), config.current().base_url)
    return request.headers.get("Origin") in ours
