"""An idea is written, sent, and perhaps changed: the public text is always one that a librarian
approved or a trusted person wrote."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from portal.accounts import quotas
from portal.accounts.models import Person
from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db, get, lock
from portal.core.errors import Refused, TooMany
from portal.core.text import one_line, render
from portal.ideas import deciding, voting
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import Publication, Publishing
from portal.ideas.models import AgeGroup, Idea, Revision, Vote
from portal.notifications import subscribing
from portal.notifications.models import Reason
from portal.policy import Actor, Permission, Role, require
from portal.settings.models import ReviewMode
from portal.settings.queries import current as library

EDITABLE = frozenset(
    {Publication.DRAFT, Publication.PENDING, Publication.SENT_BACK, Publication.PUBLISHED}
)
MOST_A_MONTH = 10
SAME_PRESS = timedelta(minutes=10)
STAFF = frozenset({Role.LIBRARIAN, Role.MANAGER, Role.ADMINISTRATOR})


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What somebody wrote, and what they chose to add."""

    title: str
    happens: str
    need: str
    branch_id: int | None = None
    topic_id: int | None = None
    age_group: AgeGroup | None = None
    unnamed: bool = False
    suspicious: bool = False  # filled in as robots do: held, never refused
    untimely: bool = False  # sent in no time, or from a page forgotten for hours: so, too


def propose(draft: Draft, *, author: Actor) -> Idea:
    """A new idea: published at once where its author is trusted, else waiting for a librarian. Of
    staff nobody asks how long they wrote: who works alone could not publish it by themselves.
    The same words sent again, by a double press, are the same idea."""
    person = lock(Person, author.signed_in_id)
    staff = author.roles & STAFF
    if (sent := _just_sent(draft, Idea.author_id == person.id)) is not None:
        return sent
    if not staff:
        quotas.spend("idea.day", str(person.id), limit=3, per=timedelta(days=1))
        _refuse_too_many(person.id)
    idea = _add(draft, by=person.id, author_id=person.id, unnamed=draft.unnamed)
    subscribing.follow(idea.id, person_id=person.id, reason=Reason.WROTE)
    held = draft.suspicious or (draft.untimely and not staff)
    if _is_trusted(person, author) and not held:
        publish(idea, by=person.id)
    else:
        line = Line(public=False)
        deciding.move_publication(idea, Publishing.SUBMIT, by=person.id, line=line)
    return idea


def enter(draft: Draft, *, by: Actor) -> Idea:
    """An idea of somebody at the desk who has no e-mail, as staff wrote it down: public at once.
    Its author is nobody here, so no vote is cast; whose it is counts as support at the desk. The
    same words sent again, by a double press, are the same idea."""
    require(by, Permission.DESK_ENTER, draft)
    person = lock(Person, by.signed_in_id)
    lately = Idea.published_at > clock.now() - SAME_PRESS
    if (sent := _just_sent(draft, Idea.at_desk & lately)) is not None:
        return sent
    idea = _add(draft, by=person.id, unnamed=True, at_desk=True, desk_votes=1)
    publish(idea, by=person.id)
    voting.reach_goal(idea)
    record("idea.enter", actor_id=person.id, thing=("idea", idea.id))
    return idea


def _add(draft: Draft, *, by: int, **whose: Any) -> Idea:
    idea = Idea(
        title=one_line(draft.title),
        happens=draft.happens,
        need=draft.need,
        happens_html=render(draft.happens),
        need_html=render(draft.need),
        branch_id=draft.branch_id,
        topic_id=draft.topic_id,
        age_group=draft.age_group,
        **whose,
    )
    db.session.add(idea)
    db.session.flush()
    _add_revision(idea, draft, by=by)
    return idea


def _refuse_too_many(person_id: int) -> None:
    """Counted in what they wrote: the quotas' keys are of a day and cannot count a month."""
    month = clock.now() - timedelta(days=30)
    lately = select(func.count()).where(Idea.author_id == person_id, Idea.made_at > month)
    if (db.session.scalar(lately) or 0) >= MOST_A_MONTH:
        raise TooMany(
            _("You have shared %(n)s ideas in 30 days, which is the most.", n=MOST_A_MONTH),
            _("Vote for what others share, or come back in some days."),
        )


def _just_sent(draft: Draft, whose: ColumnElement[bool]) -> Idea | None:
    same = select(Idea).where(
        whose,
        Idea.title == one_line(draft.title),
        Idea.happens == draft.happens,
        Idea.need == draft.need,
        Idea.made_at > clock.now() - SAME_PRESS,
        Idea.publication.in_((Publication.PENDING, Publication.PUBLISHED)),
    )
    return db.session.scalars(same.limit(1)).first()


def publish(idea: Idea, *, by: int | None, line: Line = deciding.SILENT) -> None:
    """The text becomes public, and its author's vote is cast. The caller holds the row."""
    deciding.move_publication(idea, Publishing.PUBLISH, by=by, line=line)
    latest = db.session.get_one(Revision, (idea.id, idea.revisions))
    latest.approved_by, latest.approved_at = by, clock.now()
    db.session.flush()
    if idea.author_id is not None and idea.organisation_id is None:
        voting.cast(idea.id, person_id=idea.author_id)


def edit(idea_id: int, draft: Draft, *, author: Actor, seen: int) -> Idea:
    """A new version: at once where nothing is public yet, or the author is trusted and nobody
    else has voted; else it waits while the approved text stays. How the author is named changes
    at once."""
    idea = lock(Idea, idea_id)
    require(author, Permission.IDEA_EDIT, idea)
    if idea.publication not in EDITABLE:
        raise Refused(
            _("This text cannot be changed any more."), _("Share a new idea if you want to.")
        )
    deciding.refuse_if_changed(idea, seen)
    person = get(Person, author.signed_in_id)
    idea.unnamed = draft.unnamed
    revision = _add_revision(idea, draft, by=person.id)
    if idea.publication is not Publication.PUBLISHED:
        take_over(idea, revision)
        if idea.publication is Publication.SENT_BACK:
            line = Line(public=False)
            deciding.move_publication(idea, Publishing.SUBMIT, by=person.id, line=line)
    elif _may_change_at_once(idea, person, author):
        approve(idea, revision, by=person.id)
    idea.version += 1
    return idea


def _may_change_at_once(idea: Idea, person: Person, author: Actor) -> bool:
    """What others voted for does not become something else behind their backs."""
    if author.roles & STAFF:
        return True
    others = select(Vote.person_id).where(Vote.idea_id == idea.id, Vote.person_id != person.id)
    voted = idea.detached or db.session.scalar(others.limit(1))
    return not voted and _is_trusted(person, author)


def take_over(idea: Idea, revision: Revision) -> None:
    """The idea says what this revision says, and belongs where it says."""
    idea.title, idea.happens, idea.need = revision.title, revision.happens, revision.need
    idea.happens_html, idea.need_html = render(revision.happens), render(revision.need)
    idea.topic_id, idea.branch_id = revision.topic_id, revision.branch_id
    idea.age_group = revision.age_group


def approve(idea: Idea, revision: Revision, *, by: int) -> None:
    """A newer text takes the place of the public one."""
    take_over(idea, revision)
    revision.approved_by, revision.approved_at = by, clock.now()
    deciding.reindex(idea)


def _add_revision(idea: Idea, draft: Draft, *, by: int) -> Revision:
    idea.revisions += 1
    revision = Revision(
        idea_id=idea.id,
        n=idea.revisions,
        title=one_line(draft.title),
        happens=draft.happens,
        need=draft.need,
        topic_id=draft.topic_id,
        branch_id=draft.branch_id,
        age_group=draft.age_group,
        by_id=by,
    )
    db.session.add(revision)
    return revision


def _is_trusted(person: Person, author: Actor) -> bool:
    mode = library().review_mode
    if author.roles & STAFF or person.trusted_at or mode == ReviewMode.HOLD_NONE:
        return True
    return mode == ReviewMode.HOLD_NEW and _was_published_before(person.id)


def _was_published_before(person_id: int) -> bool:
    before = select(Idea.id).where(
        Idea.author_id == person_id, Idea.publication == Publication.PUBLISHED
    )
    return db.session.scalar(before.limit(1)) is not None
