"""Seeded faults: what somebody might break without noticing, and on which database it shows.

A fault is other text in one module of the portal, put in as the module is imported; nothing is
changed on disk. Where the text is not there any more, planting it fails.

Of the faults of the prototype (``trust/conc/mutants.py``) those about merging wait for merging.
SQLite lets one writer in at a time, so a forgotten lock does not show there; a deferred BEGIN does.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

VARIABLE = "FOREWORD_FAULT"
PAUSE = "__import__('time').sleep(0.03)"


@dataclass(frozen=True, slots=True)
class Fault:
    """``text`` in ``module`` becomes ``instead``. Who notices: a ``game``, or else tests."""

    module: str
    text: str
    instead: str
    game: str = ""
    tests: tuple[str, ...] = ()
    databases: tuple[str, ...] = ("sqlite", "postgresql")


FAULTS = {
    "no lock on the idea": Fault(
        "portal.ideas.voting",
        "    idea = lock(Idea, idea_id)\n    if idea.merged_into",
        f"    idea = db.session.get_one(Idea, idea_id); {PAUSE}\n    if idea.merged_into",
        game="vote",
        databases=("postgresql",),
    ),
    "the rowcount of an INSERT": Fault(
        "portal.ideas.voting",
        "on_conflict_do_nothing().returning(Vote.person_id)\n"
        "    if db.session.scalar(statement) is not None:",
        "on_conflict_do_nothing()\n    if db.session.execute(statement).rowcount > 0:",
        game="vote",
        databases=("postgresql",),
    ),
    "the counter does not move": Fault(
        "portal.ideas.voting", "        idea.votes += 1\n", "        pass\n", game="vote"
    ),
    "no lock on the session": Fault(
        "portal.programs.registering",
        "    session = lock(Session, session_id)\n    program = db",
        f"    session = db.session.get_one(Session, session_id); {PAUSE}\n    program = db",
        game="last seat",
        databases=("postgresql",),
    ),
    "seats are not counted": Fault(
        "portal.programs.registering",
        "    return session.capacity - session.taken >= seats and",
        "    return session.capacity >= seats and",
        game="last seat",
    ),
    "a guest's second request is another seat": Fault(
        "portal.programs.registering", "email=party.email,", "email=None,", game="one seat each"
    ),
    "a code that was used is good": Fault(
        "portal.accounts.signing_in", "SignIn.used_at.is_(None) & ", "", game="code"
    ),
    "a ticket is looked at, then used": Fault(
        "portal.surveys.answering",
        "taken = delete(Ticket).where(tickets.matches(ticket)).returning(Ticket.survey_id)",
        f"taken = select(Ticket.survey_id).where(tickets.matches(ticket)); {PAUSE}",
        game="ticket",
    ),
    "a transaction that becomes a writer later": Fault(
        "portal.core.database",
        '"BEGIN" if read_only else "BEGIN IMMEDIATE"',
        '"BEGIN"',
        game="last seat",
        databases=("sqlite",),
    ),
    "a seat goes past the waitlist": Fault(
        "portal.programs.registering",
        ">= seats and not waitlist.anybody_waits(session)",
        ">= seats",
        tests=("tests/hammer/test_model.py",),
    ),
    "more seats, and nobody is asked": Fault(
        "portal.programs.registering",
        "now=seats)\n    waitlist.offer_free_seats(session)\n",
        "now=seats)\n",
        tests=("tests/hammer/test_model.py",),
    ),
    "the last on the list is asked first": Fault(
        "portal.programs.waitlist",
        ".order_by(Registration.place, Registration.id)\n        .limit(1)",
        ".order_by(Registration.place.desc())\n        .limit(1)",
        tests=("tests/hammer/test_model.py",),
    ),
    "a vote where votes are closed": Fault(
        "portal.ideas.voting",
        "    if idea.stage not in VOTABLE and not idea.open_elsewhere:",
        "    if False:",
        tests=("tests/hammer/test_model.py",),
    ),
    "what somebody saw is not compared": Fault(
        "portal.ideas.deciding",
        "    if seen is not None and idea.version != seen:",
        "    if False:",
        tests=("tests/moderation/test_views.py",),
    ),
}


class _Changed(SourceFileLoader):
    def __init__(self, spec: ModuleSpec, fault: Fault) -> None:
        super().__init__(spec.name, str(spec.origin))
        self._fault = fault

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode()
        assert source.count(self._fault.text) == 1, f"{fullname} reads otherwise now"
        return compile(source.replace(self._fault.text, self._fault.instead), self.path, "exec")


class _Planter(MetaPathFinder):
    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._fault.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        spec.loader = _Changed(spec, self._fault)
        return spec


def plant(name: str) -> None:
    """From now on the module is imported with its fault."""
    fault = FAULTS[name]
    assert fault.module not in sys.modules, f"{fault.module} was imported too early"
    sys.meta_path.insert(0, _Planter(fault))
