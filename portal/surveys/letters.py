"""The mails of surveys and results."""

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from portal.core import clock, config
from portal.core.database import db
from portal.core.locale import long_date, to_local
from portal.ideas.lifecycle import READABLE
from portal.ideas.models import Idea
from portal.mail.letters import Envelope, Letter, renders
from portal.organisations import queries as organisations
from portal.programs import queries as programs
from portal.programs.models import Program, Session
from portal.settings.queries import current as library
from portal.surveys import keys, tickets
from portal.surveys.models import Instrument, Result, Survey


@renders("survey_invitation")
def invitation(envelope: Envelope) -> Letter | None:
    """With a link that nobody can read but who opens this mail, and letters to type instead."""
    survey_id = envelope.context["survey"]
    key = keys.find(survey_id)
    token = envelope.secret(key=key) if key else None
    row = db.session.execute(
        select(Program.title, Survey.closes_at, Instrument.questions)
        .join(Session, Session.program_id == Program.id)
        .join(Survey, Survey.session_id == Session.id)
        .join(Instrument, Instrument.id == Survey.instrument_id)
        .where(Survey.id == survey_id)
    ).first()
    if token is None or row is None or row.closes_at <= clock.now():
        return None
    asked = len(row.questions["items"])
    closes = long_date(to_local(row.closes_at, library().timezone).date())
    return Letter(
        subject=_("How was “%(title)s”?", title=row.title),
        lines=[
            ngettext(
                "%(num)s question to tick, about two minutes. Skip what you like.",
                "%(num)s questions to tick, about two minutes. Skip what you like.",
                asked,
            ),
            _("Nobody can tell who said what, not even somebody who can read our database."),
        ],
        button=(_("Answer"), f"/s/#{token}"),
        after=[
            _(
                "If the link does not open: go to %(page)s and type %(letters)s.",
                page=f"{config.current().base_url}/s/",
                letters=tickets.spaced(tickets.letters(token)),
            ),
            _("The link works once, until %(day)s.", day=closes),
        ],
        reason=_("You get this mail because you saved a seat at this event, or came to it."),
        stoppable=True,
    )


@renders("results")
def results(envelope: Envelope) -> Letter | None:
    """To everybody who asked for it: what came of it."""
    idea = db.session.get(Idea, envelope.context["idea"])
    if idea is None:
        return None
    why = _("You get this mail because you voted for the idea it came from, wrote it or follow it.")
    if idea.publication in READABLE:
        why = _(
            "You get this mail because you voted for “%(title)s”, wrote it or follow it.",
            title=idea.title,
        )
    return _results(envelope, reason=why, idea_id=idea.id)


@renders("partner_results")
def partner_results(envelope: Envelope) -> Letter | None:
    """To those who made it happen with us: counts, never names."""
    partners = programs.partner_ids(envelope.context["program"])
    if not any(organisations.acts_for(envelope.person_id, one) for one in partners):
        return None
    return _results(envelope, reason=_("You get this mail because your group ran this with us."))


def _results(envelope: Envelope, *, reason: str, idea_id: int | None = None) -> Letter | None:
    row = db.session.execute(
        select(Result, Program.title)
        .join(Program, Program.id == Result.program_id)
        .where(Result.program_id == envelope.context["program"], Result.published_at.is_not(None))
    ).first()
    if row is None:
        return None
    result, title = row
    visits = (result.figures or {})["came"]["visits"]
    came = [ngettext("%(num)s visit.", "%(num)s visits.", visits)] if visits else []
    return Letter(
        subject=_("What came of “%(title)s”", title=title),
        lines=[result.sentence, *came],
        button=(_("Read what came of it"), f"/results/{result.program_id}"),
        after=[_("What we will do next: %(next)s", next=result.next_step)],
        reason=reason,
        about_idea=idea_id,
        stoppable=True,
    )
