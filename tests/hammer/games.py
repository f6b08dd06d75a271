"""The games: what is at stake in a round, what each player presses, and who has won in the end."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from sqlalchemy import func, select

from portal.accounts import identity
from portal.accounts.models import Device, Person, SignIn
from portal.core import clock
from portal.core.database import db
from portal.core.tokens import digest, keyed
from portal.ideas.models import Idea, Vote
from portal.programs.lifecycle import SeatState
from portal.programs.models import Registration, Session
from portal.surveys import instruments, tickets
from portal.surveys.models import Answer, Survey, Ticket
from tests import factories
from tests.conftest import Client

CODE = "123456"
HOMES = int(ip_address("10.0.0.0"))
PLAYERS = 8
VOTERS = 2
IN_AN_HOUR = 100  # rounds that the same people vote in: nobody votes without end
Stakes = list[Any]


@dataclass(frozen=True, slots=True)
class Game:
    """``prepare``: fresh rows for so many rounds. ``join``: a player's browser is made ready.
    ``press``: one request, whose status is counted. ``judge``: a sentence for each round in which
    not exactly one won."""

    prepare: Callable[[int], Stakes]
    join: Callable[[Client, Stakes, int], object]
    press: Callable[[Client, Any, int], int]
    judge: Callable[[Stakes], Iterable[str]]


def _nothing(_client: Client, _stakes: Stakes, _player: int) -> None: ...


def _ideas(rounds: int) -> Stakes:
    """Two people press for each idea, each in half of the processes; others after some rounds."""
    author, made = factories.person().id, []
    for n in range(rounds):
        if n % IN_AN_HOUR == 0:
            voters = [factories.person().id for _ in range(VOTERS)]
        idea = factories.idea(author_id=author, title=f"Idea {n}")
        made.append((idea.id, voters, n % IN_AN_HOUR == 0))
    return made


def _vote(client: Client, stake: Any, player: int) -> int:
    idea_id, voters, others = stake
    if others:
        client.sign_in(db.session.get_one(Person, voters[player % VOTERS]))
    return client.post(f"/ideas/{idea_id}/vote").status_code


def _votes(stakes: Stakes) -> Iterable[str]:
    counted = dict(db.session.execute(select(Idea.id, Idea.votes)).all())
    rows = Counter(db.session.scalars(select(Vote.idea_id)).all())
    for idea_id, voters, _others in stakes:
        if not counted[idea_id] == rows[idea_id] == len(voters):
            yield f"idea {idea_id}: {counted[idea_id]} counted, {rows[idea_id]} votes"


def _sessions(capacity: int) -> Callable[[int], Stakes]:
    def prepare(rounds: int) -> Stakes:
        planner = factories.librarian().id
        made = []
        for n in range(rounds):
            program = factories.program(title=f"Event {n}", planner_id=planner)
            made.append(factories.session(program, capacity=capacity))
        return [(session.program_id, session.id) for session in made]

    return prepare


def _seat(client: Client, stake: Any, player: int, name: str) -> int:
    """Each event has guests of its own, and each asks from a home of their own: what is counted for
    a home would make them wait for each other."""
    program_id, session_id = stake
    guest = {"name": name, "email": f"{name}.{session_id}@example.org", "seats": "1"}
    home = {"REMOTE_ADDR": str(ip_address(HOMES + session_id * PLAYERS + player))}
    answer = client.post(f"/events/{program_id}/1", data=guest, environ_base=home)
    return answer.status_code


def _another_guest(client: Client, stake: Any, player: int) -> int:
    return _seat(client, stake, player, f"guest{player}")


def _same_guest(client: Client, stake: Any, player: int) -> int:
    return _seat(client, stake, player, "gus")


def _seated(waiting: int) -> Callable[[Stakes], Iterable[str]]:
    """One has the seat, and so many wait, each at a place of their own: nobody is lost."""

    def judge(stakes: Stakes) -> Iterable[str]:
        taken = dict(db.session.execute(select(Session.id, Session.taken)).all())
        rows = select(Registration.session_id, Registration.state, Registration.place)
        found = Counter(tuple(row) for row in db.session.execute(rows))
        all_of = Counter(db.session.scalars(select(Registration.session_id)))
        for _program_id, session_id in stakes:
            seats = found[session_id, SeatState.REGISTERED, None]
            places = [found[session_id, SeatState.WAITLISTED, n + 1] for n in range(waiting)]
            others = all_of[session_id] - 1
            if not seats == taken[session_id] == 1 or places != [1] * others or others != waiting:
                yield f"session {session_id}: {seats} seated, {taken[session_id]} taken, {places}"

    return judge


def _codes(rounds: int) -> Stakes:
    """Each round is a mail with a code, asked for by one browser."""
    made = []
    for _ in range(rounds):
        browser = secrets.token_hex(12)
        row = SignIn(
            email=f"{browser}@example.org",
            token_hash=digest(secrets.token_urlsafe(12)),
            code_hash=keyed("sign-in code", f"{browser}:{CODE}"),
            browser_hash=digest(browser),
            expires_at=clock.now() + timedelta(hours=2),
        )
        made.append((factories.kept(row).email, browser))
    return made


def _type_code(client: Client, stake: Any, _player: int) -> int:
    with client.session_transaction() as session:
        session.clear()
        session[identity.BROWSER] = stake[1]
    return client.post("/sign-in/code", data={"code": CODE}).status_code


def _signed_in(stakes: Stakes) -> Iterable[str]:
    devices = select(Person.email, func.count(Device.id)).join(Device).group_by(Person.email)
    found = dict(db.session.execute(devices).all())
    for email, _browser in stakes:
        if found.get(email, 0) != 1:
            yield f"{email}: signed in {found.get(email, 0)} times"


def _tickets(rounds: int) -> Stakes:
    """Each round is a survey of its own with one ticket."""
    instruments.seed()
    program, instrument = factories.program(), instruments.use(None)
    made = []
    for n in range(rounds):
        survey = Survey(
            session_id=factories.session(program, number=n + 1).id,
            instrument_id=instrument.id,
            opened_at=clock.now(),
            closes_at=clock.now() + timedelta(days=1),
            invited=1,
        )
        token = secrets.token_urlsafe(16)
        one = tickets.fingerprints(token)
        survey_id = factories.kept(survey).id
        factories.kept(Ticket(hash=one.hash, code=one.code, survey_id=survey_id))
        made.append((survey_id, token))
    return made


def _answer(client: Client, stake: Any, _player: int) -> int:
    form = {"ticket": stake[1], "tick_knowledge": "4"}
    return client.post("/s/answer", data=form).status_code


def _answered(stakes: Stakes) -> Iterable[str]:
    answers = Counter(db.session.scalars(select(Answer.survey_id)))
    left = set(db.session.scalars(select(Ticket.survey_id)))
    for survey_id, _token in stakes:
        if answers[survey_id] != 1 or survey_id in left:
            yield f"survey {survey_id}: {answers[survey_id]} answers"


GAMES = {
    "vote": Game(_ideas, _nothing, _vote, _votes),
    "last seat": Game(_sessions(1), _nothing, _another_guest, _seated(PLAYERS - 1)),
    "one seat each": Game(_sessions(8), _nothing, _same_guest, _seated(0)),
    "code": Game(_codes, _nothing, _type_code, _signed_in),
    "ticket": Game(_tickets, _nothing, _answer, _answered),
}
