"""A library's first five steps. Each ticks itself off from what is there; then the list goes. It
goes, too, once an event took place: whoever works alone need not invite a colleague."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, literal, select

from portal.accounts.models import Grant
from portal.audit.models import Entry
from portal.core.database import db
from portal.ideas.models import Idea
from portal.programs.lifecycle import SessionStage
from portal.programs.models import Session
from portal.settings.queries import current as library

COMMANDS = (
    "export PORTAL_INSTANCE=our-library",
    '.venv/bin/flask portal init --name "Our Library" --administrator you@example.org',
    ".venv/bin/flask portal link you@example.org",
    "make run",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    title: str
    words: str
    href: str
    done: bool


def steps() -> list[Step]:
    """The five, or none where all are done."""
    facts, (looked, own, colleagues, held) = library(), _there()
    found = [
        Step(
            title=_("Name and color"),
            words=_("Then every page looks like your library."),
            href="/staff/settings/look",
            done=looked,
        ),
        Step(
            title=_("Branches and rooms"),
            words=_("Then events can have a place."),
            href="/staff/settings/rooms" if facts.branches else "/staff/settings/branches/new",
            done=bool(facts.branches and facts.rooms),
        ),
        Step(
            title=_("Topics"),
            words=_("Then people find ideas like theirs."),
            href="/staff/settings/topics/new",
            done=bool(facts.topics),
        ),
        Step(
            title=_("One idea of your own"),
            words=_("Then the first visitor has something to vote for."),
            href="/ideas/new",
            done=own,
        ),
        Step(
            title=_("Invite a colleague"),
            words=_("Then somebody else can read what you write."),
            href="/staff/settings/people",
            done=colleagues,
        ),
    ]
    under_way = held and facts.rooms and facts.topics
    return [] if under_way or all(one.done for one in found) else found


def _there() -> tuple[bool, ...]:
    """Whether somebody chose the look, one of the staff wrote an idea, two people work here, and an
    event took place."""
    saved = ("settings.library", "settings.look")
    looked = select(Entry.id).where(
        Entry.thing_kind == "library", Entry.thing_id == 1, Entry.action.in_(saved)
    )
    own = select(Idea.id).join(Grant, Grant.person_id == Idea.author_id)
    people = select(func.count(Grant.person_id.distinct())).scalar_subquery()
    held = select(Session.id).where(Session.stage == SessionStage.HELD)
    there = select(looked.exists(), own.exists(), people > literal(1), held.exists())
    return tuple(map(bool, db.session.execute(there).one()))
