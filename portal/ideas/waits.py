"""What strangers may do with ideas, finished once their e-mail is known."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts import waiting
from portal.ideas import queries, voting, writing
from portal.ideas.models import AgeGroup
from portal.ideas.paths import idea_path
from portal.ideas.writing import Draft
from portal.policy import Actor


def _vote_waits(payload: dict[str, Any]) -> str:
    title = queries.public_title(payload["idea_id"])
    return str(_("Your vote for “%(title)s” waits.", title=title) if title else _("A vote waits."))


@waiting.does("vote", button=_l("Count my vote"), describe=_vote_waits)
def vote(payload: dict[str, Any], person_id: int) -> str:
    voting.cast(payload["idea_id"], person_id=person_id)
    return str(payload["next"])


def _idea_waits(_payload: dict[str, Any]) -> str:
    return str(_("Your idea waits."))


@waiting.does("idea", button=_l("Send my idea"), describe=_idea_waits, asks_name=True)
def send(payload: dict[str, Any], person_id: int) -> str:
    age = payload["age_group"]
    draft = Draft(**payload | {"age_group": AgeGroup(age) if age else None})
    idea = writing.propose(draft, author=Actor(id=person_id))
    return idea_path(idea.id, idea.title)
