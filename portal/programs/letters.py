"""What guests and followers hear: seats, changes, reminders."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from portal.core.database import db
from portal.core.locale import clock_time, hours, long_date, to_local
from portal.core.text import excerpt
from portal.mail.letters import Envelope, Letter, renders
from portal.programs import calendars, queries
from portal.programs.lifecycle import LIVE, ProgramStage, SeatState
from portal.programs.models import Admission, Program, Registration
from portal.programs.paths import program_path, seat_path
from portal.programs.queries import Sitting
from portal.settings.queries import current as library


def _seat(envelope: Envelope) -> tuple[Registration, Sitting] | None:
    registration = db.session.get(Registration, envelope.context["registration_id"])
    return (registration, queries.sitting(registration.session_id)) if registration else None


def when_and_where(one: Sitting) -> str:
    return in_words(one.starts_local, one.ends_local, one.place)


def in_words(starts: datetime, ends: datetime, place: str) -> str:
    day = long_date(starts.date())
    return str(_("%(day)s, %(hours)s, %(place)s", day=day, hours=hours(starts, ends), place=place))


def _because() -> str:
    return str(_("You get this because a seat was saved with your address."))


def _letter(subject: str, lines: list[str], button: tuple[str, str]) -> Letter:
    return Letter(subject=subject, lines=lines, button=button, reason=_because(), leads_on=True)


@renders("seat_saved")
@renders("seat_reminder")
def seat_saved(envelope: Envelope) -> Letter | None:
    found = _seat(envelope)
    if found is None or found[0].state is not SeatState.REGISTERED or not found[1].open:
        return None
    registration, one = found
    title = excerpt(one.title, 80)
    subject = (
        _("Tomorrow: %(title)s", title=title)
        if envelope.kind == "seat_reminder"
        else _("Your seat is saved: %(title)s", title=title)
    )
    lines = [
        one.title,
        when_and_where(one),
        _("Seats: %(n)s. Your ticket: %(code)s", n=registration.party, code=registration.code),
        _("Cannot come? Give the seat back, and the next on the list is glad.")
        if registration.person_id
        else _("Cannot come, or was it not you? Give it back, and the next on the list is glad."),
    ]
    path = seat_path(registration.id, registration.version)
    return _letter(subject, lines, (_("Your ticket, or give the seat back"), path))


@renders("seat_waitlisted")
def seat_waitlisted(envelope: Envelope) -> Letter | None:
    found = _seat(envelope)
    if found is None or found[0].state is not SeatState.WAITLISTED or not found[1].open:
        return None
    registration, one = found
    lines = [
        one.title,
        when_and_where(one),
        _("It is full. You are on the waitlist, number %(n)s.", n=registration.place),
        _("If a seat is free for you we write at once, and hold it until a set time."),
    ]
    path = seat_path(registration.id, registration.version)
    subject = _("You are on the waitlist: %(title)s", title=excerpt(one.title, 80))
    return _letter(subject, lines, (_("See your place, or leave the list"), path))


@renders("seat_offered")
def seat_offered(envelope: Envelope) -> Letter | None:
    found = _seat(envelope)
    if found is None or found[0].state is not SeatState.OFFERED or not found[1].open:
        return None
    registration, one = found
    if registration.offers != envelope.context["offer"] or registration.offered_until is None:
        return None
    until = to_local(registration.offered_until, library().timezone)
    lines = [
        one.title,
        when_and_where(one),
        _("Seats for you: %(n)s.", n=registration.offered_seats),
        _(
            "We hold them until %(day)s, %(time)s; then the next on the list is asked.",
            day=long_date(until.date()),
            time=clock_time(until),
        ),
    ]
    path = seat_path(registration.id, registration.version)
    subject = _("A seat is free for you: %(title)s", title=excerpt(one.title, 80))
    return _letter(subject, lines, (_("Take it, or pass it on"), path))


@renders("seat_again")
def seat_again(envelope: Envelope) -> Letter | None:
    """To the owner of an address with which seats were asked for twice: what they have."""
    found = _seat(envelope)
    render = _AS_IT_STANDS.get(found[0].state) if found else None
    if found is None or render is None:
        return None
    letter = render(replace(envelope, context=envelope.context | {"offer": found[0].offers}))
    said = _("Somebody, perhaps you, asked for a seat with your address again. Nothing changed:")
    return letter and replace(letter, lines=[said, *letter.lines])


_AS_IT_STANDS = {
    SeatState.REGISTERED: seat_saved,
    SeatState.WAITLISTED: seat_waitlisted,
    SeatState.OFFERED: seat_offered,
}


@renders("session_cancelled")
def session_cancelled(envelope: Envelope) -> Letter | None:
    found = _seat(envelope)
    if found is None:
        return None
    _registration, one = found
    lines = [one.title, when_and_where(one), f"“{one.reason}”"]
    subject = _("Does not take place: %(title)s", title=excerpt(one.title, 80))
    return _letter(subject, lines, (_("Other events"), "/events"))


@renders("session_moved")
def session_moved(envelope: Envelope) -> Letter | None:
    """The last change only: a later one has a mail of its own."""
    found = _seat(envelope)
    if found is None or found[0].state not in LIVE or not found[1].open:
        return None
    registration, one = found
    if one.moved_at is None or one.moved_at.isoformat() != envelope.context["moved_at"]:
        return None
    lines = [
        one.title,
        _("It was: %(when)s", when=_was(envelope.context["was"])),
        _("It is now: %(when)s", when=when_and_where(one)),
        f"“{one.reason}”",
        _kept(registration),
        _("Cannot come then? Give it back, and somebody else is glad."),
    ]
    subject = _("Changed: %(title)s", title=excerpt(one.title, 80))
    return _changed(registration, one, subject, lines)


@renders("session_postponed")
def session_postponed(envelope: Envelope) -> Letter | None:
    found = _seat(envelope)
    if found is None or found[0].state not in LIVE or not found[1].postponed:
        return None
    registration, one = found
    lines = [
        one.title,
        _("Not on %(when)s", when=when_and_where(one)),
        f"“{one.reason}”",
        _("There is no new date yet. You hear as soon as there is one."),
        _kept(registration),
    ]
    subject = _("Postponed: %(title)s", title=excerpt(one.title, 80))
    return _changed(registration, one, subject, lines)


def _was(facts: Mapping[str, Any]) -> str:
    starts, ends = (datetime.fromisoformat(facts[name]) for name in ("starts", "ends"))
    return in_words(starts, ends, queries.place_of(facts["room_id"], facts["place"]))


def _kept(registration: Registration) -> str:
    if registration.state is SeatState.REGISTERED:
        code, seats = registration.code, registration.party
        return str(_("Your seats stay yours: %(n)s. Your ticket: %(code)s", n=seats, code=code))
    if registration.offered_until is None:
        return str(_("You keep your place on the waitlist."))
    until = to_local(registration.offered_until, library().timezone)
    day, time = long_date(until.date()), clock_time(until)
    return str(_("Until %(day)s, %(time)s, we hold a seat for you.", day=day, time=time))


def _changed(registration: Registration, one: Sitting, subject: str, lines: list[str]) -> Letter:
    return Letter(
        subject=subject,
        lines=lines,
        button=(_("See it, or give it back"), seat_path(registration.id, registration.version)),
        reason=_because(),
        leads_on=True,
        calendar=calendars.ics([one]),
    )


@renders("seats_open")
def seats_open(envelope: Envelope) -> Letter | None:
    program = db.session.get(Program, envelope.context["program_id"])
    if program is None or program.stage is not ProgramStage.ANNOUNCED:
        return None
    return Letter(
        subject=_("You asked, it is on the calendar: %(title)s", title=excerpt(program.title, 80)),
        lines=[
            program.title,
            *(when_and_where(one) for one in queries.sittings_of(program.id)),
            *_how_to_come(program),
        ],
        button=(
            _("Save a seat") if program.admission is Admission.SEATS else _("See the event"),
            program_path(program.id, program.title),
        ),
        reason=_("You get this because you follow the idea it came from."),
        about_idea=envelope.context["idea_id"],
        stoppable=True,
    )


def _how_to_come(program: Program) -> list[str]:
    if program.admission is Admission.OPEN:
        return [_("No sign-up, just come.")]
    if program.admission is Admission.ELSEWHERE:
        return [_("Its page leads to the calendar where you sign up.")]
    if program.first_seats_over:
        return []
    return [_("You have the first seats: for 72 hours nobody else can save one.")]
