"""The library's answer to an idea: official, dated, public, said by a person with a name. It stands
in the story, in the ledger and on each voter's receipt, and everybody who asked hears it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, select

from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db, lock
from portal.core.errors import Refused
from portal.core.events import on
from portal.ideas import deciding, voting
from portal.ideas.deciding import Line
from portal.ideas.events import IdeaDecided
from portal.ideas.lifecycle import STAGES, Decision, Publication, Stage
from portal.ideas.models import Idea, StoryLine
from portal.notifications.telling import tell_followers
from portal.policy import Actor, Permission, require
from portal.settings.queries import today

# What staff may say of an idea by themselves; all other moves follow from a plan and its sessions.
ANSWERS = (
    Decision.REVIEW,
    Decision.SEEK_PARTNER,
    Decision.POSTPONE,
    Decision.POINT_TO,
    Decision.DECLINE,
    Decision.REOPEN,
)
NEWS = frozenset({Stage.LOOKING, Stage.NOT_NOW, Stage.NOT_MOVING, Stage.ALREADY})
# The answers that everybody who asked is told at once.
TOLD = frozenset(set(ANSWERS) - {Decision.REVIEW})
SAME_PRESS = timedelta(minutes=10)
BACK = frozenset({(Stage.SCHEDULED, Stage.PLANNING), (Stage.NOT_NOW, Stage.OPEN)})


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is said. Without a move it is a note: the clock goes on. ``until`` is the day on which
    "not now" comes back by itself, or the search for a partner ends."""

    move: Decision | None
    sentence: str
    until: date | None = None
    reason_code: str = ""
    link: str = ""


def open_to(idea: Idea | Row[Any]) -> tuple[Decision, ...]:
    """The answers that can be given where the idea stands now."""
    if idea.publication is not Publication.PUBLISHED or idea.stage is Stage.SCHEDULED:
        return ()
    return tuple(one for one in ANSWERS if one in STAGES.moves_from(idea.stage))


def answer(idea_id: int, said: Answer, *, by: Actor, seen: int) -> Idea:
    """Say it in the library's name."""
    idea = lock(Idea, idea_id)
    require(by, Permission.IDEA_DECIDE, idea)
    deciding.refuse_if_changed(idea, seen)
    if idea.publication is not Publication.PUBLISHED:
        raise Refused(_("This idea is not public."), _("Answers are for everybody to read."))
    if not said.sentence:
        raise Refused(_("Say it in a sentence that everybody reads."))
    if said.until is not None and said.until <= today():
        raise Refused(_("Choose a day that is still to come."))
    record("idea.answer", actor_id=by.id, thing=("idea", idea.id), move=said.move or "note")
    if said.move is None:
        deciding.note(idea.id, Line(sentence=said.sentence), by=by.id)
        return idea
    if said.move not in open_to(idea):
        raise Refused(
            _("This answer does not fit where the idea stands now."),
            _("An event is taken off the calendar on its own page."),
        )
    line = Line(
        sentence=said.sentence, until=said.until, reason_code=said.reason_code, link=said.link
    )
    decided = deciding.decide(idea.id, said.move, by=by.id, line=line)
    _set_clock(decided)
    return decided


def was_just_said(idea_id: int, sentence: str, *, by: Actor) -> bool:
    """Whether the last line of the story is this, of this person, and new: a double press."""
    last = db.session.scalars(
        select(StoryLine).where(StoryLine.idea_id == idea_id).order_by(StoryLine.n.desc()).limit(1)
    ).first()
    if last is None or last.by_id != by.id or clock.now() - last.at > SAME_PRESS:
        return False
    return bool(sentence) and last.sentence == sentence


def answer_many(seen: Mapping[int, int], said: Answer, *, by: Actor) -> list[int]:
    """The same to each of these ideas, given with the version that was read: the ids of those that
    were answered. One that was changed or answered meanwhile is left as it is."""
    answered = []
    for idea_id, version in sorted(seen.items()):
        idea = lock(Idea, idea_id)
        if idea.version == version and said.move in open_to(idea):
            answer(idea_id, said, by=by, seen=version)
            answered.append(idea_id)
    return answered


def come_back(idea_id: int) -> None:
    """The day that "not now" named is here: votes are open again, and where there are enough of
    them already, the clock starts anew."""
    idea = lock(Idea, idea_id)
    if idea.stage is Stage.NOT_NOW and idea.comes_back_on and idea.comes_back_on <= today():
        deciding.decide(idea_id, Decision.REOPEN, by=None)
        _set_clock(idea)


def end_search(idea_id: int) -> None:
    """The search for a partner found none in its time: the library looks at the idea anew."""
    idea = lock(Idea, idea_id)
    if idea.stage is Stage.LOOKING and idea.search_ends_on and idea.search_ends_on < today():
        deciding.decide(idea_id, Decision.END_SEARCH, by=None)
        _set_clock(idea)


def _set_clock(idea: Idea) -> None:
    """Only a decision stops the clock; an idea that comes back with its votes starts it."""
    if idea.stage is Stage.OPEN:
        idea.goal_reached_at = None
        voting.reach_goal(idea)
    elif idea.stage is Stage.UNDER_REVIEW and idea.answer_due_on is None:
        idea.answer_due_on = voting.promised_day()
    elif idea.stage is not Stage.UNDER_REVIEW:
        idea.answer_due_on = None


@on(IdeaDecided)
def tell(event: IdeaDecided) -> None:
    """Everybody who asked hears an answer, and that an idea is back."""
    if event.became in NEWS or (event.was, event.became) in BACK:
        line = db.session.get_one(Idea, event.idea_id).story_lines
        context = {"idea": event.idea_id, "line": line}
        tell_followers("idea_answered", event.idea_id, key=f"line{line}", context=context)
