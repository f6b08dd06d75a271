"""What was put on once is planned again: the steps are filled in, only the date is missing."""

from flask_babel import gettext as _
from sqlalchemy import select

from portal.agreements.lifecycle import AgreementState
from portal.agreements.models import Agreement
from portal.core.database import db, get, lock
from portal.core.errors import Refused
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea
from portal.organisations.lifecycle import Standing
from portal.organisations.models import Organisation
from portal.policy import Actor, Permission, require
from portal.programs import plans, queries
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Measure, Program, ProgramIdea, ProgramPartner, Task

SAME = (
    *("title", "summary", "summary_html", "goal", "branch_id", "topic_id", "age_group", "alone"),
    *("admission", "followers_first", "party_limit", "waitlist", "question", "instrument_id"),
)


def plan_again(program_id: int, *, by: Actor) -> Program:
    """A new plan with the steps of a program that was announced or is over, without its dates, the
    link of these in a calendar elsewhere, guests, agreements and results. The ideas behind it are
    those of the new one, too."""
    old = get(Program, program_id)
    require(by, Permission.PROGRAM_PLAN, old)
    if old.stage is ProgramStage.PLANNING:
        raise Refused(_("This is a plan already."), _("Go on with it."))
    ideas = _ideas(program_id)
    partners = _partners(program_id)
    new = Program(
        planner_id=by.signed_in_id,
        step=_first_gap(old, partners),
        **{name: getattr(old, name) for name in SAME},
    )
    db.session.add(new)
    db.session.flush()
    db.session.add_all(ProgramIdea(program_id=new.id, idea_id=one) for one in ideas)
    db.session.add_all(
        ProgramPartner(program_id=new.id, organisation_id=one) for one in sorted(partners)
    )
    _copy_steps(program_id, new.id, partners)
    db.session.flush()
    return new


def _first_gap(old: Program, partners: set[int]) -> int:
    """The first step that is not filled in yet."""
    if not old.goal:
        return 1
    return 3 if partners or old.alone else 2


def _ideas(program_id: int) -> list[int]:
    """Those that are public still. Held, so that no idea has two plans at once."""
    found = []
    mine = select(ProgramIdea.idea_id).where(ProgramIdea.program_id == program_id)
    for idea_id in sorted(db.session.scalars(mine)):
        if lock(Idea, idea_id).publication is Publication.PUBLISHED:
            found.append(idea_id)
        if plans.of_idea(idea_id) is not None:
            raise Refused(
                _("Idea %(n)s is being planned already.", n=idea_id),
                _("Go on with that plan. It stands under Today."),
            )
    return found


def _partners(program_id: int) -> set[int]:
    """Those that may partner still, and did not leave."""
    left = select(Agreement.organisation_id).where(
        Agreement.program_id == program_id, Agreement.state == AgreementState.ENDED_EARLY
    )
    verified = select(Organisation.id).where(
        Organisation.id.in_(queries.partner_ids(program_id)),
        Organisation.id.not_in(left),
        Organisation.standing == Standing.VERIFIED,
    )
    return set(db.session.scalars(verified))


def _copy_steps(old_id: int, new_id: int, partners: set[int]) -> None:
    tasks, measures = plans.tasks_and_measures(old_id)
    for task in tasks:
        if task.organisation_id is None or task.organisation_id in partners:
            owner = task.organisation_id
            db.session.add(Task(program_id=new_id, what=task.what, organisation_id=owner))
    for one in measures:
        again = Measure(program_id=new_id, what=one.what, target=one.target, kind=one.kind)
        db.session.add(again)
