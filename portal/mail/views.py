"""In a demo, the mails that would have been sent can be read here; elsewhere: no such page."""

import re

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from portal.core import config
from portal.core.web import open_to_all
from portal.mail import queries

blueprint = Blueprint("demo_mail", __name__, url_prefix="/demo/mail")

ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@blueprint.before_request
def only_in_a_demo() -> None:
    if not config.current().demo:
        abort(404)


@blueprint.get("")
@open_to_all
def index() -> ResponseReturnValue:
    return render_template("mail/demo_index.html", mails=queries.newest_demo_mails())


@blueprint.get("/<int:mail_id>")
@open_to_all
def show(mail_id: int) -> ResponseReturnValue:
    mail = queries.demo_mail(mail_id)
    return render_template("mail/demo_show.html", mail=mail, words=_with_links(mail.words))


def _with_links(words: str) -> Markup:
    """Our own addresses in a mail's words can be followed; all else stays text."""
    base = config.current().base_url
    parts, at = [], 0
    for found in ADDRESS.finditer(words):
        if not found[0].startswith(f"{base}/"):
            continue
        path = found[0].removeprefix(base)
        parts += [
            escape(words[at : found.start()]),
            Markup('<a href="{}">{}</a>').format(path, found[0]),
        ]
        at = found.end()
    return Markup("").join([*parts, escape(words[at:])])
