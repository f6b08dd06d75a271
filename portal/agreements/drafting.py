"""The words of an agreement, drafted from the steps of the plan. Plain language; a library has
its own counsel read them once."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from portal.core.locale import short_date


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """What the wizard knows of a program, as the agreement states it."""

    library: str
    partner: str
    program: str
    plan_number: int
    goal: str
    need: str
    votes: int
    age_group: str
    sittings: tuple[str, ...]  # date, time, place and seats of each
    measures: tuple[tuple[str, int], ...]  # what is counted, its target
    library_tasks: tuple[str, ...]
    partner_tasks: tuple[str, ...]
    survey: str
    contact: str


def draft(promise: Promise, *, number: int, day: date) -> str:
    """The agreement as Markdown: version ``number``, prepared on ``day``."""
    sections = [*_why_and_what(promise), *_who(promise), *_rules(promise)]
    head = _(
        "Between **%(library)s** (“Library”) and **%(partner)s** (“Partner”). Version "
        "%(number)s, prepared on %(day)s, from program plan %(plan)s.",
        library=promise.library,
        partner=promise.partner,
        number=number,
        day=short_date(day),
        plan=promise.plan_number,
    )
    title = _("Partnership agreement")
    numbered = (f"## {n}. {words}\n\n{body}" for n, (words, body) in enumerate(sections, 1))
    return "\n\n".join([f"# {title}", head, *numbered])


def _why_and_what(p: Promise) -> list[tuple[str, str]]:
    measures = _listed(tuple(f"{what}: {target}" for what, target in p.measures))
    voted = _("%(n)s people voted for this.", n=p.votes)
    known = _("We know that it worked by:")
    what = f"**{p.program}** ({p.age_group})\n\n{_listed(p.sittings)}\n\n{known}\n\n{measures}"
    return [
        (_("Why we work together"), f"{p.goal}\n\n{p.need}\n\n{voted}"),
        (_("What we will do"), what),
    ]


def _who(p: Promise) -> list[tuple[str, str]]:
    library_does = _listed(p.library_tasks or (_("Room, registration and publicity"),))
    partner_does = _listed(p.partner_tasks or (_("What its offer says"),))
    tasks = f"**{p.library}**\n\n{library_does}\n\n**{p.partner}**\n\n{partner_does}"
    own = _("Each side pays its own costs. No other payment is due unless it is written here.")
    return [(_("Who does what"), tasks), (_("What each contributes"), own)]


def _rules(p: Promise) -> list[tuple[str, str]]:
    return [
        (
            _("Free and open"),
            _(
                "The program is free, open to all and accessible; whoever needs help to take part "
                "asks %(contact)s. No condition of viewpoint, party or purchase; no sales or "
                "sign-ups.",
                contact=p.contact,
            ),
        ),
        (
            _("People"),
            _(
                "The Partner’s people follow the Library’s policies. With minors, two adults are "
                "present."
            ),
        ),
        (
            _("Privacy"),
            _(
                "Registration and attendance belong to the Library and are confidential library "
                "records. The Partner receives counts only, unless a person agrees separately. "
                "Photographs and recordings need consent."
            ),
        ),
        (
            _("Publicity"),
            _("Both names are used as agreed; neither implies endorsement by the other."),
        ),
        (
            _("Measuring results"),
            _(
                "Attendance is counted, and those who came are asked: %(survey)s. Results are "
                "shared publicly, without personal data.",
                survey=p.survey,
            ),
        ),
        (
            _("Ending"),
            _(
                "Either side may end this with 30 days’ notice, or at once for safety or breach. "
                "We talk first. Changes only in writing: a changed date, place, task or measure is "
                "a new version that both sign again."
            ),
        ),
    ]


def _listed(items: tuple[str, ...]) -> str:
    return "\n".join(f"- {item}" for item in items)
