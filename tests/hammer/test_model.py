"""Seats and votes against a model that is small enough to be believed: whatever happens in
whatever order, the portal and the model agree, and ``flask portal check`` finds nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from portal.core import clock
from portal.core.checking import registered
from portal.core.database import db
from portal.core.errors import Refused
from portal.ideas import deciding, voting, writing
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import Decision
from portal.ideas.models import Idea, Vote
from portal.ideas.writing import Draft
from portal.policy import Actor, Role
from portal.programs import registering
from portal.programs.lifecycle import SeatState
from portal.programs.models import Registration, Session
from portal.programs.registering import Party
from tests import factories

CHEAP = settings(
    max_examples=40,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
)
STAFF = Actor(grants=frozenset({(Role.LIBRARIAN, None)}))
WHICH = st.integers(0, 30)
PEOPLE = 4


def test_seats_are_as_the_model_says(app: Flask) -> None:
    run_state_machine_as_test(Seats, settings=CHEAP)


def test_votes_are_as_the_model_says(app: Flask) -> None:
    run_state_machine_as_test(Votes, settings=CHEAP)


class Story(RuleBasedStateMachine):
    """One transaction, which is never kept. At its end every rule of the house is tested."""

    def teardown(self) -> None:
        try:
            db.session.flush()
            assert [drift for check in registered for drift in check.find()] == []
        finally:
            db.session.rollback()


@dataclass
class Kept:
    """A party in the model: what it wants and has. ``enough``: seats it would rather not take."""

    wants: int
    state: SeatState
    has: int = 0
    enough: int = 0


class Seats(Story):
    """One session; its parties in the order in which they came."""

    @initialize()
    def begin(self) -> None:
        self.capacity = 4
        session = factories.session(factories.program(), capacity=self.capacity)
        self.session_id, self.parties = session.id, dict[int, Kept]()

    @rule(seats=st.integers(1, 3))
    def register(self, seats: int) -> None:
        party = Party(name="G", seats=seats, email=f"g{len(self.parties)}@example.org")
        made = registering.register(self.session_id, party).id
        if seats <= self.free() and not self.those(SeatState.WAITLISTED):
            self.parties[made] = Kept(seats, SeatState.REGISTERED, seats)
        else:
            self.parties[made] = Kept(seats, SeatState.WAITLISTED)
            self.offer()

    @precondition(lambda self: self.parties)
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        chosen = self.pick(which, list(self.parties))
        registering.cancel(chosen)
        self.parties[chosen].state, self.parties[chosen].has = SeatState.CANCELLED, 0
        self.offer()

    @precondition(lambda self: self.those(SeatState.OFFERED))
    @rule(which=WHICH)
    def take(self, which: int) -> None:
        chosen = self.pick(which, self.those(SeatState.OFFERED))
        registering.take(chosen)
        self.parties[chosen].state = SeatState.REGISTERED
        self.offer()

    @precondition(lambda self: self.those(SeatState.OFFERED))
    @rule(which=WHICH)
    def wait_on(self, which: int) -> None:
        chosen = self.pick(which, self.those(SeatState.OFFERED))
        kept = self.parties[chosen]
        if kept.has == kept.wants:
            with pytest.raises(Refused):
                registering.wait_on(chosen)
            return
        registering.wait_on(chosen)
        kept.state, kept.has, kept.enough = SeatState.WAITLISTED, 0, kept.has
        self.offer()

    @rule(seats=st.integers(1, 7))
    def set_capacity(self, seats: int) -> None:
        if seats < self.capacity - self.free():
            with pytest.raises(Refused):
                registering.set_capacity(self.session_id, seats, by=STAFF)
            return
        registering.set_capacity(self.session_id, seats, by=STAFF)
        self.capacity = seats
        self.offer()

    @invariant()
    def they_agree(self) -> None:
        db.session.flush()
        rows = db.session.scalars(select(Registration))
        assert {one.id: (one.state, self.held(one)) for one in rows} == {
            number: (kept.state, kept.has) for number, kept in self.parties.items()
        }
        taken = db.session.get_one(Session, self.session_id).taken
        assert taken == self.capacity - self.free()

    @staticmethod
    def held(one: Registration) -> int:
        has = {SeatState.OFFERED: one.offered_seats, SeatState.REGISTERED: one.party}
        return has.get(one.state, 0)

    def free(self) -> int:
        return self.capacity - sum(kept.has for kept in self.parties.values())

    def those(self, state: SeatState) -> list[int]:
        return [number for number, kept in self.parties.items() if kept.state is state]

    def pick(self, which: int, among: list[int]) -> int:
        return among[which % len(among)]

    def offer(self) -> None:
        """Strictly in order; a party is asked again only for more than it let pass."""
        for number in self.those(SeatState.WAITLISTED):
            kept = self.parties[number]
            seats = min(kept.wants, self.free())
            if seats > kept.enough:
                kept.state, kept.has = SeatState.OFFERED, seats


class Votes(Story):
    """One idea, some people, and a library that closes and opens the vote."""

    @initialize()
    def begin(self) -> None:
        self.people = [factories.person().id for _ in range(PEOPLE)]
        self.staff = factories.librarian().id
        author = Actor(id=self.staff, grants=frozenset({(Role.LIBRARIAN, None)}))
        draft = Draft(title="Chess", happens="We play.", need="Fun.")
        self.idea_id = writing.propose(draft, author=author).id
        self.voted, self.open = {self.staff}, True

    @rule(which=WHICH)
    def cast(self, which: int) -> None:
        person = self.people[which % PEOPLE]
        if self.press(lambda: voting.cast(self.idea_id, person_id=person)):
            self.voted.add(person)

    @rule(which=WHICH)
    def withdraw(self, which: int) -> None:
        person = self.people[which % PEOPLE]
        if self.press(lambda: voting.withdraw(self.idea_id, person_id=person)):
            self.voted.discard(person)

    @rule()
    def decide(self) -> None:
        line = Line(sentence="Later.", until=clock.now().date())
        move = Decision.POSTPONE if self.open else Decision.REOPEN
        deciding.decide(self.idea_id, move, by=self.staff, line=line)
        self.open = not self.open

    def press(self, act: Callable[[], object]) -> bool:
        """Done, or refused while votes are closed."""
        if self.open:
            act()
        else:
            with pytest.raises(Refused):
                act()
        return self.open

    @invariant()
    def they_agree(self) -> None:
        db.session.flush()
        assert set(db.session.scalars(select(Vote.person_id))) == self.voted
        assert db.session.get_one(Idea, self.idea_id).votes == len(self.voted)
