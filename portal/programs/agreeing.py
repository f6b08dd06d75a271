"""The agreement of a plan: its words are the plan's, and sending it puts the idea in planning."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import Row, select

from portal.agreements import queries as agreements
from portal.agreements import signing
from portal.agreements.drafting import Promise
from portal.agreements.lifecycle import AgreementState
from portal.agreements.models import Agreement
from portal.core.database import db
from portal.core.errors import Refused
from portal.core.locale import clock_time, long_date
from portal.ideas import deciding
from portal.ideas.forms import AGE_WORDS
from portal.ideas.lifecycle import STAGES, Decision
from portal.ideas.models import Idea
from portal.organisations.models import Organisation
from portal.policy import Actor
from portal.programs import planning
from portal.programs.lifecycle import SessionStage
from portal.programs.models import (
    Measure,
    Program,
    ProgramIdea,
    ProgramPartner,
    Session,
    Task,
)
from portal.settings.queries import current as library

CURRENT = frozenset(
    {
        AgreementState.SENT,
        AgreementState.SENT_BACK,
        AgreementState.PARTNER_SIGNED,
        AgreementState.ACTIVE,
    }
)


def send(program_id: int, *, by: Actor) -> list[Agreement]:
    """Send each partner the agreement as the plan has it now; again is a reminder."""
    program = planning.editable(program_id, by=by)
    partners = _partners(program_id)
    if not partners:
        raise Refused(_("Nobody runs it yet."), _("Choose a partner first."))
    sent = [
        signing.send(
            program_id,
            organisation_id=partner_id,
            promise=_promise(program, partner_id, name),
            by=by,
        )
        for partner_id, name in partners
    ]
    for idea in _ideas(program_id):
        if Decision.PLAN in STAGES.moves_from(idea.stage):
            deciding.decide(idea.id, Decision.PLAN, by=by.id)
    return sent


def renew(program: Program, *, by: Actor) -> None:
    """The event is changed: who has signed its agreement, or was to, gets it anew. The mail about
    the change says so."""
    changed, papers = outdated(program), agreements.state_for(program.id)
    current = {one.organisation_id for one in papers if one.state in CURRENT}
    for partner_id, name in _partners(program.id):
        if partner_id in changed & current:
            promise = _promise(program, partner_id, name)
            signing.renew(program.id, organisation_id=partner_id, promise=promise, by=by)


def outdated(program: Program) -> set[int]:
    """The partners whose agreement, as it was sent, is not what the plan says now."""
    sent = select(Agreement).where(Agreement.program_id == program.id, Agreement.current > 0)
    papers = {one.organisation_id: one for one in db.session.scalars(sent)}
    return {
        partner_id
        for partner_id, name in _partners(program.id)
        if partner_id in papers
        and signing.says_something_new(papers[partner_id], _promise(program, partner_id, name))
    }


def _partners(program_id: int) -> Sequence[Row[int, str]]:
    return db.session.execute(
        select(Organisation.id, Organisation.name)
        .join(ProgramPartner, ProgramPartner.organisation_id == Organisation.id)
        .where(ProgramPartner.program_id == program_id)
        .order_by(Organisation.id)
    ).all()


def _promise(program: Program, partner_id: int, partner: str) -> Promise:
    tasks = db.session.execute(
        select(Task.what, Task.organisation_id).where(Task.program_id == program.id)
    ).all()
    measures = db.session.execute(
        select(Measure.what, Measure.target).where(Measure.program_id == program.id)
    ).all()
    return Promise(
        library=library().name,
        partner=partner,
        program=program.title,
        plan_number=program.id,
        goal=program.goal,
        need=program.summary,
        votes=sum(idea.votes for idea in _ideas(program.id)),
        age_group=str(AGE_WORDS[program.age_group]) if program.age_group else "",
        sittings=tuple(_sitting(session) for session in _sessions(program.id)),
        measures=tuple((what, target) for what, target in measures),
        library_tasks=tuple(what for what, owner in tasks if owner is None),
        partner_tasks=tuple(what for what, owner in tasks if owner == partner_id),
        survey=_("five questions and two open ones, without their names"),
        contact=library().email or _("any desk"),
    )


def _sitting(session: Session) -> str:
    room = library().rooms.get(session.room_id or 0)
    words = {
        "day": long_date(session.starts_local.date()),
        "a": clock_time(session.starts_local),
        "b": clock_time(session.ends_local),
        "place": room.name if room else session.place,
    }
    if session.capacity == 0:
        return str(_("%(day)s, %(a)s to %(b)s, %(place)s", **words))
    return str(_("%(day)s, %(a)s to %(b)s, %(place)s, %(n)s seats", n=session.capacity, **words))


def _sessions(program_id: int) -> list[Session]:
    mine = select(Session).where(
        Session.program_id == program_id,
        Session.stage.not_in((SessionStage.CANCELLED, SessionStage.POSTPONED)),
    )
    return list(db.session.scalars(mine.order_by(Session.number)))


def _ideas(program_id: int) -> list[Idea]:
    led = (
        select(Idea)
        .join(ProgramIdea, ProgramIdea.idea_id == Idea.id)
        .where(ProgramIdea.program_id == program_id)
        .order_by(Idea.id)
    )
    return list(db.session.scalars(led))


def _branch_of(program_id: int) -> int | None:
    return db.session.scalar(select(Program.branch_id).where(Program.id == program_id))


signing.branches.append(_branch_of)
