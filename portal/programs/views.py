from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    get_template_attribute,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts.identity import current_actor, requires
from portal.core import config
from portal.core.errors import Missing, Refused
from portal.core.locale import to_local
from portal.core.sharing import shared
from portal.core.web import by_signed_link, open_to_all
from portal.policy import Permission, may
from portal.programs import calendars, qr, queries, registering, seats, tickets
from portal.programs.forms import GuestForm, SeatForm
from portal.programs.models import Registration
from portal.programs.paths import plan_path, program_path, results_path, seat_path, session_path
from portal.programs.registering import Party
from portal.settings.queries import current as library

blueprint = Blueprint("programs", __name__)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        plan_path=plan_path,
        program_path=program_path,
        results_path=results_path,
        session_path=session_path,
        qr=qr.svg,
    )


@blueprint.get("/events")
@requires(Permission.PUBLIC_READ)
@shared
def index() -> ResponseReturnValue:
    page = queries.upcoming(cursor=request.args.get("after"))
    return render_template("programs/index.html", page=page, past=queries.past())


@blueprint.get("/events.ics")
@requires(Permission.PUBLIC_READ)
def calendar() -> ResponseReturnValue:
    return _ics(queries.for_calendar(), "events")


@blueprint.get("/events/<int:program_id>/<int:number>.ics")
@requires(Permission.PUBLIC_READ)
def one_calendar(program_id: int, number: int) -> ResponseReturnValue:
    queries.shown(program_id)
    return _ics([queries.session_of(program_id, number)], f"event-{program_id}-{number}")


def _ics(sittings: list[queries.Sitting], name: str) -> Response:
    answer = Response(calendars.ics(sittings), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return answer


@blueprint.get("/events/<int:program_id>")
@blueprint.get("/events/<int:program_id>-<slug>")
@requires(Permission.PUBLIC_READ)
@shared
def show(program_id: int, slug: str = "") -> ResponseReturnValue:
    shown = queries.shown(program_id, staff=may(current_actor(), Permission.PROGRAM_PLAN))
    if request.path != shown.path:
        return redirect(shown.path, 301)
    first = next((one for one in shown.sittings if one.open), None) or next(
        (one for one in shown.sittings if one.postponed), None
    )
    return _event(shown, first)


@blueprint.route("/events/<int:program_id>/<int:number>", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def session(program_id: int, number: int) -> ResponseReturnValue:
    shown = queries.shown(program_id)
    one = next((s for s in shown.sittings if s.number == number), None)
    if one is None:
        queries.session_of(program_id, number)
    form = _form(shown) if request.method == "POST" else None
    if one and form and form.sent():
        try:
            return _save(one, form)
        except Refused as refusal:
            if not one.open:
                raise
            form.refuse("email" if "email" in form else "seats", refusal)
    return _event(shown, one, form)


def _save(one: queries.Sitting, form: SeatForm) -> ResponseReturnValue:
    """A person sees the ticket at once; a guest has to show first that the address is theirs."""
    if not isinstance(form, GuestForm):
        return redirect(f"/t/{registering.register(one.id, _party(form)).code}", 303)
    has_room = registering.ask(one.id, _party(form))
    return render_template(
        "programs/asked.html",
        one=one,
        email=form.address(),
        has_room=has_room,
        demo=config.current().demo,
    )


def _form(shown: queries.Shown) -> SeatForm:
    kind, asked = _asked(shown)
    return kind(**asked)


def _asked(shown: queries.Shown) -> tuple[type[SeatForm], dict[str, Any]]:
    asked = {"limit": shown.program.party_limit, "question": shown.program.question}
    if current_actor().id is None:
        return GuestForm, asked | {"days": library().guest_days}
    return SeatForm, asked


def _party(form: SeatForm) -> Party:
    actor = current_actor()
    guest = form if isinstance(form, GuestForm) else None
    return Party(
        name=(guest.name.data or "") if guest else actor.name,
        email=guest.address() if guest else None,
        person_id=actor.id,
        seats=int(form.seats.data),
        needs=form.needs.data or "",
        answer=(form.answer.data or "") if "answer" in form else "",
        remind=bool(form.remind.data),
    )


def _event(
    shown: queries.Shown, one: queries.Sitting | None, form: SeatForm | None = None
) -> ResponseReturnValue:
    """The page of an event; ``form`` where it was sent and refused."""
    kind, asked = _asked(shown)
    ids = [sitting.id for sitting in shown.sittings]
    own = tickets.mine(ids, person_id=current_actor().id)
    page = render_template(
        "programs/show.html",
        shown=shown,
        one=one,
        form=form,
        fields=_drawn(form) if form else _blank(kind, **asked),  # type: ignore[arg-type]  # a class is hashable
        own=own,
        facts=calendars.json_ld(shown),
    )
    return page, 422 if form and form.errors else 200


@lru_cache(maxsize=1_000)
def _blank(kind: Callable[..., SeatForm], **asked: Any) -> str:
    """The fields that nobody has filled in: the same for everybody, so they are drawn once."""
    return _drawn(kind(**asked))


def _drawn(form: SeatForm) -> str:
    fields: str = get_template_attribute("programs/_fields.html", "fields")(form)
    return fields


@blueprint.get("/t/<code>")
@requires(Permission.PUBLIC_READ)
def ticket(code: str) -> ResponseReturnValue:
    return _of_seat("ticket", *tickets.ticket(code))


@blueprint.get("/seats/<int:registration_id>/<signature>")
@open_to_all
def seat(registration_id: int, signature: str) -> ResponseReturnValue:
    return _of_seat("seat", *seats.by_link(registration_id, signature))


@blueprint.post("/seats/<int:registration_id>/<signature>")
@open_to_all
@by_signed_link
def change_seat(registration_id: int, signature: str) -> ResponseReturnValue:
    seats.by_link(registration_id, signature)
    return _change(registration_id)


@blueprint.post("/me/seats/<int:registration_id>")
@requires(Permission.OWN_PAGE)
def change_own_seat(registration_id: int) -> ResponseReturnValue:
    registration = tickets.seat(registration_id)
    if registration is None or registration.person_id != current_actor().id:
        raise Missing(_("There is nothing here, or it is no longer public."))
    return _change(registration_id)


def _change(registration_id: int) -> ResponseReturnValue:
    what = {"cancel": registering.cancel, "take": registering.take, "wait": registering.wait_on}
    if (do := request.form.get("do")) not in what:
        raise Refused(_("Choose one of the buttons."))
    registration = what[do](registration_id)
    return redirect(seat_path(registration.id, registration.version), 303)


def _of_seat(page: str, registration: Registration, one: queries.Sitting) -> ResponseReturnValue:
    until = registration.offered_until
    return render_template(
        f"programs/{page}.html",
        registration=registration,
        one=one,
        position=tickets.position(registration),
        until=to_local(until, library().timezone) if until else None,
    )
