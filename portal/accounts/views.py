from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import (
    code_app,
    copying,
    devices,
    erasing,
    joining,
    passkeys,
    passwords,
    queries,
    recovery,
    second_step,
    signing_in,
    waiting,
)
from portal.accounts.forms import (
    CodeAppForm,
    CodeForm,
    NameForm,
    NewPasskeyForm,
    NewPasswordForm,
    PasskeyForm,
    PasswordForm,
    RecoveryForm,
    SecondStepForm,
    SignInForm,
)
from portal.accounts.identity import current_actor, requires
from portal.accounts.waiting import Waits
from portal.core import config, qr
from portal.core.errors import Refused
from portal.core.forms import Form, number
from portal.core.web import by_signed_link, id_argument, local_path, open_to_all
from portal.policy import Permission

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def sign_in() -> ResponseReturnValue:
    waits, next_path = _errand()
    if current_actor().id is not None:
        return redirect(next_path, 303)
    form = SignInForm()
    if not form.sent():
        return _page("sign_in", form, waits=waits, next_path=next_path)
    try:
        signing_in.ask(**form.data, next_path=next_path, waits=waits)
    except Refused as refusal:
        form.refuse("email", refusal)
        return _page("sign_in", form, waits=waits, next_path=next_path)
    return redirect(url_for(".sign_in_code"), 303)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def sign_in_code() -> ResponseReturnValue:
    form, asked = CodeForm(), signing_in.asked()
    if form.sent():
        try:
            return redirect(signing_in.by_code(str(form.code.data)), 303)
        except Refused as refusal:
            form.refuse("code", refusal)
    if asked is None and not form.errors:
        return redirect(url_for(".sign_in"), 303)
    return _page("code", form, asked=asked, demo=config.current().demo)


@blueprint.route("/sign-in/link/<token>", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def sign_in_link(token: str) -> ResponseReturnValue:
    if request.method == "POST":
        path = signing_in.by_link(token)
        if path is None:
            signing_in.finish(token)
        return redirect(path or request.path, 303)
    link = signing_in.look(token)
    if link and link.used and current_actor().id is not None:
        return redirect(link.next_path, 303)
    alive = link is not None and link.alive
    return render_template("accounts/link.html", link=link), 200 if alive else 410


@blueprint.route("/sign-in/waiting/<int:waiting_id>", methods=["GET", "POST"])
@requires(Permission.OWN_PAGE)
def still_waiting(waiting_id: int) -> ResponseReturnValue:
    person_id = current_actor().signed_in_id
    waits = waiting.of(person_id, waiting_id)
    if waits is None:
        return redirect("/", 303)
    if request.method == "POST":
        return redirect(waiting.finish(waiting_id, person_id) or "/", 303)
    return render_template("accounts/waiting.html", waits=waits)


@blueprint.route("/sign-in/password", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def sign_in_password() -> ResponseReturnValue:
    waits, next_path = _errand()
    if current_actor().id is not None:
        return redirect(next_path, 303)
    form = PasswordForm()
    if form.sent():
        try:
            path = signing_in.by_password(**form.data, next_path=next_path, waits=waits)
            return redirect(path, 303)
        except Refused as refusal:
            form.refuse("password", refusal)
    return _page("password", form, waits=waits, next_path=next_path)


@blueprint.post("/sign-in/passkey")
@requires(Permission.PUBLIC_READ)
def sign_in_passkey() -> ResponseReturnValue:
    waits, next_path = _errand()
    if current_actor().id is not None:
        return redirect(next_path, 303)
    given, form = PasskeyForm(), SignInForm(formdata=None)
    try:
        path = signing_in.by_passkey(
            given.answer.data or "", shared=given.shared.data, next_path=next_path, waits=waits
        )
        return redirect(path, 303)
    except Refused as refusal:
        form.tell(refusal)
    return _page("sign_in", form, waits=waits, next_path=next_path)


@blueprint.post("/sign-in/passkey/challenge")
@requires(Permission.PUBLIC_READ)
def challenge() -> ResponseReturnValue:
    return _unkept(passkeys.to_sign_in(), "application/json")


@blueprint.route("/sign-in/second-step", methods=["GET", "POST"], endpoint="second_step")
@requires(Permission.PUBLIC_READ)
def do_second_step() -> ResponseReturnValue:
    half = second_step.here()
    if half is None:
        return redirect(url_for(".sign_in"), 303)
    app, passkey = second_step.has(half.person_id)
    if not (app or passkey):
        return _page("set_up", NewPasskeyForm(formdata=None))
    form = SecondStepForm() if app else RecoveryForm()
    if form.sent():
        try:
            return redirect(signing_in.by_second_step(half, form.code.data or ""), 303)
        except Refused as refusal:
            form.refuse("code", refusal)
    codes = recovery.left(half.person_id)
    return _page("second_step", form, app=app, passkey=passkey, codes=codes)


@blueprint.post("/sign-in/passkey/new/challenge")
@requires(Permission.PUBLIC_READ)
def new_challenge() -> ResponseReturnValue:
    return _unkept(passkeys.to_add(signing_in.who_sets_up()), "application/json")


@blueprint.post("/sign-in/passkey/new")
@requires(Permission.PUBLIC_READ)
def new_passkey() -> ResponseReturnValue:
    person_id, form = signing_in.who_sets_up(), NewPasskeyForm()
    if form.sent():
        try:
            codes = passkeys.add(person_id, form.answer.data or "", name=form.name.data or "")
        except Refused as refusal:
            form.refuse("name", refusal)
        else:
            path = signing_in.both_steps_done(person_id) or url_for(".ways")
            flash(_("Your passkey is kept. You can sign in with it from now on."))
            return _recovery_codes(codes, path) if codes else redirect(path, 303)
    return _ways(form) if current_actor().id is not None else _page("set_up", form)


@blueprint.route("/sign-in/app", methods=["GET", "POST"], endpoint="code_app")
@requires(Permission.PUBLIC_READ)
def set_up_app() -> ResponseReturnValue:
    person_id, form = signing_in.who_sets_up(), CodeAppForm()
    if form.sent():
        try:
            codes = code_app.set_up(
                person_id, parcel=form.parcel.data or "", code=form.code.data or ""
            )
        except Refused as refusal:
            form.refuse("code", refusal)
        else:
            path = signing_in.both_steps_done(person_id) or url_for(".ways")
            return _recovery_codes(codes, path)
    offer = code_app.offer(person_id, form.parcel.data)
    form.parcel.data = offer.parcel
    return _page("code_app", form, secret=offer.secret, picture=qr.svg(offer.address))


@blueprint.get("/me/sign-in")
@requires(Permission.DESK_READ)
def ways() -> ResponseReturnValue:
    return _ways(NewPasskeyForm(formdata=None))


@blueprint.post("/me/sign-in/passkey")
@requires(Permission.DESK_READ)
def remove_passkey() -> ResponseReturnValue:
    passkeys.remove(current_actor().signed_in_id, number(request.form.get("passkey")))
    flash(_("The passkey is removed. It opens nothing here any more."))
    return redirect(url_for(".ways"), 303)


@blueprint.post("/me/sign-in/app")
@requires(Permission.DESK_READ)
def remove_app() -> ResponseReturnValue:
    code_app.remove(current_actor().signed_in_id)
    flash(_("The app is removed."))
    return redirect(url_for(".ways"), 303)


@blueprint.post("/me/sign-in/codes")
@requires(Permission.DESK_READ)
def draw_codes() -> ResponseReturnValue:
    return _recovery_codes(recovery.draw_anew(current_actor().signed_in_id), url_for(".ways"))


@blueprint.route("/me/password", methods=["GET", "POST"])
@requires(Permission.DESK_READ)
def password() -> ResponseReturnValue:
    form, person_id = NewPasswordForm(), current_actor().signed_in_id
    if not passwords.asks_for_current(person_id):
        del form.current
    if form.sent():
        try:
            passwords.choose(person_id, **form.data)
            flash(_("Your password is set. Other devices were signed out."))
            return redirect("/me", 303)
        except Refused as refusal:
            form.refuse("current" if "current" in form else "new", refusal)
    return _page("own_password", form)


@blueprint.route("/me/name", methods=["GET", "POST"])
@requires(Permission.OWN_PAGE)
def name() -> ResponseReturnValue:
    actor = current_actor()
    form = NameForm(data={"name": actor.name})
    if form.sent():
        joining.rename(actor.signed_in_id, form.name.data or "")
        flash(_("From now on you are shown with this name."))
        return redirect("/me", 303)
    return _page("name", form)


@blueprint.post("/me/devices")
@requires(Permission.OWN_PAGE)
def end_device() -> ResponseReturnValue:
    devices.end_own(current_actor().signed_in_id, number(request.form.get("device")))
    flash(_("Signed out there."))
    return redirect("/me#devices", 303)


@blueprint.post("/me/devices/all")
@requires(Permission.OWN_PAGE)
def end_all_devices() -> ResponseReturnValue:
    devices.end_own(current_actor().signed_in_id, None)
    signing_in.leave()
    return redirect("/", 303)


@blueprint.post("/me/data")
@requires(Permission.OWN_PAGE)
def copy() -> ResponseReturnValue:
    answer = _unkept(copying.copy(current_actor().signed_in_id), "application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return answer


@blueprint.post("/me/stay")
@requires(Permission.OWN_PAGE)
def stay() -> ResponseReturnValue:
    erasing.stay(current_actor().signed_in_id)
    flash(_("Your account stays, with everything in it."))
    return redirect("/me", 303)


@blueprint.get("/stay/<int:person_id>/<signature>")
@open_to_all
def ask_to_stay(person_id: int, signature: str) -> ResponseReturnValue:
    erasing.check_link(person_id, signature)
    return render_template("accounts/stay.html", done=False)


@blueprint.post("/stay/<int:person_id>/<signature>")
@open_to_all
@by_signed_link
def stay_by_link(person_id: int, signature: str) -> ResponseReturnValue:
    erasing.check_link(person_id, signature)
    erasing.stay(person_id)
    return render_template("accounts/stay.html", done=True)


@blueprint.post("/sign-out")
@requires(Permission.PUBLIC_READ)
def sign_out() -> ResponseReturnValue:
    signing_in.leave()
    return redirect("/", 303)


def _ways(form: NewPasskeyForm) -> ResponseReturnValue:
    person_id = current_actor().signed_in_id
    return _page(
        "ways",
        form,
        passkeys=queries.passkeys_of(person_id),
        app=queries.code_app_of(person_id),
        codes=recovery.left(person_id),
        password=passwords.has_one(person_id),
    )


def _recovery_codes(codes: list[str], path: str) -> ResponseReturnValue:
    """Told this once."""
    page = render_template("accounts/recovery_codes.html", codes=codes, path=path)
    return _unkept(page, "text/html")


def _unkept(answer: str | bytes, mimetype: str) -> Response:
    """No browser and no proxy keeps it."""
    return Response(answer, mimetype=mimetype, headers={"Cache-Control": "private, no-store"})


def _page(name: str, form: Form, **values: Any) -> ResponseReturnValue:
    host = config.current().host  # of passkeys
    page = render_template(f"accounts/{name}.html", form=form, host=host, **values)
    return page, 422 if form.errors else 200


def _errand() -> tuple[Waits | None, str]:
    """What the person came to sign in for: what waits here, and where to go on."""
    return waiting.here(id_argument("waiting")), local_path(request.args.get("next"))
