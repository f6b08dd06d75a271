"""Who and what there is before the first idea: the library, its people, its partners."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from portal.accounts import granting, joining
from portal.demo.content import Content, Group, Somebody
from portal.demo.timeline import Wait
from portal.notifications import subscribing
from portal.organisations import joining as organisations
from portal.organisations import verifying
from portal.organisations.lifecycle import Move
from portal.policy import Actor, Role
from portal.settings import choosing, founding
from portal.settings.models import BranchKind
from portal.surveys import instruments

VOTE_GOAL = 100
RESIDENTS = 250
LIKES_MAIL = 0.2  # of the residents; the others stopped theirs
AFTER_VERIFYING = {"paused": Move.PAUSE, "ended": Move.END}


@dataclass(kw_only=True, slots=True)
class Town:
    """Everybody and everything by name, as ids and actors."""

    content: Content
    today: datetime
    branches: dict[str, int] = field(default_factory=dict)
    rooms: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # (seats, id) by branch
    topics: dict[str, int] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)  # by e-mail
    residents: dict[int, str] = field(default_factory=dict)  # names, by id
    readers: set[int] = field(default_factory=set)  # residents who did not stop their mails
    partners: dict[str, Actor] = field(default_factory=dict)  # who acts for it, by its name
    organisations: dict[str, int] = field(default_factory=dict)

    @property
    def librarian(self) -> Actor:
        return self.people["theo@example.org"]

    @property
    def director(self) -> Actor:
        return self.people["lena@example.org"]

    def actor(self, person_id: int) -> Actor:
        return Actor(id=person_id)

    def ago(self, **length: float) -> datetime:
        return self.today - timedelta(**length)


def settle(town: Town) -> None:
    """The library with its branches, rooms and topics, its staff and its residents."""
    content = town.content
    library = founding.found(content.library["name"], short_name=content.library["short_name"])
    library.email, library.phone = content.library["email"], content.library["phone"]
    library.address, library.vote_goal, library.demo = content.library["address"], VOTE_GOAL, True
    instruments.seed()
    for branch in content.branches:
        _open(town, branch["code"], branch["name"], BranchKind(branch["kind"]), branch["rooms"])
    for topic in content.topics:
        town.topics[topic["code"]] = founding.add_topic(**topic)
    for somebody in content.people:
        town.people[somebody.email] = _somebody(town, somebody)
    for title, words in content.words["replies"].items():
        choosing.keep_reply(title, words, by=town.director)
    for email, name in _names(content.given_names):
        _move_in(town, email, name)


def _open(
    town: Town, code: str, name: str, kind: BranchKind, rooms: list[dict[str, object]]
) -> None:
    branch_id = founding.add_branch(name, code=code, kind=kind)
    town.branches[code] = branch_id
    town.rooms[code] = sorted(
        (seats, founding.add_room(branch_id, name=str(room["name"]), capacity=seats))
        for room in rooms
        if isinstance(seats := room["seats"], int)
    )


def _somebody(town: Town, somebody: Somebody) -> Actor:
    person_id = joining.confirm(somebody.email, name=somebody.name)
    branch_id = town.branches[somebody.branch] if somebody.branch else None
    roles = [Role(one) for one in somebody.roles]
    for role in roles:
        granting.grant(person_id, role=role, branch_id=branch_id)
    return Actor(
        id=person_id,
        name=somebody.name,
        grants=frozenset((role, branch_id) for role in roles),
    )


def _names(given: list[str]) -> list[tuple[str, str]]:
    """Addresses and names of residents, no two alike."""
    letters = "ABCDEFGHJKLMNPRSTW"
    pairs = [(name, letter) for letter in letters for name in given][:RESIDENTS]
    return [(f"{n}.{letter}@example.org".lower(), f"{n} {letter}.") for n, letter in pairs]


def _move_in(town: Town, email: str, name: str) -> None:
    person_id = joining.confirm(email, name=name)
    town.residents[person_id] = name
    if Random(email).random() < LIKES_MAIL:  # noqa: S311  an invented preference
        town.readers.add(person_id)
    else:
        subscribing.stop_all(person_id)


def partnering(town: Town, group: Group) -> Iterator[Wait]:
    """An organisation applies, is verified or declined, and perhaps pauses or ends."""
    words = town.content.words["answers"]
    yield Wait(town.ago(days=3 if group.standing == "applied" else 724))
    address = f"{''.join(c for c in group.name.lower() if c.isalpha())[:30]}@example.org"
    contact = town.people.get(group.contact)
    person_id = contact.signed_in_id if contact else joining.confirm(address, name=group.name[:40])
    made = organisations.apply(
        group.name, person_id=person_id, brings=group.brings, kind=group.kind
    ).id
    town.organisations[group.name] = made
    town.partners[group.name] = Actor(
        id=person_id, organisations=frozenset({made}), owned=frozenset({made})
    )
    if group.standing == "applied":
        return
    yield Wait(town.ago(days=723))
    if group.standing == "declined":
        sentence = words["organisation_declined"]
        verifying.move(made, Move.DECLINE, by=town.librarian, sentence=sentence)
        return
    verifying.move(made, Move.VERIFY, by=town.librarian)
    if group.standing in AFTER_VERIFYING:
        yield Wait(town.ago(days=60))
        sentence = words[f"organisation_{group.standing}"]
        verifying.move(made, AFTER_VERIFYING[group.standing], by=town.librarian, sentence=sentence)
