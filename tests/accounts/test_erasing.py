"""Leaving: seven days to think better of it, and then nothing names the person any more."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts import erasing, granting, joining
from portal.accounts.models import (
    Challenge,
    CodeApp,
    Person,
    RecoveryCode,
    SignIn,
    Waiting,
)
from portal.agreements import signing
from portal.agreements.models import Agreement, Side
from portal.audit.models import Entry
from portal.core import clock
from portal.core.checking import registered
from portal.core.database import Rows, db
from portal.core.errors import Refused
from portal.ideas import deciding, voting, writing
from portal.ideas import queries as ideas
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea
from portal.ideas.writing import Draft
from portal.mail.letters import Envelope, renderers
from portal.mail.models import Outgoing, Suppression
from portal.moderation import appealing, reviewing
from portal.moderation.reviewing import Judgement, Verdict
from portal.policy import Actor, Role
from portal.programs import registering
from portal.programs.lifecycle import SeatState
from portal.programs.registering import Party
from portal.surveys import instruments, reporting
from portal.surveys.models import Result
from tests import factories
from tests.addresses import world
from tests.conftest import Client
from tests.surveys.conftest import counted

pytestmark = pytest.mark.usefixtures("app")

# Where a number stays that once was somebody: nothing says who. Each for a reason.
NUMBERS_STAY = {
    ("audit_entries", "actor_id"),  # so that it can be found out who did what, for three years
    ("agreement_versions", "made_by"),
    ("signatures", "person_id"),  # two people signed, not one twice
    ("offers", "person_id"),  # they are the group's
    ("offers", "answered_by"),
    ("organisations", "decided_by"),
    ("programs", "planner_id"),
    ("programs", "announced_by"),
    ("sessions", "closed_by"),
    ("quotes", "chosen_by"),
    ("results", "published_by"),
}
NAMES = ("maya", "lindqvist", "argon2id")
REFER = [
    (table, key.parent)
    for table in Rows.metadata.sorted_tables
    for key in table.foreign_keys
    if key.column.table.name == "people"
]


def leave(person: Person, *, withdraws_ideas: bool = False) -> None:
    erasing.ask(person.id, withdraws_ideas=withdraws_ideas)
    db.session.commit()
    with clock.moved_to(clock.now() + erasing.GRACE + timedelta(minutes=1)):
        erasing.erase_due()
    db.session.expire_all()


def drifts() -> list[str]:
    return sorted(sentence for check in registered for sentence in check.find())


def everything() -> str:
    return "\n".join(
        str(row)
        for table in Rows.metadata.sorted_tables
        for row in db.session.execute(select(table))
    )


def test_nothing_names_them_any_more_and_what_is_counted_stays() -> None:
    made = world()
    factories.person(Role.ADMINISTRATOR)  # who stays
    me = made.everybody
    me.email, me.password_hash = "maya@example.org", "$argon2id$"
    agreement = db.session.get_one(Agreement, made.agreement)
    theirs = frozenset({agreement.organisation_id})
    owner = Actor(id=me.id, organisations=theirs, owned=theirs)
    signing.sign(agreement.id, side=Side.PARTNER, name="Maya Lindqvist", seen=1, by=owner)
    session = factories.session(factories.program())
    registering.register(session.id, Party(name="Maya Lindqvist", person_id=me.id))
    factories.device(me)
    ways_in(me)
    factories.kept(Suppression(address="maya@example.org"))
    factories.kept(Waiting(kind="vote", payload={}, person_id=me.id, expires_at=clock.now()))
    factories.kept(SignIn(email="Maya@example.org", token_hash="x", expires_at=clock.now()))
    db.session.commit()
    assert [word for word in NAMES if word not in everything().lower()] == []
    referred = {(t.name, c.name) for t, c in REFER if refers(c, me.id)}
    before, votes = drifts(), voters(made.idea)

    leave(me)

    assert [word for word in NAMES if word in everything().lower()] == []
    left = {(t.name, c.name) for t, c in REFER if refers(c, me.id)}
    assert left <= NUMBERS_STAY
    assert len(referred - left) > 13
    assert db.session.get_one(Person, me.id).blanked_at is not None
    assert voters(made.idea) == votes
    assert drifts() == before


def ways_in(person: Person) -> None:
    now = clock.now()
    factories.passkey(person, name="Maya’s phone")
    factories.kept(CodeApp(person_id=person.id, sealed=b"x", last_step=1))
    factories.kept(RecoveryCode(person_id=person.id, code_hash="x"))
    factories.kept(Challenge(value=b"x", browser_hash="x", expires_at=now, person_id=person.id))
    factories.half_sign_in(person)


def refers(column: Any, person_id: int) -> bool:
    return db.session.scalar(select(func.count()).where(column == person_id)) != 0


def voters(idea_id: int) -> int:
    return db.session.get_one(Idea, idea_id).votes


def test_every_number_that_stays_is_of_a_column_that_is_there() -> None:
    assert {(table.name, column.name) for table, column in REFER} >= NUMBERS_STAY


def proposed(author: Person, title: str = "Seed swap", *, publish: bool = True) -> Idea:
    draft = Draft(title=title, happens="We swap seeds.", need="Gardens are empty.")
    idea = writing.propose(draft, author=Actor(id=author.id))
    if publish:
        writing.publish(idea, by=None)
    return idea


def test_ideas_stay_as_a_neighbor_s() -> None:
    me = factories.person(name="Rosa")
    idea, waits = proposed(me), proposed(me, "Chess", publish=False)
    leave(me)
    shown = ideas.shown(idea.id, reader_id=None)

    assert (shown.author, idea.title, idea.votes, idea.detached) == ("", "Seed swap", 1, 1)
    assert (waits.publication, waits.title) == (Publication.PENDING, "Chess")
    writing.publish(waits, by=None)
    assert waits.votes == 0
    assert drifts() == []


def test_ideas_are_taken_back_with_their_words_where_they_chose_that(client: Client) -> None:
    me = factories.person()
    idea, waits = proposed(me, "Xylograph"), proposed(me, "Xylograph two", publish=False)
    of_group = factories.idea(
        author_id=me.id, organisation_id=factories.organisation(me).id, title="Of the group"
    )
    deciding.reindex(of_group)
    voting.cast(idea.id, person_id=factories.person().id)
    leave(me, withdraws_ideas=True)

    assert (idea.publication, waits.publication) == (Publication.RETIRED, Publication.NOT_PUBLISHED)
    assert "xylograph" not in everything().lower()
    assert (idea.votes, of_group.title, of_group.publication) == (2, "Of the group", "published")
    assert client.get(f"/ideas/{idea.id}").status_code == 404
    assert [one for one in drifts() if "nobody approved" not in one] == []


def test_words_taken_back_are_nowhere_any_more() -> None:
    """Neither in what was said about them in private, nor frozen in what came of them."""
    instruments.seed()
    me, staff = factories.person(), factories.actor(Role.ADMINISTRATOR)
    waits = proposed(me, "Xylograph", publish=False)
    no = Judgement(verdict=Verdict.REFUSE, seen=waits.version, message="No, xylograph")
    reviewing.judge(waits.id, no, judge=staff)
    appealing.appeal(waits.id, "Xylograph, I said", author=Actor(id=me.id))
    program = factories.program(proposed(me, "Xylograph too"))
    counted(program, heads=31)
    reporting.save(program.id, by=staff, sentence="It worked.", next_step="Again.", delivered={})
    figures = reporting.publish(program.id, by=staff).figures
    assert figures is not None
    votes = figures["asked"][0]["votes"]
    assert everything().lower().count("xylograph") > 5

    leave(me, withdraws_ideas=True)

    assert "xylograph" not in everything().lower()
    figures = db.session.get_one(Result, program.id).figures or {}
    assert [one["votes"] for one in figures["asked"]] == [votes]


def test_what_waits_at_two_doors_keeps_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """Of a computer that two people use: what waits for one stood in the other's way, half in."""
    me, other, last = (factories.person() for _ in range(3))
    waits = factories.kept(
        Waiting(kind="vote", payload={}, person_id=me.id, expires_at=clock.now())
    )
    factories.half_sign_in(other).waiting_id = waits.id
    last.leaves_at = clock.now()
    leave(me)

    assert [one.blanked_at is None for one in (me, other, last)] == [False, True, False]
    assert caplog.records == []


def test_one_who_cannot_be_erased_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = factories.person(), factories.person()
    erase = erasing.erase

    def fails_at_first(person_id: int) -> None:
        erase(person_id)
        if person_id == first.id:
            raise LookupError

    monkeypatch.setattr(erasing, "erase", fails_at_first)
    second.leaves_at = clock.now()
    leave(first)

    assert (first.blanked_at is None, second.blanked_at is None) == (True, False)
    assert [one.msg for one in caplog.records] == ["person not erased"]


def test_a_seat_to_come_goes_to_the_next_on_the_list() -> None:
    me, session = factories.person(), factories.session(factories.program(), capacity=1)
    past = factories.session(factories.program(), starts=clock.now() - timedelta(days=3))
    came = factories.registration(past, person_id=me.id, email=None, state=SeatState.ATTENDED)
    with clock.moved_to(clock.now()):
        starts = clock.now() + timedelta(days=20)
        session = factories.session(factories.program(), starts=starts, capacity=1)
        mine = registering.register(session.id, Party(name="Rosa", person_id=me.id))
        next_one = registering.register(session.id, Party(name="Gus", email="gus@example.org"))
    leave(me)

    assert (mine.state, mine.name, mine.person_id) == (SeatState.CANCELLED, "", None)
    assert (next_one.state, next_one.name) == (SeatState.OFFERED, "Gus")
    assert (came.state, came.name, came.person_id) == (SeatState.ATTENDED, "", None)


def test_mail_to_others_stays() -> None:
    me, other = factories.person(), factories.person()
    factories.kept(
        Outgoing(dedupe_key=f"x:{me.id}", kind="x", due_at=clock.now(), person_id=other.id)
    )
    factories.kept(Outgoing(dedupe_key="y", kind="x", due_at=clock.now(), address=""))
    leave(me)

    assert db.session.scalars(select(Outgoing.dedupe_key).order_by(Outgoing.id)).all() == [
        f"x:{me.id}",
        "y",
    ]


def test_the_same_mailbox_may_begin_anew() -> None:
    me = factories.person()
    address = str(me.email)
    leave(me)

    assert joining.confirm(address) != me.id


# Seven days -------------------------------------------------------------------------------------


def test_for_seven_days_nothing_goes_and_the_mail_keeps_it(client: Client) -> None:
    me = factories.person(name="Rosa")
    client.sign_in(me)
    assert client.post("/me/leave", data={"ideas": "stay"}).status_code == 422
    sent = {"ideas": "withdraw", "sure": "y"}
    assert client.post("/me/leave", data=sent).location == "/me"
    assert "Your account is deleted on" in client.get("/me").text
    with clock.moved_to(clock.now() + timedelta(days=6, hours=23)):
        erasing.erase_due()
    db.session.expire_all()
    assert (me.name, me.withdraws_ideas) == ("Rosa", True)
    letter = mailed()

    fresh = client.application.test_client()
    assert "Keep your account?" in fresh.get(letter).text
    assert fresh.post(letter).status_code == 200
    assert fresh.post(letter).status_code == 404
    with clock.moved_to(clock.now() + timedelta(days=8)):
        erasing.erase_due()
    db.session.expire_all()
    assert (me.name, me.leaves_at) == ("Rosa", None)


def mailed() -> str:
    """The path behind the button of the newest mail about leaving."""
    db.session.rollback()
    newest = select(Outgoing).where(Outgoing.kind == "leaving").order_by(Outgoing.id.desc())
    row = db.session.scalars(newest.limit(1)).one()
    envelope = Envelope(
        id=row.id, kind=row.kind, context=row.context or {}, address="", person_id=row.person_id
    )
    letter = renderers["leaving"](envelope)
    assert letter is not None
    assert letter.button is not None
    return letter.button[1]


def test_a_link_ends_with_the_wish_that_it_belongs_to(client: Client) -> None:
    me = factories.person()
    erasing.ask(me.id, withdraws_ideas=False)
    db.session.commit()
    first = mailed()
    erasing.stay(me.id)
    clock.move(timedelta(hours=1))
    erasing.ask(me.id, withdraws_ideas=False)
    db.session.commit()

    assert client.get(first).status_code == 404
    assert client.get(mailed()).status_code == 200


def test_they_can_stay_from_their_own_page(client: Client) -> None:
    me = factories.person()
    erasing.ask(me.id, withdraws_ideas=False)
    client.sign_in(me)
    assert client.post("/me/stay").location == "/me"
    assert "Your account stays" in client.get("/me").text
    db.session.rollback()

    assert db.session.get_one(Person, me.id).leaves_at is None
    assert db.session.scalars(select(Entry.action).order_by(Entry.id)).all() == [
        "person.leave",
        "person.stay",
    ]


def test_whoever_has_left_is_signed_out(client: Client) -> None:
    me = factories.person()
    client.sign_in(me)
    assert client.get("/me").status_code == 200
    leave(me)

    assert client.get("/me").status_code == 303


# The last administrator -------------------------------------------------------------------------


def test_the_last_administrator_stays(client: Client) -> None:
    me = factories.person(Role.ADMINISTRATOR)
    client.sign_in(me)
    answer = client.post("/me/leave", data={"ideas": "stay", "sure": "y"})

    assert answer.status_code == 422
    assert "you are the last one. Make somebody else an administrator first." in answer.text
    db.session.rollback()
    assert db.session.get_one(Person, me.id).leaves_at is None


def test_of_two_administrators_only_one_leaves() -> None:
    first, second = factories.person(Role.ADMINISTRATOR), factories.person(Role.ADMINISTRATOR)
    erasing.ask(first.id, withdraws_ideas=False)
    with pytest.raises(Refused, match="you are the last one"):
        erasing.ask(second.id, withdraws_ideas=False)
    with pytest.raises(Refused, match="this is the last one"):
        granting.revoke(second.id, role=Role.ADMINISTRATOR)


def test_one_who_became_the_last_meanwhile_is_not_erased(
    caplog: pytest.LogCaptureFixture,
) -> None:
    me = factories.person(Role.ADMINISTRATOR)
    me.leaves_at = clock.now() - timedelta(days=1)
    rosa = factories.person(name="Rosa")
    rosa.leaves_at = clock.now()
    db.session.commit()
    erasing.erase_due()
    db.session.expire_all()

    assert (me.blanked_at, rosa.name) == (None, "")
    assert "cannot leave yet" in caplog.text
