"""What those who asked for something hear when the library answers."""

from flask_babel import gettext as _

from portal.core import config
from portal.core.database import db
from portal.core.locale import short_date
from portal.core.text import excerpt
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea, StoryLine
from portal.ideas.paths import idea_path
from portal.ideas.words import NO_REASONS, STATUSES
from portal.mail.letters import Envelope, Letter, renders


@renders("idea_answered")
def answered(envelope: Envelope) -> Letter | None:
    idea = db.session.get(Idea, envelope.context["idea"])
    line = db.session.get(StoryLine, (envelope.context["idea"], envelope.context["line"]))
    if idea is None or line is None or idea.publication is not Publication.PUBLISHED:
        return None
    title = excerpt(idea.title, 80)
    return Letter(
        subject=_("%(answer)s: %(title)s", answer=STATUSES[line.became].words, title=title),
        lines=[_headline(line), *([f"“{line.sentence}”"] if line.sentence else []), *_more(line)],
        button=(_("See the idea"), idea_path(idea.id, idea.title)),
        reason=_("You get this because you voted for this idea, wrote it or follow it."),
        about_idea=idea.id,
        stoppable=True,
    )


def _headline(line: StoryLine) -> str:
    if (line.was, line.became) == (Stage.PLANNING, Stage.LOOKING):
        return str(_("The partner is no longer in, so the library looks for another."))
    words = {
        Stage.LOOKING: _("The library would do this, and looks for a partner."),
        Stage.NOT_NOW: _("The library answered: not now."),
        Stage.NOT_MOVING: _("The library answered: this is not moving forward."),
        Stage.ALREADY: _("The library answered: this is already here."),
        Stage.PLANNING: _("The date does not take place. The library plans it anew."),
        Stage.OPEN: _("This idea is back: votes are open again."),
    }
    return str(words[Stage(line.became)])


def _more(line: StoryLine) -> list[str]:
    """What the move says beside its sentence."""
    said = []
    if line.reason_code in NO_REASONS:
        said.append(_("Why: %(reason)s", reason=NO_REASONS[line.reason_code]))
    if line.link:
        said.append(_("Where it is: %(link)s", link=_address(line.link)))
    if line.until and line.became == Stage.NOT_NOW:
        said.append(_("It comes back by itself on %(day)s.", day=short_date(line.until)))
    if line.until and line.became == Stage.LOOKING:
        said.append(_("The search goes on until %(day)s.", day=short_date(line.until)))
    return said


def _address(link: str) -> str:
    """Whole, as a mail program can follow it: also that of a page of ours."""
    return f"{config.current().base_url}{link}" if link.startswith("/") else link
