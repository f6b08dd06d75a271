"""What the partners of an event hear when one of its dates changes, and what it means for what they
have agreed."""

from datetime import datetime

from flask_babel import gettext as _

from portal.agreements import queries as agreements
from portal.agreements.lifecycle import AgreementState
from portal.agreements.queries import Agreed
from portal.core.text import excerpt
from portal.mail.letters import Envelope, Letter, renders
from portal.organisations import queries as organisations
from portal.programs import queries
from portal.programs.letters import in_words, when_and_where
from portal.programs.lifecycle import SessionStage
from portal.programs.queries import Sitting

_OVER = (AgreementState.FULFILLED, AgreementState.EXPIRED)


@renders("partner_session_moved")
def moved(envelope: Envelope) -> Letter | None:
    """The last change only: a later one has a mail of its own."""
    one, was = _sitting(envelope), envelope.context["was"]
    if not _stands(one) or one.moved_at is None:
        return None
    if one.moved_at.isoformat() != envelope.context["moved_at"]:
        return None
    starts, ends = (datetime.fromisoformat(was[name]) for name in ("starts", "ends"))
    place = queries.place_of(was["room_id"], was["place"])
    return _letter(
        envelope,
        subject=_("Changed: %(title)s", title=excerpt(one.title, 80)),
        lines=[
            _("It was: %(when)s", when=_with_seats(in_words(starts, ends, place), was["seats"])),
            _("It is now: %(when)s", when=_with_seats(when_and_where(one), one.capacity)),
            f"“{one.reason}”",
        ],
        means=_("Your agreement has a new version with what is now. Read it, then sign it.")
        if _waits(envelope)
        else _("Your agreement says already what is now."),
    )


@renders("partner_session_seats")
def seats(envelope: Envelope) -> Letter | None:
    one, was, now = _sitting(envelope), envelope.context["was"], envelope.context["now"]
    if not _stands(one) or one.capacity != now:
        return None
    return _letter(
        envelope,
        subject=_("Another number of seats: %(title)s", title=excerpt(one.title, 80)),
        lines=[
            when_and_where(one),
            _("Seats: %(now)s. There were %(was)s.", now=now, was=was),
        ],
        means=_("Your agreement stays as it is: for a number of seats nobody signs again."),
    )


@renders("partner_session_postponed")
def postponed(envelope: Envelope) -> Letter | None:
    one = _sitting(envelope)
    if not one.postponed:
        return None
    return _letter(
        envelope,
        subject=_("Postponed: %(title)s", title=excerpt(one.title, 80)),
        lines=[
            _("Not on %(when)s", when=when_and_where(one)),
            f"“{one.reason}”",
            _("There is no new date yet. You hear as soon as there is one."),
        ],
        means=_("Your agreement stays until then. With the new date you get a version to sign."),
    )


@renders("partner_session_cancelled")
def cancelled(envelope: Envelope) -> Letter | None:
    one = _sitting(envelope)
    return _letter(
        envelope,
        subject=_("Does not take place: %(title)s", title=excerpt(one.title, 80)),
        lines=[when_and_where(one), f"“{one.reason}”"],
        means=_("Your agreement stays for the other dates.")
        if queries.goes_on(one.program_id)
        else _("Nothing more of your agreement is due. What was signed can still be read."),
    )


def _letter(envelope: Envelope, *, subject: str, lines: list[str], means: str) -> Letter | None:
    """With what it means for their agreement. Who is no longer in, or acts for them no more, has
    nothing to hear."""
    paper, partner_id = _paper(envelope), envelope.context["partner_id"]
    if not organisations.acts_for(envelope.person_id, partner_id):
        return None
    if paper is not None and paper.state is AgreementState.ENDED_EARLY:
        return None
    if paper is None:
        means = _("There is no agreement about it, so there is nothing to sign.")
    elif paper.state in _OVER:
        means = _("Your agreement about it is over, and stays as it was signed.")
    return Letter(
        subject=subject,
        lines=[_sitting(envelope).title, *lines, means],
        button=(_("Read the agreement"), f"/partner/agreements/{paper.id}")
        if paper
        else (_("Your events"), "/partner/events"),
        reason=_("You get this because you act for the partner."),
    )


def _sitting(envelope: Envelope) -> Sitting:
    return queries.sitting(envelope.context["session_id"])


def _stands(one: Sitting) -> bool:
    return one.stage is SessionStage.SCHEDULED


def _paper(envelope: Envelope) -> Agreed | None:
    """Their agreement, where one was sent."""
    papers = agreements.state_for(_sitting(envelope).program_id)
    theirs = envelope.context["partner_id"]
    return next((one for one in papers if one.organisation_id == theirs), None)


def _waits(envelope: Envelope) -> bool:
    paper = _paper(envelope)
    return paper is not None and paper.state is AgreementState.SENT


def _with_seats(when: str, seats: int) -> str:
    return str(_("%(when)s, %(n)s seats", when=when, n=seats)) if seats else when
