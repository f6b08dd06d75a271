"""What a librarian decides on a text that waits. Nobody judges their own."""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from portal.accounts.models import Person
from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db, lock
from portal.core.errors import Forbidden, Refused
from portal.ideas import deciding, writing
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import Publication, Publishing
from portal.ideas.models import AgeGroup, Idea, Revision
from portal.mail import outbox
from portal.moderation import appealing
from portal.notifications import telling
from portal.policy import Actor, Permission, may


class Verdict(StrEnum):
    PUBLISH = "publish"
    TRUST = "trust"  # publish, and whatever this person writes from now on
    SEND_BACK = "send_back"
    REFUSE = "refuse"


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A verdict on the version that was read, with what was missing filled in."""

    verdict: Verdict
    seen: int
    message: str = ""
    topic_id: int | None = None
    branch_id: int | None = None
    age_group: AgeGroup | None = None
    meaning_changed: bool = False


def judge(idea_id: int, judgement: Judgement, *, judge: Actor) -> Idea:
    """Carry the verdict out and tell the author. Refused to the author, and where somebody else
    was faster."""
    idea = lock(Idea, idea_id)
    _check(idea, judgement, judge)
    by = judge.signed_in_id
    change = idea.publication is Publication.PUBLISHED
    if change:
        _judge_revision(idea, judgement, by=by)
    else:
        _judge_text(idea, judgement, by=by)
    record(f"idea.{judgement.verdict}", actor_id=by, thing=("idea", idea.id))
    _tell_author(idea, judgement, change=change)
    return idea


def _judge_text(idea: Idea, judgement: Judgement, *, by: int) -> None:
    """A text that is not public yet: it appears, or it does not."""
    _fill_in(idea, judgement)
    if judgement.verdict in (Verdict.PUBLISH, Verdict.TRUST):
        writing.publish(idea, by=by)
        if judgement.verdict is Verdict.TRUST:
            _trust(idea)
    else:
        move = Publishing.SEND_BACK if judgement.verdict is Verdict.SEND_BACK else Publishing.REFUSE
        line = Line(sentence=judgement.message, public=False)
        deciding.move_publication(idea, move, by=by, line=line)


def _fill_in(idea: Idea, judgement: Judgement) -> None:
    """Where it belongs, as the librarian says; the author's own word where they do not."""
    idea.topic_id = judgement.topic_id or idea.topic_id
    idea.age_group = judgement.age_group or idea.age_group
    idea.branch_id = judgement.branch_id or idea.branch_id


def _check(idea: Idea, judgement: Judgement, judge: Actor) -> None:
    if not may(judge, Permission.IDEA_MODERATE, idea):
        raise Forbidden(_("Nobody decides on their own text."), _("A colleague can decide on it."))
    deciding.refuse_if_changed(idea, judgement.seen)
    if idea.publication is Publication.PENDING:
        appealing.refuse_second_judge(idea, judge)
    if judgement.verdict in (Verdict.SEND_BACK, Verdict.REFUSE) and not judgement.message:
        raise Refused(_("Say why, so that the author knows what to do."))


def _judge_revision(idea: Idea, judgement: Judgement, *, by: int) -> None:
    """A newer text of a public idea: it takes the public one's place, or it does not."""
    revision = db.session.get_one(Revision, (idea.id, idea.revisions))
    if revision.approved_at or revision.refused_at:
        raise Refused(_("This text was decided on already."))
    if judgement.verdict in (Verdict.PUBLISH, Verdict.TRUST):
        writing.approve(idea, revision, by=by)
        _fill_in(idea, judgement)
        revision.meaning_changed = judgement.meaning_changed
        if judgement.meaning_changed:
            _tell_voters(idea)
        if judgement.verdict is Verdict.TRUST:
            _trust(idea)
    else:
        revision.refused_at = clock.now()
    idea.version += 1


def _trust(idea: Idea) -> None:
    author = db.session.get(Person, idea.author_id or 0)
    if author and author.trusted_at is None:
        author.trusted_at = clock.now()


def _tell_voters(idea: Idea) -> None:
    """What they voted for means something else now; they may take their vote back."""
    key, context = f"changed:{idea.revisions}", {"idea_id": idea.id}
    telling.tell_followers("idea_changed", idea.id, key=key, context=context, but=idea.author_id)


def _tell_author(idea: Idea, judgement: Judgement, *, change: bool) -> None:
    if idea.author_id is None:
        return
    outbox.queue(
        f"idea_{judgement.verdict}",
        key=f"idea:{idea.id}:judged:{idea.version}",
        to=idea.author_id,
        context={"idea_id": idea.id, "message": judgement.message, "change": change},
    )
