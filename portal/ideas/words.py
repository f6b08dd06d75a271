"""What pages call the states of an idea, and how the tag of each looks.

The words only are the message: the look (a class of ``.tag``) and the icon repeat them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from portal.ideas.lifecycle import Publication, Stage


@dataclass(frozen=True, slots=True)
class Status:
    words: str
    look: str
    icon: str


STATUSES: Mapping[str, Status] = {
    Publication.DRAFT: Status(_l("Draft"), "", "pencil"),
    Publication.PENDING: Status(_l("Being checked"), "", "clock"),
    Publication.PUBLISHED: Status(_l("Published"), "open", "check"),
    Publication.SENT_BACK: Status(_l("Sent back with a question"), "plan", "undo-2"),
    Publication.NOT_PUBLISHED: Status(_l("Not published"), "", "circle-pause"),
    Publication.HIDDEN: Status(_l("Hidden"), "", "lock"),
    Publication.RETIRED: Status(_l("Taken back by its author"), "", "undo-2"),
    Publication.MERGED: Status(_l("Joined with another idea"), "", "merge"),
    Stage.OPEN: Status(_l("Gathering votes"), "open", "hand"),
    Stage.UNDER_REVIEW: Status(_l("Gathering votes"), "open", "hand"),
    Stage.LOOKING: Status(_l("Looking for a partner"), "partner", "handshake"),
    Stage.PLANNING: Status(_l("Being planned"), "plan", "clipboard-list"),
    Stage.SCHEDULED: Status(_l("On the calendar"), "set", "calendar-check"),
    Stage.HELD: Status(_l("It happened"), "done", "check"),
    Stage.RESULTS: Status(_l("It happened"), "done", "check"),
    Stage.NOT_NOW: Status(_l("Not now"), "", "circle-pause"),
    Stage.NOT_MOVING: Status(_l("Not moving forward"), "no", "x"),
    Stage.ALREADY: Status(_l("Already here"), "set", "book-open"),
}

# Why an idea does not move forward: the codes of its story, and how they read.
NO_REASONS: Mapping[str, object] = {
    "policy": _l("It does not fit our rules or the law"),
    "scope": _l("It is not something a library does"),
    "commercial": _l("It sells or advertises something"),
    "money": _l("It costs more than we can pay"),
    "room": _l("We have no fitting room or thing for it"),
    "time": _l("We have too few people for it"),
    "safety": _l("We cannot make it safe enough"),
}
