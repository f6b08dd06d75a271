"""How long it is known who stood behind an idea: a year after the library's last word on it, or as
many months as the library chose. The
number of votes stays, for good."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.core import clock
from portal.core.database import db, lock
from portal.core.keeping import BATCH, Subject, keeps
from portal.ideas.lifecycle import SETTLED, Publication
from portal.ideas.models import Idea, Life, Revision, StoryLine, Vote
from portal.notifications import subscribing
from portal.notifications.models import Reason, Stop, Subscription
from portal.settings.queries import current as library

MONTH = timedelta(days=365) / 12


def cut_votes() -> int:
    """Votes of one settled idea lose their people, and so does what those heard because of them."""
    over = select(Vote.idea_id).where(Vote.idea_id.in_(_settled())).limit(1)
    idea_id = db.session.scalar(over)
    return detach(idea_id) if idea_id is not None else 0


def detach(idea_id: int, *which: ColumnElement[bool]) -> int:
    """Cut the links of these votes, a batch at most; each is counted on."""
    idea = lock(Idea, idea_id)
    here = Vote.idea_id == idea.id
    some = select(Vote.person_id).where(here, *which).limit(BATCH)
    cut = delete(Vote).where(here, Vote.person_id.in_(some)).returning(Vote.person_id)
    people = db.session.scalars(cut, execution_options={"synchronize_session": False}).all()
    idea.detached += len(people)
    subscribing.drop_all(idea.id, people=people, reason=Reason.VOTED)
    return len(people)


def _settled() -> Select[int]:
    """Ideas on which the last word was said so long ago, and those joined with such a one."""
    joined = aliased(Idea)
    before = clock.now() - MONTH * library().vote_months
    into = exists().where(joined.id == Idea.merged_into, _is_over(joined, before))
    return select(Idea.id).where(or_(_is_over(Idea, before), into))


def _is_over(of: type[Idea], before: datetime) -> ColumnElement[bool]:
    since = func.coalesce(of.stage_since, of.made_at, type_=Idea.made_at.type)
    decided = of.stage.in_(SETTLED) & of.open_elsewhere.is_(False) & (since <= before)
    lately = exists().where(
        StoryLine.idea_id == of.id, StoryLine.life == Life.PUBLICATION, StoryLine.at > before
    )
    return or_(decided, (of.publication == Publication.RETIRED) & ~lately)


def _until() -> str:
    said = ngettext(
        "%(num)s month after the library’s last word on the idea: it took place, or it will not. "
        "Then the link to you is cut; the number stays",
        "%(num)s months after the library’s last word on the idea: it took place, or it will not. "
        "Then the link to you is cut; the number stays",
        library().vote_months,
    )
    return str(said)


keeps(
    Subject.IDEAS,
    *(Idea, Revision),
    what=_l("Your idea, and its earlier texts"),
    seen_by=_l("Everybody, once a librarian has read it; earlier texts the staff"),
    until=_l("Until you take it back"),
    why=_l("It is what the library answers to."),
)
keeps(
    Subject.IDEAS,
    *(Vote, Subscription),
    what=_l("Your vote, and that you hear what becomes of it"),
    seen_by=_l("Only you. Everybody else sees a number"),
    until=LazyString(_until),
    why=_l("So that each person counts once, and hears what came of it."),
    clear=cut_votes,
)
keeps(
    Subject.IDEAS,
    *(Subscription, Stop),
    what=_l("Ideas that you follow or wrote, and those you do not want mail about"),
    seen_by=_l("Only you; staff see how many follow"),
    until=_l("Until you stop it on your page"),
    why=_l("To tell you what you asked to know, and nothing else."),
)
