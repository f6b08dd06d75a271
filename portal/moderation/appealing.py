"""Who was told that their idea does not appear may ask once for a second look, by somebody else
where there is somebody else."""

from flask_babel import gettext as _

from portal.core.database import lock
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
    if queries.is_barred(idea, judge):
        raise Forbidden(
            _("You decided on this text before. Somebody else takes the second look."),
            _("A colleague can decide on it."),
        )
