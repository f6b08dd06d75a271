"""Seats: saved, given back, offered, taken. Every path holds the session's row first, so that its
count and its registrations agree and nobody is seated twice."""

from dataclasses import dataclass, replace
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select

from portal.accounts import addresses, quotas
from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db, lock
from portal.core.errors import Missing, Refused
from portal.core.text import one_line
from portal.core.tokens import draw, draw_word
from portal.mail import outbox
from portal.notifications import queries as notifications
from portal.policy import Actor, Permission, require
from portal.programs import places, waitlist
from portal.programs.lifecycle import SEAT, TAKING, ProgramStage, SeatMove, SeatState, SessionStage
from portal.programs.models import Admission, Program, ProgramIdea, Registration, Session
from portal.programs.telling import tell_partners
from portal.settings.queries import current as library

CODE_LETTERS = 8
ASKED_AN_HOUR = 120  # by guests from one network
ASKED_A_DAY = 10  # with one address


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """Who wants to come: a person with an account, or a guest with an e-mail."""

    name: str
    seats: int = 1
    email: str | None = None
    person_id: int | None = None
    needs: str = ""
    answer: str = ""
    remind: bool = True
    code: str = ""  # of the ticket, where the form that was sent had drawn one


def register(session_id: int, party: Party) -> Registration:
    """A seat for everybody in the party, or a place on the waitlist. Who asks a second time gets
    what they have already."""
    program, session = _begin(session_id)
    if (own := _own(session.id, party)) is not None:
        return own
    return _save(session, party, seated=_has_room(program, session, party))


def ask(session_id: int, guest: Party) -> bool:
    """The same for a guest, of whom only an address is known, which anybody may have typed:
    whether there was room for all of them. The answer and every refusal are the same where the
    address has seats already; what it has its owner reads in a mail. So what is counted against
    the quotas is the asking."""
    quotas.spend_here("seat", limit=ASKED_AN_HOUR, per=timedelta(hours=1))
    mailbox = f"address {addresses.key(guest.email or '')}"
    quotas.spend("seat day", mailbox, limit=ASKED_A_DAY, per=timedelta(days=1))
    program, session = _begin(session_id)
    own, has_room = _own(session.id, guest), _has_room(program, session, guest)
    if own is None:
        _save(session, guest, seated=has_room)
    else:
        _tell(own, "seat_again", key=draw())
    return has_room


def _begin(session_id: int) -> tuple[Program, Session]:
    session = lock(Session, session_id)
    program = db.session.get_one(Program, session.program_id)
    return program, session


def _has_room(program: Program, session: Session, party: Party) -> bool:
    """Whether all of the party have seats at once; refused where they cannot wait for them."""
    _check_open(program, session, party)
    fits = _fits(session, party.seats)
    if not fits and not program.waitlist:
        raise Refused(_("This event is full."), _("Look for another date among the events."))
    return fits


def _save(session: Session, party: Party, *, seated: bool) -> Registration:
    place = None if seated else session.places_given + 1
    state = SeatState.REGISTERED if seated else SeatState.WAITLISTED
    made = _insert(session, party, state=state, place=place)
    if seated:
        session.taken += party.seats
    else:
        waitlist.join(session)
    _tell(made, "seat_saved" if seated else "seat_waitlisted")
    if not seated:
        waitlist.offer_free_seats(session)
    return made


def register_at_desk(session_id: int, party: Party, *, by: Actor) -> Registration:
    """Seats by name alone, for somebody without an e-mail, who takes the printed ticket along.
    Nobody could tell them of a seat that is freed, so no place on the waitlist. The same form sent
    again, by a double press, is the same seat; another guest in it, by the back button, is not."""
    session = lock(Session, session_id)
    require(by, Permission.SESSION_RUN, places.of(session))
    if (drawn := _with_code(party.code)) is not None:
        mine = (drawn.session_id, drawn.name) == (session.id, one_line(party.name))
        if mine and drawn.state is not SeatState.CANCELLED:
            return drawn
        party = replace(party, code="")
    _check_open(db.session.get_one(Program, session.program_id), session, party)
    if not _fits(session, party.seats):
        raise Refused(
            _("There are not so many free seats."),
            _("Without an email nobody can be told when one is free. Raise the number of seats."),
        )
    made = _insert(session, party, state=SeatState.REGISTERED, at_desk=True)
    session.taken += party.seats
    record("seat.save_at_desk", actor_id=by.id, thing=("registration", made.id))
    return made


def _with_code(code: str) -> Registration | None:
    if not code:
        return None
    return db.session.scalars(select(Registration).where(Registration.code == code)).first()


def cancel_at_desk(session_id: int, registration_id: int, *, by: Actor) -> Registration:
    """Seats that were saved like this are given back where they were saved."""
    session = lock(Session, session_id)
    require(by, Permission.SESSION_RUN, places.of(session))
    registration = db.session.get(Registration, registration_id)
    if registration is None or registration.session_id != session_id or not registration.at_desk:
        raise Missing(_("There is nothing here, or it is no longer public."))
    record("seat.cancel_at_desk", actor_id=by.id, thing=("registration", registration_id))
    return cancel(registration_id)


def cancel(registration_id: int) -> Registration:
    """Give the seats back; the next on the list are asked at once. Twice does no harm."""
    registration, session = _held(registration_id)
    if registration.state is SeatState.CANCELLED:
        return registration
    session.taken -= seats_held(registration)
    registration.state = SEAT.target(SeatMove.CANCEL, registration.state)
    registration.offered_until = None
    registration.version += 1
    waitlist.offer_free_seats(session)
    return registration


def take(registration_id: int) -> Registration:
    """Take what is on offer. Too late is told."""
    registration, session = _held(registration_id)
    if registration.state is SeatState.REGISTERED:
        return registration
    _refuse_late(registration)
    registration.state = SEAT.target(SeatMove.TAKE, registration.state)
    registration.party = registration.offered_seats
    registration.offered_until = None
    _tell(registration, "seat_saved")
    waitlist.offer_free_seats(session)
    return registration


def wait_on(registration_id: int) -> Registration:
    """Fewer seats than the party needs: it keeps its place, and the next is asked."""
    registration, session = _held(registration_id)
    _refuse_late(registration)
    if registration.offered_seats >= registration.party:
        raise Refused(_("These are all the seats you asked for."), _("Take them or pass."))
    session.taken -= seats_held(registration)
    registration.waits_for_more_than = registration.offered_seats
    registration.state = SEAT.target(SeatMove.WAIT_ON, registration.state)
    registration.offered_until = None
    waitlist.offer_free_seats(session)
    return registration


def lapse(registration_id: int) -> None:
    """An offer whose time is over is cancelled; the next is asked."""
    registration, _session = _held(registration_id)
    until = registration.offered_until
    if registration.state is SeatState.OFFERED and until is not None and until <= clock.now():
        cancel(registration_id)


def set_capacity(session_id: int, seats: int, *, by: Actor) -> Session:
    """More seats go to those who wait; fewer than are taken, or more than the room holds, are
    refused. The partners hear of another number."""
    session = lock(Session, session_id)
    require(by, Permission.SESSION_RUN, places.of(session))
    if session.stage is not SessionStage.SCHEDULED:
        raise Refused(_("This session is closed or does not take place."))
    refuse_without_seats(session)
    room = library().rooms.get(session.room_id or 0)
    if room is not None and seats > room.capacity:
        raise Refused(
            _("%(room)s holds %(n)s people.", room=room.name, n=room.capacity),
            _("Choose fewer seats or a larger room."),
        )
    refuse_too_few(session, seats)
    was, session.capacity = session.capacity, seats
    session.version += 1
    record("session.seats", actor_id=by.id, thing=("session", session.id), seats=seats)
    if seats != was:
        tell_partners("partner_session_seats", session, was=was, now=seats)
    waitlist.offer_free_seats(session)
    return session


def refuse_without_seats(session: Session) -> None:
    if session.capacity == 0:
        raise Refused(_("No seats are saved here."), _("Count who came when it is over."))


def refuse_too_few(session: Session, seats: int) -> None:
    if seats < 1:
        raise Refused(_("Enter a number of seats of 1 or more"), field="seats")
    if seats < session.taken:
        raise Refused(
            ngettext(
                "%(num)s seat is taken already.", "%(num)s seats are taken already.", session.taken
            ),
            _("Choose at least that many, or ask people to give seats back."),
            field="seats",
        )


def _check_open(program: Program, session: Session, party: Party) -> None:
    now = clock.now()
    if program.stage is not ProgramStage.ANNOUNCED:
        raise Missing(_("There is nothing here, or it is no longer public."))
    if program.admission is not Admission.SEATS:
        raise Refused(_("No seats are saved here."), _("The page of the event says how to come."))
    if session.stage is not SessionStage.SCHEDULED or session.starts_at <= now:
        raise Refused(_("Seats for this event cannot be saved any more."))
    if not 1 <= party.seats <= program.party_limit:
        raise Refused(_("At most %(n)s seats for one party.", n=program.party_limit))
    if not program.first_seats_over:
        _check_follows(program, party.person_id)
    elif program.opens_at is not None and program.opens_at > now:
        raise Refused(_("Seats cannot be saved yet."), _("The page of the event says from when."))


def _check_follows(program: Program, person_id: int | None) -> None:
    if not _follows(program, person_id):
        raise Refused(
            _("Those who follow the idea have the first seats."),
            _("Everybody else can save a seat afterwards. The page of the event says from when."),
        )


def _follows(program: Program, person_id: int | None) -> bool:
    if person_id is None:
        return False
    ideas = select(ProgramIdea.idea_id).where(ProgramIdea.program_id == program.id)
    return any(
        notifications.follows(idea_id, person_id=person_id)
        for idea_id in db.session.scalars(ideas).all()
    )


def _fits(session: Session, seats: int) -> bool:
    return session.capacity - session.taken >= seats and not waitlist.anybody_waits(session)


def _insert(
    session: Session,
    party: Party,
    *,
    state: SeatState,
    place: int | None = None,
    at_desk: bool = False,
) -> Registration:
    registration = Registration(
        session_id=session.id,
        code=party.code or draw_word(CODE_LETTERS),
        party=party.seats,
        state=state,
        name=one_line(party.name),
        person_id=party.person_id,
        email=party.email,
        place=place,
        needs=party.needs,
        answer=party.answer,
        remind=party.remind,
        at_desk=at_desk,
    )
    db.session.add(registration)
    db.session.flush()
    return registration


def _tell(registration: Registration, kind: str, *, key: str = "") -> None:
    outbox.queue(
        kind,
        key=f"{kind}:{key or registration.id}",
        to=registration.person_id or registration.email or "",
        context={"registration_id": registration.id},
    )


def _own(session_id: int, party: Party) -> Registration | None:
    """What this person, or this address, has already."""
    whose: ColumnElement[bool] = Registration.person_id == party.person_id
    if party.person_id is None:
        whose = func.lower(Registration.email) == (party.email or "").lower()
    return db.session.scalars(
        select(Registration).where(
            Registration.session_id == session_id,
            Registration.state != SeatState.CANCELLED,
            whose,
        )
    ).first()


def _held(registration_id: int) -> tuple[Registration, Session]:
    """The registration, with its session's row held and both read anew."""
    session_id = db.session.scalar(
        select(Registration.session_id).where(Registration.id == registration_id)
    )
    session = lock(Session, session_id or 0)
    return lock(Registration, registration_id), session


def seats_held(registration: Registration) -> int:
    """How many seats of the session's count are theirs."""
    if registration.state is SeatState.OFFERED:
        return registration.offered_seats
    return registration.party if registration.state in TAKING else 0


def _refuse_late(registration: Registration) -> None:
    until = registration.offered_until
    if registration.state is not SeatState.OFFERED or until is None or until <= clock.now():
        raise Refused(
            _("This offer has run out, and the seat went to the next on the list."),
            _("Save a seat again to join the end of the list."),
        )
