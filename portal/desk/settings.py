"""What the library chooses about itself: a page of settings that belong together at a time."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import queries as accounts
from portal.accounts import quotas
from portal.accounts.identity import current_actor, requires
from portal.core import clock, config
from portal.core.errors import Missing, Refused
from portal.core.forms import Form
from portal.core.text import render
from portal.core.web import takes
from portal.mail import explaining
from portal.mail import queries as mail
from portal.policy import Permission, require
from portal.settings import choosing, marking, queries, theme
from portal.settings.choosing import Section
from portal.settings.forms import COLOUR, FORMS, MarkForm, ReplyForm, RulesForm
from portal.settings.queries import current as library
from portal.settings.theme import look
from portal.settings.words import all_of, one_of

blueprint = Blueprint("desk_settings", __name__, url_prefix="/staff/settings")

TESTS_AN_HOUR = 5
MAIL_LINES = (
    'smtp_host = "mail.example.org"',
    "smtp_port = 587",
    'smtp_user = "library@example.org"',
    'smtp_password = "…"',
    'mail_from = "library@example.org"',
)


@blueprint.get("")
@requires(Permission.SETTINGS_READ)
def index() -> ResponseReturnValue:
    return render_template(
        "settings/index.html",
        replies=queries.replies(),
        staff=accounts.staff_count(),
        closed=[one for one in library().closed_days if one.last >= queries.today()],
    )


@blueprint.route("/<any(library, look, words, promises, privacy):name>", methods=["GET", "POST"])
@requires(Permission.SETTINGS_READ)
def section(name: str) -> ResponseReturnValue:
    wanted, by = Section(name), current_actor()
    require(by, choosing.PERMISSIONS[wanted])
    form = FORMS[wanted](obj=library())
    if form.sent() and "try" not in request.form:
        choosing.change(wanted, form.data, by=by)
        flash(_("Saved. Every page shows it from now on."))
        return redirect("/staff/settings", 303)
    page = render_template(f"settings/{wanted}.html", form=form, **_preview(wanted, form))
    return page, 422 if form.errors else 200


def _preview(wanted: Section, form: Form) -> dict[str, Any]:
    """What the page shows of how it would be."""
    if wanted is Section.LOOK:
        colour = library().brand_colour if form.errors else form["brand_colour"].data
        return {"tried": colour, "look": look(colour)}
    if wanted is Section.WORDS:
        word = form["people_word"].data or library().people_word
        return {"many": all_of(word), "one": one_of(word)}
    return {}


@blueprint.get("/look/<colour>.css")
@requires(Permission.SETTINGS_CHANGE)
def tried_style(colour: str) -> ResponseReturnValue:
    if not COLOUR.fullmatch(f"#{colour}"):
        raise Missing(_("There is no such color."))
    return Response(theme.css(f"#{colour}"), mimetype="text/css")


@blueprint.route("/mark", methods=["GET", "POST"])
@takes(marking.LARGEST + 1_000_000)  # a file that is too large is refused on its page
@requires(Permission.SETTINGS_CHANGE)
def mark() -> ResponseReturnValue:
    form, tried = MarkForm(), request.args.get("tried", "")
    if form.sent():
        try:
            name = marking.draw(form.file.data.read(), by=current_actor())
        except Refused as refusal:
            form.refuse("file", refusal)
        else:
            return redirect(f"/staff/settings/mark?tried={name}", 303)
    wide = marking.width(tried) if tried and not form.errors else 0
    page = render_template(
        "settings/mark.html", form=form, tried=tried, wide=wide, grounds=theme.GROUNDS
    )
    return page, 422 if form.errors else 200


@blueprint.get("/mark/<name>")
@requires(Permission.SETTINGS_CHANGE)
def tried_mark(name: str) -> ResponseReturnValue:
    return Response(marking.read(name), mimetype="image/webp")


@blueprint.post("/mark/wear")
@requires(Permission.SETTINGS_CHANGE)
def wear_mark() -> ResponseReturnValue:
    marking.wear(request.form.get("tried", ""), by=current_actor())
    flash(_("Saved. It stands at the top of every page from now on."))
    return redirect("/staff/settings/mark", 303)


@blueprint.post("/mark/take-off")
@requires(Permission.SETTINGS_CHANGE)
def take_off_mark() -> ResponseReturnValue:
    marking.take_off(by=current_actor())
    flash(_("Taken off. The usual mark is back."))
    return redirect("/staff/settings/mark", 303)


@blueprint.route("/rules", methods=["GET", "POST"])
@requires(Permission.POLICY_SET)
def rules() -> ResponseReturnValue:
    own = queries.house_rules()
    form = RulesForm(data={"words": own.words if own else choosing.usual_rules()})
    if form.sent() and "try" not in request.form:
        choosing.write_rules(form.words.data or "", by=current_actor())
        flash(_("Saved. This is what everybody reads from now on."))
        return redirect("/rules", 303)
    shown = render(form.words.data or choosing.usual_rules())
    page = render_template("settings/rules.html", form=form, shown=shown)
    return page, 422 if form.errors else 200


@blueprint.get("/replies")
@requires(Permission.POLICY_SET)
def reply_list() -> ResponseReturnValue:
    return render_template("settings/replies.html", replies=queries.replies())


@blueprint.route("/replies/new", methods=["GET", "POST"])
@blueprint.route("/replies/<int:reply_id>", methods=["GET", "POST"])
@requires(Permission.POLICY_SET)
def reply(reply_id: int | None = None) -> ResponseReturnValue:
    kept = queries.reply(reply_id) if reply_id else None
    form = ReplyForm(obj=kept)
    if form.sent():
        try:
            words = form.words.data or ""
            choosing.keep_reply(form.title.data or "", words, by=current_actor(), reply_id=reply_id)
        except Refused as refusal:
            form.refuse("title", refusal)
        else:
            flash(_("Saved. It can be chosen in the review queue."))
            return redirect("/staff/settings/replies", 303)
    page = render_template("settings/reply.html", form=form, kept=kept)
    return page, 422 if form.errors else 200


@blueprint.post("/replies/<int:reply_id>/drop")
@requires(Permission.POLICY_SET)
def drop_reply(reply_id: int) -> ResponseReturnValue:
    choosing.drop_reply(reply_id, by=current_actor())
    flash(_("Removed. Mails that were sent with it stay as they are."))
    return redirect("/staff/settings/replies", 303)


@blueprint.get("/mail")
@requires(Permission.SETTINGS_CHANGE)
def mail_settings() -> ResponseReturnValue:
    stamp = request.args.get("test", "")[:14]
    fate = mail.fate(choosing.test_key(stamp, by=current_actor())) if stamp else None
    why = explaining.reason(fate.last_error) if fate else ""
    return render_template(
        "settings/mail.html", outside=config.current(), lines=MAIL_LINES, fate=fate, why=why
    )


@blueprint.post("/mail")
@requires(Permission.SETTINGS_CHANGE)
def send_test() -> ResponseReturnValue:
    by = current_actor()
    hour = timedelta(hours=1)
    quotas.spend("test mail", str(by.signed_in_id), limit=TESTS_AN_HOUR, per=hour)
    stamp = f"{clock.now():%Y%m%d%H%M%S}"
    choosing.send_test(stamp, by=by)
    return redirect(f"/staff/settings/mail?test={stamp}", 303)
