"""Who was told that their idea does not appear may ask once for a second look, by somebody else
where there is somebody else."""

from flask_babel import gettext as _
from sqlalchemy import select

from portal.accounts.models import Grant, Person
from portal.core.database import db, lock
from portal.core.errors import Forbidden, Missing, Refused
from portal.ideas import deciding
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import PUBLICATION, Publishing
from portal.ideas.models import Idea
from portal.moderation import queries
from portal.policy import Actor, Permission, may


def appeal(idea_id: int, sentence: str, *, author: Actor) -> Idea:
    """Back to the queue, once, with what the author says to it."""
    idea = lock(Idea, idea_id)
    refuse_appeal(idea, author)
    if not sentence:
        raise Refused(_("Say in a sentence why it should appear."))
    line = Line(sentence=sentence, public=False)
    deciding.move_publication(idea, Publishing.APPEAL, by=author.id, line=line)
    return idea


def refuse_appeal(idea: Idea, author: Actor) -> None:
    if not may(author, Permission.IDEA_EDIT, idea):
        raise Missing(_("There is nothing here, or it is no longer public."))
    if Publishing.APPEAL not in PUBLICATION.moves_from(idea.publication):
        raise Refused(_("Nothing was decided here that could be looked at again."))
    if queries.appeal_of(idea.id) is not None:
        raise Refused(
            _("You asked for a second look before, and it was read."),
            _("Ask at any desk if you want to talk about it."),
        )


def refuse_second_judge(idea: Idea, judge: Actor) -> None:
    """Who said no reads the appeal only where nobody else could."""
    if queries.said_no(idea.id, judge.signed_in_id) and _somebody_else(idea, judge):
        raise Forbidden(
            _("You decided on this text before. Somebody else takes the second look."),
            _("A colleague can decide on it."),
        )


def _somebody_else(idea: Idea, judge: Actor) -> bool:
    others = (
        select(Grant.person_id)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.person_id.not_in((judge.signed_in_id, idea.author_id or 0)),
            Person.blanked_at.is_(None),
        )
    )
    if idea.branch_id is not None:
        here = (Grant.branch_id == idea.branch_id) | Grant.branch_id.is_(None)
        others = others.where(here)
    return db.session.scalar(others.limit(1)) is not None
