"""Seeded faults: what somebody might break without noticing, and on which database it shows.

A fault is other text in a function of the portal, which does as it says while it is planted.
Nothing is changed on disk. Where the text is not there any more, planting it fails.

Of the faults of the prototype (``trust/conc/mutants.py``) those about merging wait for merging.
SQLite lets one writer in at a time, so a forgotten lock does not show there; a deferred BEGIN does.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from types import CodeType, FunctionType

PAUSE = "__import__('time').sleep(0.03)"


@dataclass(frozen=True, slots=True)
class Fault:
    """``text`` in ``module`` becomes ``instead``. Who notices: a ``game``, or else a test."""

    module: str
    text: str
    instead: str
    game: str = ""
    test: str = ""
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
        "    if write(_cast, idea_id=idea.id, person_id=person_id, cast_at=clock.now()).first():",
        "    row = {'idea_id': idea.id, 'person_id': person_id, 'cast_at': clock.now()}\n"
        "    statement = insert(Vote).values(row).on_conflict_do_nothing()\n"
        "    if db.session.execute(statement).rowcount > 0:",
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
        test="tests.hammer.test_model:test_seats_are_as_the_model_says",
    ),
    "more seats, and nobody is asked": Fault(
        "portal.programs.registering",
        "now=seats)\n    waitlist.offer_free_seats(session)\n",
        "now=seats)\n",
        test="tests.hammer.test_model:test_seats_are_as_the_model_says",
    ),
    "the last on the list is asked first": Fault(
        "portal.programs.waitlist",
        ".order_by(Registration.place, Registration.id)\n        .limit(1)",
        ".order_by(Registration.place.desc())\n        .limit(1)",
        test="tests.hammer.test_model:test_seats_are_as_the_model_says",
    ),
    "a vote where votes are closed": Fault(
        "portal.ideas.voting",
        "    if idea.stage not in VOTABLE and not idea.open_elsewhere:",
        "    if False:",
        test="tests.hammer.test_model:test_votes_are_as_the_model_says",
    ),
    "what somebody saw is not compared": Fault(
        "portal.ideas.deciding",
        "    if seen is not None and idea.version != seen:",
        "    if False:",
        test="tests.moderation.test_views:"
        "test_the_second_of_two_librarians_is_told_that_somebody_was_faster",
    ),
}


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """Meanwhile the functions of the module do what the changed text says."""
    module = import_module(fault.module)
    source = inspect.getsource(module)
    assert source.count(fault.text) == 1, f"{fault.module} reads otherwise now"
    changed = compile(source.replace(fault.text, fault.instead), str(module.__file__), "exec")
    codes = [one for one in changed.co_consts if isinstance(one, CodeType)]
    named = [(inspect.unwrap(getattr(module, code.co_name)), code) for code in codes]
    functions = [(one, code) for one, code in named if isinstance(one, FunctionType)]
    before = [one.__code__ for one, _code in functions]
    for one, code in functions:
        one.__code__ = code
    try:
        yield
    finally:
        for (one, _code), code in zip(functions, before, strict=True):
            one.__code__ = code
