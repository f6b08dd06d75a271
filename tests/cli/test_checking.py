"""``flask portal check``: each rule is proved by planting its violation."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from portal.agreements import invariants as agreements
from portal.agreements.lifecycle import AgreementState
from portal.agreements.models import Agreement
from portal.core import clock
from portal.core.checking import Finder, registered
from portal.core.database import db
from portal.ideas import deciding, voting, writing
from portal.ideas import invariants as ideas
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import Decision, Publication, Publishing
from portal.ideas.models import Idea
from portal.ideas.writing import Draft
from portal.policy import Actor, Role
from portal.programs import invariants as programs
from portal.programs import registering
from portal.programs.lifecycle import SeatState
from portal.programs.registering import Party
from portal.search import index
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


def run(app: Flask, *options: str) -> tuple[int, str]:
    db.session.commit()
    done = app.test_cli_runner().invoke(args=["portal", "check", *options])
    db.session.rollback()
    return done.exit_code, done.output


def an_idea() -> Idea:
    """Written, published and decided on as in life."""
    author = factories.librarian()
    actor = Actor(id=author.id, grants=frozenset({(Role.LIBRARIAN, None)}))
    idea = writing.propose(Draft(title="Chess", happens="We play.", need="Fun."), author=actor)
    voting.cast(idea.id, person_id=factories.person().id)
    deciding.decide(idea.id, Decision.SEEK_PARTNER, by=author.id)
    return idea


def a_session() -> int:
    session = factories.session(factories.program(), capacity=1)
    for n in range(2):
        registering.register(session.id, Party(name=f"G{n}", email=f"g{n}@example.org"))
    return session.id


def test_a_library_in_order_has_nothing_to_say(app: Flask) -> None:
    an_idea()
    a_session()

    assert run(app) == (0, f"{len(registered)} rules tested, all hold.\n")


def plant_votes() -> None:
    db.session.execute(text("UPDATE ideas SET votes = 99"))


def plant_gap() -> None:
    db.session.execute(text("UPDATE story_lines SET n = n + 5 WHERE n = 2"))


def plant_other_stage() -> None:
    db.session.execute(text("UPDATE ideas SET stage = 'held'"))


def plant_lost_merge() -> None:
    lost = factories.idea(publication=Publication.HIDDEN)
    factories.idea(publication=Publication.MERGED, merged_into=lost.id)


def plant_findable() -> None:
    index.put("idea", factories.idea(publication=Publication.HIDDEN).id, title="x1", text="y1")


def plant_lost_to_search() -> None:
    index.drop_all("idea")


def plant_ghost() -> None:
    index.put("idea", 999, title="x1", text="y1")


def plant_lost_text() -> None:
    db.session.execute(text("UPDATE ideas SET revisions = 7"))


def plant_own_verdict() -> None:
    author = factories.person()
    idea = factories.idea(author_id=author.id, publication=Publication.PENDING)
    deciding.move_publication(idea, Publishing.SEND_BACK, by=author.id, line=Line(sentence="No."))


def plant_refusal_without_reason() -> None:
    idea = factories.idea(publication=Publication.PENDING)
    deciding.move_publication(idea, Publishing.REFUSE, by=factories.librarian().id)


def plant_decision_without_reason() -> None:
    db.session.execute(
        text("UPDATE story_lines SET became = 'not_now', sentence = 'Later.' WHERE life = 'stage'")
    )
    db.session.execute(text("UPDATE ideas SET stage = 'not_now'"))


def plant_same_place() -> None:
    session = factories.session(factories.program(), capacity=1, places_given=1)
    for _ in range(2):
        factories.registration(session, state=SeatState.WAITLISTED, place=1)


def plant_place_not_given() -> None:
    session = factories.session(factories.program(), capacity=1)
    factories.registration(session)
    factories.registration(session, state=SeatState.WAITLISTED, place=3)


def plant_remembered_guest() -> None:
    started = clock.now() - timedelta(days=40)
    session = factories.session(factories.program(), starts=started)
    factories.registration(session)


def plant_early_signature() -> None:
    plant_unsigned()
    db.session.execute(text("UPDATE agreements SET state = 'partner_signed'"))


def plant_unread_text() -> None:
    db.session.execute(text("UPDATE ideas SET title = 'Nobody read this'"))


def plant_seats() -> None:
    db.session.execute(text("UPDATE sessions SET taken = 0"))


def plant_idle_seat() -> None:
    db.session.execute(text("UPDATE sessions SET capacity = 9"))


def plant_no_date() -> None:
    factories.program()


def plant_unsigned() -> None:
    program, organisation = factories.program(), factories.organisation()
    factories.session(program)
    factories.kept(
        Agreement(
            program_id=program.id,
            organisation_id=organisation.id,
            state=AgreementState.ACTIVE,
            current=1,
        )
    )


def plant_seats_where_people_just_come() -> None:
    db.session.execute(text("UPDATE programs SET admission = 'open'"))


PLANTED = [
    (plant_seats_where_people_just_come, programs.no_seats, "has seats that nobody can save"),
    (plant_votes, ideas.vote_counts, "says 99 votes and has 2 voters"),
    (plant_lost_text, ideas.texts, "says 7 texts and has 1"),
    (plant_gap, ideas.stories, "has a gap in its story"),
    (plant_other_stage, ideas.stories, "its stage is another"),
    (plant_own_verdict, ideas.judges, "its author's verdict on their own text"),
    (plant_refusal_without_reason, ideas.reasons, "line 1 of its story says not_published without"),
    (plant_decision_without_reason, ideas.reasons, "line 2 of its story says not_now without"),
    (plant_lost_merge, ideas.merges, "joined one that is not public"),
    (plant_findable, ideas.findable, "is not public and can be found"),
    (plant_ghost, ideas.findable, "idea 999 is not public and can be found"),
    (plant_lost_to_search, ideas.findable, "is public and cannot be found"),
    (plant_unread_text, ideas.approved_texts, "shows a text that nobody approved"),
    (plant_seats, programs.seats, "says 0 seats are taken, its registrations 1"),
    (plant_idle_seat, programs.free_seats, "has a free seat while somebody waits"),
    (plant_same_place, programs.places, "has given place 1 on its waitlist twice"),
    (plant_place_not_given, programs.places, "has a place on its waitlist that it did not give"),
    (plant_remembered_guest, programs.forgotten_guests, "still says whose it was"),
    (plant_no_date, programs.announced, "is on the calendar without a date"),
    (plant_unsigned, agreements.signatures, "is in force without both signatures"),
    (plant_early_signature, agreements.signatures, "its state and its signatures do not fit"),
]


@pytest.mark.parametrize(("plant", "rule", "said"), PLANTED)
def test_a_drift_is_named_and_ends_with_1(
    app: Flask, plant: Callable[[], None], rule: Finder, said: str
) -> None:
    an_idea()
    a_session()
    db.session.flush()
    plant()
    db.session.flush()

    assert any(said in sentence for sentence in rule())
    status, words = run(app)
    assert (status, said in words) == (1, True), words


@pytest.mark.parametrize(
    "plant", [plant_votes, plant_lost_text, plant_seats, plant_findable, plant_lost_to_search]
)
def test_what_can_be_counted_anew_is_mended(app: Flask, plant: Callable[[], None]) -> None:
    an_idea()
    a_session()
    db.session.flush()
    plant()

    assert run(app, "--mend")[0] == 0
    assert run(app)[0] == 0
