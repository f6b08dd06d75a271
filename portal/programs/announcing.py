"""A plan goes on the calendar, once: the idea moves, its followers hear first."""

from flask_babel import gettext as _
from sqlalchemy import func, select

from portal.agreements import queries as agreements
from portal.agreements.lifecycle import AgreementState
from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused
from portal.core.events import publish
from portal.ideas import deciding
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import STAGES, Decision
from portal.ideas.models import Idea
from portal.notifications import telling
from portal.policy import Actor
from portal.programs import agreeing, first_seats, planning, queries
from portal.programs.events import ProgramAnnounced
from portal.programs.lifecycle import PROGRAM, ProgramMove
from portal.programs.models import Admission, Program, ProgramIdea, Session
from portal.programs.paths import program_path

SIGNED = frozenset({AgreementState.ACTIVE, AgreementState.FULFILLED})


def announce(program_id: int, *, by: Actor, reason: str = "") -> Program:
    """Put it on the calendar. Without every partner's signature it needs a reason."""
    program = planning.editable(program_id, by=by)
    _check_complete(program)
    _check_signed(program, reason)
    program.stage = PROGRAM.target(ProgramMove.ANNOUNCE, program.stage)
    program.announced_at, program.announced_by = clock.now(), by.id
    program.unsigned_reason = reason
    told = sum(_lead(program, idea_id, by=by) for idea_id in _ideas(program.id))
    seated = program.admission is Admission.SEATS
    program.first_seats_over = not (seated and program.followers_first and told)
    program.first_seats_until = None
    record("program.announce", actor_id=by.id, thing=("program", program.id))
    publish(ProgramAnnounced(program_id=program.id))
    return program


def _check_complete(program: Program) -> None:
    first = select(func.min(Session.starts_at)).where(Session.program_id == program.id)
    starts_at = db.session.scalar(first)
    if starts_at is None:
        raise Refused(_("It has no date yet."), _("Choose date, room and seats first."))
    if starts_at <= clock.now():
        raise Refused(_("Its date is over."), _("Choose a day to come."))
    planning.refuse_late_opening(program)
    if program.admission is Admission.ELSEWHERE and not program.calendar_link:
        raise Refused(_("It is not said yet where people sign up."), _("Add the link in step 3."))
    if not program.alone and not queries.partner_ids(program.id):
        raise Refused(_("Nobody runs it yet."), _("Choose a partner, or the library alone."))


def _check_signed(program: Program, reason: str) -> None:
    if not reason and unsigned(program):
        raise Refused(
            _("The agreement is not signed yet, or not as the plan is now."),
            _("Send it and wait for it, or publish anyway with a reason."),
        )


def unsigned(program: Program) -> set[int]:
    """The partners with whom the plan, as it is now, is not signed by both sides."""
    papers = agreements.state_for(program.id)
    signed = {one.organisation_id for one in papers if one.state in SIGNED}
    return set(queries.partner_ids(program.id)) - (signed - agreeing.outdated(program))


def _lead(program: Program, idea_id: int, *, by: Actor) -> int:
    """The idea is on the calendar; how many are told."""
    idea = db.session.get_one(Idea, idea_id)
    if Decision.SCHEDULE in STAGES.moves_from(idea.stage):
        line = Line(link=program_path(program.id, program.title))
        deciding.decide(idea_id, Decision.SCHEDULE, by=by.id, line=line)
    return telling.tell_followers(
        "seats_open",
        idea_id,
        key=first_seats.mail_key(program.id),
        context={"program_id": program.id, "idea_id": idea_id},
    )


def _ideas(program_id: int) -> list[int]:
    return list(
        db.session.scalars(
            select(ProgramIdea.idea_id)
            .where(ProgramIdea.program_id == program_id)
            .order_by(ProgramIdea.idea_id)
        )
    )
