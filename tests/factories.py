"""Things for a test to begin with: valid as they come, and plain to read."""

from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from secrets import token_bytes
from typing import Any, TypeVar

from PIL import Image
from sqlalchemy import select

from portal.accounts.models import CodeApp, Device, Grant, HalfSignIn, Passkey, Person
from portal.agreements.models import Offer
from portal.core import clock
from portal.core.database import Rows, db
from portal.core.locale import to_local
from portal.core.text import render
from portal.core.tokens import digest, draw, draw_word, seal
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea
from portal.organisations.lifecycle import Standing
from portal.organisations.models import Member, Organisation
from portal.policy import Actor, Role
from portal.programs.lifecycle import ProgramStage, SeatState
from portal.programs.models import Program, ProgramIdea, Registration, Session
from portal.settings import founding
from portal.settings.models import Branch, BranchKind, Room, Topic

T = TypeVar("T", bound=Rows)

_numbers = count(1)


def library() -> None:
    founding.found("Alder Creek Public Library", short_name="Alder Creek")
    main = founding.add_branch("Main Library", code="MAIN", kind=BranchKind.CENTRAL)
    founding.add_branch("Eastside Branch", code="EAST")
    founding.add_room(main, name="Community room", capacity=30)
    founding.add_topic("Making and repair", code="making", cloth="make", outcome_area="digital")
    founding.add_topic("Civic life", code="civic", cloth="civic", outcome_area="civic")


def person(*roles: Role, branch_id: int | None = None, name: str = "") -> Person:
    """Somebody who has confirmed their e-mail; a resident unless roles are named."""
    n = next(_numbers)
    made = kept(
        Person(email=f"person{n}@example.org", name=name or f"Person {n}", confirmed_at=clock.now())
    )
    for role in roles:
        kept(Grant(person_id=made.id, role=role, branch_id=branch_id))
    return made


def librarian() -> Person:
    return person(Role.LIBRARIAN)


def actor(*roles: Role) -> Actor:
    """Somebody with these roles for all branches, as services know them."""
    return Actor(id=person(*roles).id, grants=frozenset((role, None) for role in roles))


def device(owner: Person) -> str:
    """The key of a browser in which this person is signed in."""
    key = draw()
    expires = clock.now() + timedelta(days=30)
    kept(Device(person_id=owner.id, key_hash=digest(key), expires_at=expires))
    return key


def half_sign_in(person: Person) -> HalfSignIn:
    """In no browser that there is."""
    now = clock.now()
    row = HalfSignIn(
        person_id=person.id, browser_hash="x", shared=False, next_path="/", expires_at=now
    )
    return kept(row)


def passkey(owner: Person, **values: Any) -> Passkey:
    """One that no authenticator has."""
    usual: dict[str, Any] = {"name": "My phone", "public_key": b"", "sign_count": 0}
    return kept(Passkey(person_id=owner.id, credential_id=draw().encode(), **usual | values))


def code_app(owner: Person) -> CodeApp:
    """One whose secret nobody knows."""
    now, sealed = clock.now(), seal("x")
    return kept(CodeApp(person_id=owner.id, sealed=sealed, last_step=0, added_at=now, used_at=now))


def branch(code: str = "MAIN") -> Branch:
    return db.session.scalars(select(Branch).where(Branch.code == code)).one()


def room() -> Room:
    return db.session.scalars(select(Room).order_by(Room.id).limit(1)).one()


def topic(code: str = "making") -> Topic:
    return db.session.scalars(select(Topic).where(Topic.code == code)).one()


def idea(**values: Any) -> Idea:
    """A public idea, open for votes, unless told otherwise."""
    usual: dict[str, Any] = {
        "title": "Repair evenings",
        "happens": "Neighbors who are good with tools help others mend things.",
        "need": "We throw out lamps because nobody knows how to fix them.",
        "publication": Publication.PUBLISHED,
        "published_at": clock.now(),
    }
    if "author_id" not in values and "source_key" not in values:
        usual["author_id"] = person().id
    usual |= values
    made = Idea(**usual, happens_html=render(usual["happens"]), need_html=render(usual["need"]))
    return kept(made)


def organisation(owner: Person | None = None, **values: Any) -> Organisation:
    """A verified organisation with one owner, unless told otherwise."""
    usual = {"name": f"Repair Guild {next(_numbers)}", "standing": Standing.VERIFIED}
    made = kept(Organisation(**usual | values))
    kept(Member(organisation_id=made.id, person_id=(owner or person()).id))
    return made


def offer(of: Idea, by: Organisation, **values: Any) -> Offer:
    member = db.session.scalars(
        select(Member.person_id).where(Member.organisation_id == by.id)
    ).first()
    usual = {"words": "Six menders, any Saturday.", "brings": "teach lend", "person_id": member}
    return kept(Offer(idea_id=of.id, organisation_id=by.id, **usual | values))


def program(of: Idea | None = None, **values: Any) -> Program:
    """An announced program that everybody may register for, unless told otherwise."""
    usual: dict[str, Any] = {
        "title": "Repair café",
        "stage": ProgramStage.ANNOUNCED,
        "announced_at": clock.now(),
        "step": 5,
        "branch_id": branch().id,
        "topic_id": topic().id,
    }
    if "planner_id" not in values:
        usual["planner_id"] = librarian().id
    made = kept(Program(**usual | values))
    if of:
        kept(ProgramIdea(program_id=made.id, idea_id=of.id))
    return made


def session(of: Program, *, starts: datetime | None = None, **values: Any) -> Session:
    """A session of two hours, in a week unless told otherwise, with three seats."""
    zone = "America/New_York"
    starts = (starts or clock.now() + timedelta(days=7)).replace(second=0, microsecond=0)
    ends = starts + timedelta(hours=2)
    usual: dict[str, Any] = {"number": 1, "capacity": 3, "branch_id": of.branch_id}
    if of.stage is ProgramStage.DONE:
        of.results_owed_since = ends
    return kept(
        Session(
            program_id=of.id,
            starts_local=to_local(starts, zone),
            ends_local=to_local(ends, zone),
            zone=zone,
            starts_at=starts,
            ends_at=ends,
            **usual | values,
        )
    )


def registration(at: Session, **values: Any) -> Registration:
    """A seat for one person, taken in the session's count."""
    n = next(_numbers)
    usual: dict[str, Any] = {
        "code": draw_word(8),
        "party": 1,
        "state": SeatState.REGISTERED,
        "name": f"Guest {n}",
        "email": f"guest{n}@example.org",
    }
    made = kept(Registration(session_id=at.id, **usual | values))
    if made.state is SeatState.REGISTERED:
        at.taken += made.party
        db.session.flush()
    return made


def picture(
    kind: str = "PNG", size: tuple[int, int] = (300, 150), colour: str = "#c8102e", **more: Any
) -> bytes:
    """A file with a picture of one colour."""
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **more)
    return file.getvalue()


def noise() -> bytes:
    """The picture that is hardest to make small."""
    file = BytesIO()
    Image.frombytes("RGB", (480, 160), token_bytes(480 * 160 * 3)).save(file, "PNG")
    return file.getvalue()


def kept(row: T) -> T:
    db.session.add(row)
    db.session.flush()
    return row
