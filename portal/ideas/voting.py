"""One vote for each person and idea; it can be taken back while votes are open.

Both calls can be repeated without harm, for people click twice and networks retry. Holding the
idea's row makes its count and its votes agree, whoever else is voting at that moment.
"""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, delete, or_, update

from portal.accounts import quotas
from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db, insert, lock, write
from portal.core.errors import Missing, Refused
from portal.core.events import on, publish
from portal.ideas import deciding
from portal.ideas.deciding import Line
from portal.ideas.events import SupportGained
from portal.ideas.lifecycle import VOTABLE, Decision, Publication, Stage
from portal.ideas.models import Idea, Vote
from portal.notifications import subscribing
from portal.notifications.models import Reason
from portal.policy import Actor, Permission, require
from portal.settings.events import GoalMoved
from portal.settings.queries import current as library
from portal.settings.queries import today

VOTES_AN_HOUR = 200


def cast(idea_id: int, *, person_id: int) -> Idea:
    """Count this person's vote, once. A merged idea's votes go to the one it joined. Whoever goes
    on without end is refused; taking back never is."""
    idea = votable(idea_id)
    if write(_cast, idea_id=idea.id, person_id=person_id, cast_at=clock.now()).first():
        quotas.spend("vote", str(person_id), limit=VOTES_AN_HOUR, per=timedelta(hours=1))
        idea.votes += 1
        subscribing.follow(idea.id, person_id=person_id, reason=Reason.VOTED)
        reach_goal(idea)
        publish(SupportGained(idea_id=idea.id, votes=idea.votes))
    return idea


def _cast() -> Any:
    return insert(Vote).on_conflict_do_nothing().returning(Vote.person_id)


def withdraw(idea_id: int, *, person_id: int) -> Idea:
    """Take the vote back, and with it what one hears because of it."""
    idea = votable(idea_id)
    if write(_withdrawn, idea_id=idea.id, person_id=person_id).first():
        idea.votes -= 1
        subscribing.drop(idea.id, person_id=person_id, reason=Reason.VOTED)
    return idea


def _withdrawn() -> Any:
    mine = (Vote.idea_id == bindparam("idea_id"), Vote.person_id == bindparam("person_id"))
    return delete(Vote).where(*mine).returning(Vote.person_id)


def support_at_desk(idea_id: int, *, by: Actor, people: int) -> Idea:
    """So many more people without an e-mail stand behind it, or fewer where it was a slip. Counted
    apart from votes, and for the goal like them; each change is in the audit log."""
    idea = votable(idea_id)
    require(by, Permission.DESK_ENTER, idea)
    idea.desk_votes = max(idea.desk_votes + people, 0)
    record("idea.support_at_desk", actor_id=by.id, thing=("idea", idea.id), people=people)
    reach_goal(idea)
    return idea


def votable(idea_id: int) -> Idea:
    """The idea that a vote for this one counts for, its row held; refused once votes are closed."""
    idea = lock(Idea, idea_id)
    if idea.merged_into is not None:
        idea = lock(Idea, idea.merged_into)
    if idea.publication is not Publication.PUBLISHED:
        raise Missing(_("There is nothing here, or it is no longer public."))
    if idea.stage not in VOTABLE and not idea.open_elsewhere:
        raise Refused(
            _("Votes on this idea are closed."), _("Its page says what the library decided.")
        )
    return idea


def reach_goal(idea: Idea) -> None:
    """At the goal the answer clock starts, once. Imported votes do not count. The caller holds the
    row."""
    goal = library().vote_goal
    if idea.goal_reached_at is not None or idea.votes + idea.desk_votes < goal:
        return
    idea.goal_reached_at = clock.now()
    idea.answer_due_on = promised_day()
    if idea.stage is Stage.OPEN:
        line = Line(until=idea.answer_due_on, reason_code="goal", goal=goal)
        deciding.decide(idea.id, Decision.REVIEW, by=None, line=line)


@on(GoalMoved)
def reach_goals(moved: GoalMoved) -> None:
    """A goal that was lowered is reached at once by every idea that has its votes."""
    votable = or_(Idea.stage.in_(VOTABLE), Idea.open_elsewhere)
    reached = (
        Idea.publication == Publication.PUBLISHED,
        Idea.goal_reached_at.is_(None),
        Idea.votes + Idea.desk_votes >= moved.goal,
    )
    line = Line(until=promised_day(), reason_code="goal", goal=moved.goal)
    deciding.review_all(*reached, line=line)
    clock_starts = {"goal_reached_at": clock.now(), "answer_due_on": line.until}
    started = update(Idea).where(*reached, votable).values(clock_starts)
    db.session.execute(started, execution_options={"synchronize_session": False})


def promised_day() -> date:
    """By when the library answers what reaches the goal now."""
    return today() + timedelta(days=library().answer_days)
