"""What pages read of plans under way, and of the agreements of events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, union_all

from portal.agreements.lifecycle import AgreementState
from portal.agreements.models import Agreement, Side, Signature
from portal.core.database import checked, db
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea
from portal.organisations.models import Organisation
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Measure, Program, ProgramIdea, Session, Task
from portal.programs.paths import plan_path


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A plan under way, and for whom its agreement waits; or an idea whose plan was called off."""

    id: int  # 0 where the plan is to be begun anew
    idea_id: int | None
    branch_id: int | None
    title: str
    step: int
    partner: str = ""
    paper: AgreementState | None = None
    since: datetime | None = None

    @property
    def path(self) -> str:
        return f"{plan_path(self.id, self.idea_id)}/{self.step}"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """An agreement in a list, with the title and the branch of what it is about."""

    id: int
    program_id: int
    organisation_id: int
    branch_id: int | None
    title: str
    partner: str
    state: AgreementState
    remark: str
    sent_at: datetime | None
    signed_at: datetime | None  # by the partner, as it is now


def of_idea(idea_id: int) -> Program | None:
    """The plan of an idea that is under way."""
    return db.session.scalars(
        select(Program)
        .join(ProgramIdea, ProgramIdea.program_id == Program.id)
        .where(ProgramIdea.idea_id == idea_id, Program.stage == ProgramStage.PLANNING)
        .order_by(Program.id.desc())
        .limit(1)
    ).first()


def called_off(idea_id: int) -> Program | None:
    """The last program of an idea, where it does not take place."""
    last = db.session.scalars(
        select(Program)
        .join(ProgramIdea, ProgramIdea.program_id == Program.id)
        .where(ProgramIdea.idea_id == idea_id)
        .order_by(Program.id.desc())
        .limit(1)
    ).first()
    return last if last is not None and last.stage is ProgramStage.CANCELLED else None


def without_idea(program_id: int) -> Program | None:
    """A plan under way that no idea asked for."""
    asked = select(ProgramIdea.program_id).where(ProgramIdea.program_id == program_id)
    return db.session.scalars(
        select(Program).where(
            Program.id == program_id, Program.stage == ProgramStage.PLANNING, ~asked.exists()
        )
    ).first()


def idea_of(program_id: int) -> int | None:
    """The idea from whose page a plan goes on."""
    return db.session.scalar(
        select(ProgramIdea.idea_id)
        .where(ProgramIdea.program_id == program_id)
        .order_by(ProgramIdea.idea_id)
        .limit(1)
    )


def is_waited_for(program_id: int) -> bool:
    """Whether an idea is being planned by this plan."""
    ideas = (
        select(Idea.id)
        .join(ProgramIdea, ProgramIdea.idea_id == Idea.id)
        .where(ProgramIdea.program_id == program_id, checked(Idea.stage == Stage.PLANNING))
    )
    return db.session.scalar(ideas.limit(1)) is not None


def has_date(program_id: int) -> bool:
    """Whether a plan has come so far that all of it is seen in the last step."""
    dates = select(Session.id).where(Session.program_id == program_id)
    return db.session.scalar(dates.limit(1)) is not None


def tasks_and_measures(program_id: int) -> tuple[Sequence[Task], Sequence[Measure]]:
    tasks = db.session.scalars(
        select(Task).where(Task.program_id == program_id).order_by(Task.id)
    ).all()
    measures = db.session.scalars(
        select(Measure).where(Measure.program_id == program_id).order_by(Measure.id)
    ).all()
    return tasks, measures


_WAITS = and_(
    Agreement.program_id == Program.id,
    Agreement.state.in_(
        (AgreementState.SENT, AgreementState.SENT_BACK, AgreementState.PARTNER_SIGNED)
    ),
)
_PLANNED = exists().where(
    ProgramIdea.idea_id == Idea.id,
    Program.id == ProgramIdea.program_id,
    Program.stage == ProgramStage.PLANNING,
)


def under_way(*, limit: int = 20) -> list[Plan]:
    """Plans under way, the longest without an end first; each once, with the paper that was sent
    first of those that still wait. Before them the ideas whose plan was called off."""
    plans = (
        select(Program.id, ProgramIdea.idea_id, Program.branch_id, Program.title, Program.step)
        .add_columns(Organisation.name, Agreement.state, Agreement.sent_at)
        .outerjoin(ProgramIdea, ProgramIdea.program_id == Program.id)
        .outerjoin(Agreement, _WAITS)
        .outerjoin(Organisation, Organisation.id == Agreement.organisation_id)
        .where(Program.stage == ProgramStage.PLANNING)
    )
    nothing = (Organisation.name, Agreement.state, Agreement.sent_at)
    anew = (
        select(literal(0).label("id"), Idea.id.label("idea_id"), Idea.branch_id, Idea.title)
        .add_columns(literal(1).label("step"), *(literal(None, one.type) for one in nothing))
        .where(Idea.publication == Publication.PUBLISHED, Idea.stage == Stage.PLANNING, ~_PLANNED)
        .order_by(Idea.votes.desc(), Idea.id.desc())
        .limit(limit)
        .subquery()
    )
    both = union_all(plans, select(anew))
    rows = db.session.execute(both.order_by("id", "sent_at", "idea_id").limit(2 * limit))
    found: dict[tuple[int, int | None], Plan] = {}
    for number, idea_id, branch_id, title, step, partner, paper, since in rows:
        plan = Plan(
            id=number,
            idea_id=idea_id,
            branch_id=branch_id,
            title=title,
            step=step,
            partner=partner or "",
            paper=paper,
            since=since,
        )
        found.setdefault((number, None if number else idea_id), plan)
    return list(found.values())


_DUE = or_(
    and_(
        Agreement.state.in_((AgreementState.PARTNER_SIGNED, AgreementState.SENT_BACK)),
        Program.stage != ProgramStage.CANCELLED,
    ),
    and_(Agreement.state == AgreementState.ENDED_EARLY, Program.stage == ProgramStage.ANNOUNCED),
)
_ASKED = and_(Agreement.state == AgreementState.SENT, Program.stage == ProgramStage.ANNOUNCED)


def papers_due() -> list[PaperLine]:
    """Agreements that wait for the library: signed by the partner, sent back by them, or ended
    though the event is on the calendar."""
    return _papers(_DUE)


def papers_open() -> list[PaperLine]:
    """The same, and those that wait for the partner of an event that is on the calendar; those of a
    plan stand with it."""
    return _papers(or_(_DUE, _ASKED))


def papers_of_partners(organisation_ids: frozenset[int]) -> list[PaperLine]:
    """What an organisation's people see: all that was sent to them, the newest first."""
    own = Agreement.organisation_id.in_(organisation_ids)
    return _papers(own, Agreement.current > 0)[::-1]


_SIGNED = and_(
    Signature.agreement_id == Agreement.id,
    Signature.n == Agreement.current,
    Signature.side == Side.PARTNER,
)


def _papers(*which: ColumnElement[bool]) -> list[PaperLine]:
    rows = db.session.execute(
        select(Agreement.id, Program.id, Organisation.id, Program.branch_id, Program.title)
        .add_columns(Organisation.name, Agreement.state, Agreement.remark, Agreement.sent_at)
        .add_columns(Signature.signed_at)
        .join(Program, Program.id == Agreement.program_id)
        .join(Organisation, Organisation.id == Agreement.organisation_id)
        .outerjoin(Signature, _SIGNED)
        .where(*which)
        .order_by(Agreement.sent_at, Agreement.id)
        .limit(200)
    )
    return [PaperLine(*row) for row in rows]
