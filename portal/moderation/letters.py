"""What authors hear of the review."""

from flask_babel import gettext as _

from portal.core.database import db
from portal.core.text import excerpt
from portal.ideas.lifecycle import VOTABLE, Publication
from portal.ideas.models import Idea
from portal.ideas.paths import idea_path
from portal.mail.letters import Envelope, Letter, renders
from portal.moderation import queries
from portal.policy import Actor


@renders("idea_publish")
@renders("idea_trust")
def published(envelope: Envelope) -> Letter | None:
    idea = _idea(envelope)
    if idea is None or idea.publication is not Publication.PUBLISHED:
        return None
    title = excerpt(idea.title, 80)
    subject = _("Your idea is public: %(title)s", title=title)
    news = _("A librarian has read your idea, and everybody can see it now. Your vote counts.")
    if _is_change(envelope):
        subject = _("Your change is public: %(title)s", title=title)
        news = _("A librarian has read your change, and everybody can see it now.")
    return Letter(
        subject=subject,
        lines=[news, *_message(envelope)],
        button=(_("See your idea"), idea_path(idea.id, idea.title)),
        reason=_("You get this because you wrote it."),
    )


@renders("idea_send_back")
def sent_back(envelope: Envelope) -> Letter | None:
    idea = _idea(envelope)
    if idea is None:
        return None
    news = _("Before your idea appears, a librarian asks:")
    if _is_change(envelope):
        news = _("Your idea stays as it was. Before your change appears, a librarian asks:")
    return Letter(
        subject=_("A question about your idea: %(title)s", title=excerpt(idea.title, 80)),
        lines=[news, *_message(envelope)],
        button=(_("Change your idea"), f"/ideas/{idea.id}/edit"),
        reason=_("You get this because you wrote it."),
    )


@renders("idea_refuse")
def refused(envelope: Envelope) -> Letter | None:
    idea = _idea(envelope)
    if idea is None:
        return None
    title = excerpt(idea.title, 80)
    subject = _("Your idea will not appear: %(title)s", title=title)
    news = _("A librarian decided not to publish your idea. The reason:")
    button, after = (
        (_("House rules"), "/rules"),
        [_("Ask at any desk if you want to talk about it.")],
    )
    if queries.may_appeal(idea, Actor(id=envelope.person_id)):
        button = (_("Ask for a second look"), f"/ideas/{idea.id}/appeal")
        after = [_("If you think that this is wrong, ask once for a second look.")]
    if _is_change(envelope):
        subject = _("Your change will not appear: %(title)s", title=title)
        news = _("Your idea stays as it was. A librarian did not publish your change. The reason:")
    return Letter(
        subject=subject,
        lines=[news, *_message(envelope)],
        button=button,
        after=after,
        reason=_("You get this because you wrote it."),
    )


@renders("idea_changed")
def changed(envelope: Envelope) -> Letter | None:
    """To those who follow an idea that means something else now."""
    idea = _idea(envelope)
    if idea is None or idea.publication is not Publication.PUBLISHED:
        return None
    back = _("If you voted for it and do not want it like this, take your vote back on its page.")
    return Letter(
        subject=_("An idea that you follow has changed: %(title)s", title=excerpt(idea.title, 80)),
        lines=[
            _("Its author changed what it is about. A librarian has read the new text."),
            *([back] if idea.stage in VOTABLE or idea.open_elsewhere else []),
        ],
        button=(_("Read it"), idea_path(idea.id, idea.title)),
        reason=_("You get this because you voted for it or follow it."),
        about_idea=idea.id,
        stoppable=True,
    )


def _is_change(envelope: Envelope) -> bool:
    """Whether it was about a newer text of an idea that is public."""
    return bool(envelope.context.get("change"))


def _idea(envelope: Envelope) -> Idea | None:
    return db.session.get(Idea, envelope.context["idea_id"])


def _message(envelope: Envelope) -> list[str]:
    words = envelope.context.get("message", "")
    return [f"“{words[:1000]}”"] if words else []
