"""What the library chooses about itself, each choice by somebody who may."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from portal.core.database import db, get, insert
from portal.core.errors import Refused
from portal.core.events import publish
from portal.core.text import render
from portal.mail import outbox
from portal.policy import Actor, Permission, require
from portal.settings.changes import hold, noted
from portal.settings.events import GoalMoved
from portal.settings.models import HouseText, Reply
from portal.settings.queries import RULES


class Section(StrEnum):
    """Settings that are changed together, on one page."""

    LIBRARY = "library"
    LOOK = "look"
    WORDS = "words"
    PROMISES = "promises"
    PRIVACY = "privacy"


# Managers set policy; the rest is for administrators.
PERMISSIONS = {
    Section.LIBRARY: Permission.SETTINGS_CHANGE,
    Section.LOOK: Permission.SETTINGS_CHANGE,
    Section.WORDS: Permission.POLICY_SET,
    Section.PROMISES: Permission.POLICY_SET,
    Section.PRIVACY: Permission.SETTINGS_CHANGE,
}

USUAL_RULES = (
    _l("Write about programs that the library could put on: things to come to, learn or make."),
    _l(
        "Speak to each other as good neighbors do. No insults, no threats, nothing about a "
        "person’s private life."
    ),
    _l("Leave out phone numbers, addresses and names of people who did not agree."),
    _l("No selling, and no campaign for or against a candidate, party or faith."),
    _l("One person, one vote for each idea."),
)


def change(section: Section, values: Mapping[str, Any], *, by: Actor) -> None:
    """Keep what was chosen. From the next page on it is in force."""
    require(by, PERMISSIONS[section])
    library = hold()
    changed = [name for name, value in values.items() if getattr(library, name) != value]
    for name in changed:
        setattr(library, name, values[name])
    noted(section, by=by, changed=" ".join(changed))
    if "vote_goal" in changed:
        publish(GoalMoved(goal=library.vote_goal))


_rendered = lru_cache(maxsize=8)(render)  # one for each language


def usual_rules() -> str:
    """House rules for a library that has not written its own."""
    return "\n".join(f"- {sentence}" for sentence in USUAL_RULES)


def usual_rules_html() -> str:
    return _rendered(usual_rules())


def write_rules(words: str, *, by: Actor) -> None:
    """The library's own house rules; the usual ones again where they are the same or none."""
    require(by, Permission.POLICY_SET)
    hold()
    db.session.execute(delete(HouseText).where(HouseText.kind == RULES))
    if words and words != usual_rules():
        db.session.execute(
            insert(HouseText).values(kind=RULES, lang="en", words=words, html=render(words))
        )
    noted("rules", by=by)


def keep_reply(title: str, words: str, *, by: Actor, reply_id: int | None = None) -> None:
    """A new saved reply, or other words for one that is there."""
    require(by, Permission.POLICY_SET)
    hold()
    others = select(Reply.id).where(Reply.title == title, Reply.id != (reply_id or 0))
    if db.session.scalar(others):
        raise Refused(_("There is a reply with this name already."), _("Choose another name."))
    if reply_id is None:
        db.session.add(Reply(title=title, words=words))
    else:
        reply = get(Reply, reply_id)
        reply.title, reply.words = title, words
    noted("reply", by=by)


def drop_reply(reply_id: int, *, by: Actor) -> None:
    require(by, Permission.POLICY_SET)
    hold()
    db.session.execute(delete(Reply).where(Reply.id == reply_id))
    noted("reply", by=by)


def test_key(stamp: str, *, by: Actor) -> str:
    """What the outbox knows somebody's test mail of this moment by."""
    return f"settings_test:{by.signed_in_id}:{stamp}"


def send_test(stamp: str, *, by: Actor) -> None:
    """A mail to whoever asks, by the way that all mail takes. Twice in a second is once."""
    require(by, Permission.SETTINGS_CHANGE)
    outbox.queue("settings_test", key=test_key(stamp, by=by), to=by.signed_in_id)
