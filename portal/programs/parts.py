"""Seats somebody saved, and what they planned, announced and counted for the library."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select

from portal.accounts.exports import adds, leaves_out
from portal.accounts.parts import is_email_of
from portal.programs.models import Program, Registration, Session

_TITLE = (
    select(Program.title)
    .join(Session, Session.program_id == Program.id)
    .where(Session.id == Registration.session_id)
)
_STARTS = select(Session.starts_local).where(Session.id == Registration.session_id)


def seats_of(person_id: int) -> ColumnElement[bool]:
    """Those of the account, and those saved as a guest with its address."""
    return or_(Registration.person_id == person_id, is_email_of(Registration.email, person_id))


adds(
    "seats",
    _l("Seats you saved"),
    seats_of,
    number=(Registration.id, _l("The number of the seat")),
    session=(Registration.session_id, _l("The number of the date")),
    event=(_TITLE.scalar_subquery(), _l("The name of the event")),
    starts=(_STARTS.scalar_subquery(), _l("When it begins, in the library’s time")),
    code=(Registration.code, _l("The code on your ticket")),
    party=(Registration.party, _l("How many people")),
    state=(Registration.state, _l("Where it is")),
    name=(Registration.name, _l("The name on it")),
    email=(Registration.email, _l("The email, where it was saved without an account")),
    needs=(Registration.needs, _l("What you asked us to know")),
    answer=(Registration.answer, _l("Your answer to the question at sign-up")),
    remind=(Registration.remind, _l("Whether you wanted a reminder")),
    share_name=(Registration.share_name, _l("Whether the partner may know your name")),
    place=(Registration.place, _l("Your number on the waitlist")),
    offers=(Registration.offers, _l("How often a free seat was offered")),
    offered_seats=(Registration.offered_seats, _l("How many seats were offered last")),
    offered_until=(Registration.offered_until, _l("Until when")),
    waits_for=(
        Registration.waits_for_more_than,
        _l("You would rather wait than take so many seats"),
    ),
    walk_in=(Registration.walk_in, _l("Whether you came without a seat")),
    arrived=(Registration.arrived, _l("How many of you came")),
    checked_in_at=(Registration.checked_in_at, _l("When you came")),
    made_at=(Registration.made_at, _l("When you saved it")),
)
leaves_out(_l("Counts the links in mails that have ended."), Registration.version)
leaves_out(_l("Only in seats of people without an email."), Registration.at_desk)
adds(
    "events_planned",
    _l("Events that you planned or announced for the library"),
    lambda person_id: or_(Program.planner_id == person_id, Program.announced_by == person_id),
    number=(Program.id, _l("The number of the event")),
    title=(Program.title, _l("Its name")),
    reason=(Program.unsigned_reason, _l("Why it was published before all had signed")),
    made_at=(Program.made_at, _l("When it was begun")),
    announced_at=(Program.announced_at, _l("When it was announced")),
)
adds(
    "dates_counted",
    _l("Dates that you counted and closed for the library"),
    lambda person_id: Session.closed_by == person_id,
    number=(Session.id, _l("The number of the date")),
    event=(Session.program_id, _l("The number of the event")),
    note=(Session.note, _l("The note")),
    closed_at=(Session.closed_at, _l("When")),
)
leaves_out(
    _l("About the event, not about a person; what is public is on its page."),
    *(Program.summary, Program.summary_html, Program.goal, Program.branch_id, Program.topic_id),
    *(Program.age_group, Program.stage, Program.step, Program.alone, Program.followers_first),
    *(Program.admission, Program.calendar_link, Session.moved_at),
    *(Program.party_limit, Program.waitlist, Program.question, Program.opens_at),
    *(Program.instrument_id, Program.first_seats_until, Program.first_seats_over),
    Program.results_owed_since,
    *(Program.version, Session.number, Session.starts_local, Session.ends_local, Session.zone),
    *(Session.starts_at, Session.ends_at, Session.capacity, Session.venue, Session.branch_id),
    *(Session.room_id, Session.place, Session.taken, Session.places_given, Session.stage),
    *(Session.reason, Session.head_count, Session.online_count, Session.staff_minutes),
    *(Session.cost, Session.version),
)
leaves_out(
    _l("It is you, in every row of yours; elsewhere it is somebody else."),
    Registration.person_id,
    Program.planner_id,
    Program.announced_by,
    Session.closed_by,
)
