"""What the people of the library are called: one of a few words, for every language to have."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

# As it is kept, then one of them, then all of them.
PEOPLE: dict[str, tuple[Any, Any]] = {
    "neighbors": (_l("a neighbor"), _l("neighbors")),
    "residents": (_l("a resident"), _l("residents")),
    "patrons": (_l("a patron"), _l("patrons")),
    "members": (_l("a member"), _l("members")),
    "readers": (_l("a reader"), _l("readers")),
}


def one_of(kept: str) -> str:
    return str(PEOPLE[kept][0]) if kept in PEOPLE else str(_("somebody here"))


def all_of(kept: str) -> str:
    return str(PEOPLE[kept][1]) if kept in PEOPLE else kept
