"""Ten people, and for each kind of thing one that is theirs, one of somebody else, and one that is
hidden from the public. All things are at the main branch.

The letters are for a stranger, a resident, an author, a member of an unverified organisation, an
editor and an owner of a verified one, a librarian of another branch, a librarian, a manager and an
administrator. Everybody but the stranger has written an idea and has a seat. Hidden ideas are the
author's, the hidden offer and organisation the unverified member's, hidden programs and agreements
are with the organisation of editor and owner."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portal.accounts import erasing
from portal.accounts.models import Person, Waiting
from portal.agreements import signing
from portal.agreements.models import Agreement
from portal.core import clock
from portal.core.database import db
from portal.core.tokens import sign
from portal.ideas import writing
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea
from portal.ideas.writing import Draft
from portal.organisations.lifecycle import Standing
from portal.organisations.models import Member, MemberRole, Organisation
from portal.policy import Actor, Role
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Program, ProgramPartner, Session
from portal.settings.models import ClosedDays
from tests import factories
from tests.addresses import World, _promise, world

LETTERS = "SRAUEOBLMD"
UNSIGNED = "x" * 22

Values = dict[str, Any]
Whose = Callable[[str], Values]  # what stands in the address, when this letter asks


@dataclass(frozen=True, slots=True)
class Scene:
    """``kinds``: for each kind of thing, whose there are."""

    world: World
    people: dict[str, Person | None]
    kinds: dict[str, dict[str, Whose]]


def scene() -> Scene:
    made, people, somebody = world(), _people(), factories.person()
    ids = {letter: person.id for letter, person in people.items() if person}
    guild = factories.organisation(people["O"], name="Guild")
    factories.kept(Member(organisation_id=guild.id, person_id=ids["E"], role=MemberRole.EDITOR))
    applied = factories.organisation(people["U"], standing=Standing.APPLIED)
    kinds = _of_ideas(made, ids, somebody)
    kinds |= _of_partners(made, guild, applied)
    kinds |= _of_programs(made, ids, guild)
    kinds |= _of_people(made, ids, somebody)
    for table in (Idea, Program):
        db.session.execute(update(table).values(branch_id=factories.branch().id))
    db.session.expire_all()
    kinds["mail"] = _one("another's", mail_id=made.mail)
    days = db.session.scalars(select(ClosedDays.id)).one()
    kinds["of the library"] = _one("the library's", reply_id=made.reply, closed_id=days)
    return Scene(made, people, kinds)


def _people() -> dict[str, Person | None]:
    east = factories.branch("EAST").id
    return {
        "S": None,
        **{letter: factories.person() for letter in "RAUEO"},
        "B": factories.person(Role.LIBRARIAN, branch_id=east),
        "L": factories.person(Role.LIBRARIAN),
        "M": factories.person(Role.MANAGER),
        "D": factories.person(Role.ADMINISTRATOR),
    }


def _always(**values: Any) -> Whose:
    return lambda _letter: values


def _one(whose: str, **values: Any) -> dict[str, Whose]:
    return {whose: _always(**values)}


def _each(name: str, made: Mapping[str, int], *, else_: int) -> Whose:
    """This letter's own; a stranger has none and takes another's."""
    return lambda letter: {name: made.get(letter, else_)}


def _idea(author_id: int, **values: Any) -> int:
    return factories.idea(author_id=author_id, branch_id=factories.branch().id, **values).id


def _waits(author_id: int) -> int:
    draft = Draft(
        title=f"Swap {author_id}", happens="We swap.", need="x", branch_id=factories.branch().id
    )
    return writing.propose(draft, author=Actor(id=author_id)).id


def _of_ideas(made: World, ids: Mapping[str, int], somebody: Person) -> dict[str, dict[str, Whose]]:
    refused = {"publication": Publication.NOT_PUBLISHED, "published_at": None}
    another, hidden = _idea(somebody.id), _waits(ids["A"])
    another_refused = _idea(somebody.id, **refused)
    own = {letter: _idea(one) for letter, one in ids.items()}
    waits = {letter: _waits(one) for letter, one in ids.items() if letter != "A"} | {"A": hidden}
    no = {letter: _idea(one, **refused) for letter, one in ids.items()}
    return {
        "idea": {
            "own": _each("idea_id", own, else_=another),
            "another's": _always(idea_id=another),
            "hidden": _always(idea_id=hidden),
        },
        "waiting text": {
            "own": _each("idea_id", waits, else_=made.pending),
            "another's": _always(idea_id=made.pending),
        },
        "refused idea": {
            "own": _each("idea_id", no, else_=another_refused),
            "another's": _always(idea_id=another_refused),
        },
        "plan of an idea": {"hidden": _always(idea_id=made.planned, step=1)},
    }


def _of_partners(
    made: World, guild: Organisation, applied: Organisation
) -> dict[str, dict[str, Whose]]:
    idea = db.session.get_one(Idea, made.idea)
    theirs = db.session.get_one(Agreement, made.agreement).organisation_id
    offers = [
        factories.offer(idea, group).id for group in (guild, factories.organisation(), applied)
    ]
    names = ("own", "another's", "hidden")
    staff = Actor(id=made.everybody.id, grants=frozenset({(Role.ADMINISTRATOR, None)}))
    own = signing.send(made.program, organisation_id=guild.id, promise=_promise(), by=staff)
    draft = factories.kept(Agreement(program_id=made.held, organisation_id=guild.id))
    papers = (own.id, made.agreement, draft.id)
    return {
        "offer": {name: _always(offer_id=one) for name, one in zip(names, offers, strict=True)},
        "agreement": {
            name: _always(agreement_id=one) for name, one in zip(names, papers, strict=True)
        },
        "organisation": {
            "another's": _always(organisation_id=theirs),
            "hidden": _always(organisation_id=applied.id),
        },
    }


def _of_programs(
    made: World, ids: Mapping[str, int], guild: Organisation
) -> dict[str, dict[str, Whose]]:
    ours, plan = factories.program(), factories.program(stage=ProgramStage.PLANNING)
    for program in (ours, plan):
        factories.kept(ProgramPartner(program_id=program.id, organisation_id=guild.id))
        factories.session(program, starts=clock.now() - timedelta(hours=1))
        factories.session(program, number=2, capacity=30)
    at_desk = factories.registration(_sitting(ours.id, 2), email=None, at_desk=True)
    theirs = _sitting(made.program, 2)
    theirs.capacity = 30
    return {
        "event": {
            "own": _always(program_id=ours.id, number=2),
            "another's": _always(program_id=made.program, number=2),
            "hidden": _always(program_id=plan.id, number=2),
        },
        "event today": {
            "own": _always(program_id=ours.id, number=1),
            "another's": _always(program_id=made.program, number=1),
        },
        "seat at the desk": {
            "another's": _always(program_id=ours.id, number=2, registration_id=at_desk.id)
        },
        "event without seats": _one("another's", program_id=made.just_come, number=1),
        "code on a wall": {
            "own": _always(**_on_wall(made.wall)),
            "another's": _always(**_on_wall(made.wall) | {"code": UNSIGNED}),
        },
        "results": {
            "another's": _always(program_id=made.told, number=1),
            "hidden": _always(program_id=made.held, number=1),
        },
        "answers": {"hidden": _always(program_id=made.held, number=1)},
        "plan": {"hidden": _always(program_id=plan.id, step=1)},
        **_of_guests(theirs, ids),
    }


def _on_wall(path: str) -> Values:
    _blank, _s, session_id, code = path.split("/")
    return {"session_id": int(session_id), "code": code}


def _sitting(program_id: int, number: int) -> Session:
    which = select(Session).where(Session.program_id == program_id, Session.number == number)
    return db.session.scalars(which).one()


def _of_guests(sitting: Session, ids: Mapping[str, int]) -> dict[str, dict[str, Whose]]:
    guest = factories.registration(sitting)
    seats = {
        letter: factories.registration(sitting, person_id=person_id, email=None).id
        for letter, person_id in ids.items()
    }

    def link(letter: str) -> Values:
        seat_id = seats.get(letter, guest.id)
        return {"registration_id": seat_id, "signature": sign("seat", seat_id, guest.version)}

    return {
        "seat": {
            "own": _each("registration_id", seats, else_=guest.id),
            "another's": _always(registration_id=guest.id),
        },
        "link to a seat": {
            "own": link,
            "another's": _always(registration_id=guest.id, signature=UNSIGNED),
        },
        "ticket": {"own": _always(code=guest.code)},
    }


def _of_people(
    made: World, ids: Mapping[str, int], somebody: Person
) -> dict[str, dict[str, Whose]]:
    """Links in mails, as they were sent and as somebody else would make them up."""
    leaves = {
        one: erasing.version(erasing.ask(one, withdraws_ideas=False))
        for one in (somebody.id, *(n for letter, n in ids.items() if letter != "D"))
    }
    waits = {letter: _waiting(person_id, made.idea) for letter, person_id in ids.items()}

    def links(purpose: Callable[[int], str], **more: Any) -> dict[str, Whose]:
        def own(letter: str) -> Values:
            one = ids[letter] if letter in ids and letter != "D" else somebody.id
            return {"person_id": one, "signature": purpose(one), **more}

        return {
            "own": own,
            "another's": _always(person_id=somebody.id, signature=UNSIGNED, **more),
        }

    idea = made.idea
    return {
        "link to stay": links(lambda one: sign("stay", one, leaves[one])),
        "link to stop": links(lambda one: sign("stop-all", one)),
        "link of a guest": {
            "own": _always(mailbox="x" * 22, signature=sign("stop-guest", "x" * 22)),
            "another's": _always(mailbox="x" * 22, signature=UNSIGNED),
        },
        "link to stop one": links(lambda one: sign(f"stop-idea-{one}", idea), idea_id=idea),
        "person": _one("another's", person_id=made.everybody.id),
        "what waits": {
            "own": _each("waiting_id", waits, else_=_waiting(somebody.id, made.idea)),
            "another's": _always(waiting_id=_waiting(somebody.id, made.idea)),
        },
    }


def _waiting(person_id: int, idea_id: int) -> int:
    row = Waiting(
        kind="vote",
        payload={"idea_id": idea_id, "next": "/"},
        expires_at=clock.now() + timedelta(hours=1),
        person_id=person_id,
    )
    return factories.kept(row).id
