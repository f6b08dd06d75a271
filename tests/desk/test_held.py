"""What took place without the portal is one line."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea, StoryLine
from portal.policy import Role
from portal.programs.lifecycle import ProgramStage, SessionStage
from portal.programs.models import Program, Session, Venue
from portal.reports import periods, statistics
from portal.surveys import queries as surveys
from tests import factories
from tests.conftest import Client


def day(ago: int = 40) -> str:
    return (clock.now() - timedelta(days=ago)).date().isoformat()


def sent(**values: str) -> dict[str, str]:
    usual = {"title": "Story time", "day": day(), "starts": "10:00", "ends": "11:00"}
    return usual | {"place": "Park", "room": "", "heads": "23", "age_group": "0-5"} | values


def entered() -> tuple[Program, Session]:
    db.session.rollback()
    return db.session.scalars(select(Program)).one(), db.session.scalars(select(Session)).one()


def test_it_counts_as_held_and_nobody_owes_anything(client: Client) -> None:
    client.sign_in(factories.librarian())
    room = str(factories.room().id)

    answer = client.post("/staff/events/held", data=sent(room=room, place=""))

    program, session = entered()
    assert answer.location == f"/staff/events/{program.id}"
    assert (program.stage, session.stage) == (ProgramStage.DONE, SessionStage.HELD)
    assert (session.head_count, session.venue, session.capacity) == (23, Venue.ONSITE, 0)
    assert "Counts for the library statistics" in client.get(answer.location).text
    total = statistics.of(periods.chosen(None, years=[])).total
    assert (total.sessions, total.visits) == (1, 23)
    assert surveys.owed() == []
    public = client.get(f"/events/{program.id}", follow_redirects=True).text
    assert "It happened" in public
    assert "What it was about" not in public


def test_the_idea_behind_it_has_happened_and_is_owed_results(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian())

    client.post("/staff/events/held", data=sent(idea=str(idea.id)))

    program, _session = entered()
    assert db.session.get_one(Idea, idea.id).stage is Stage.HELD
    links = db.session.scalars(select(StoryLine.link).where(StoryLine.idea_id == idea.id)).all()
    assert links[-1] == f"/events/{program.id}-story-time"
    assert [one.program_id for one in surveys.owed()] == [program.id]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"title": ""}, "Give it a name"),
        ({"heads": ""}, "Write a number."),
        ({"day": day(-3)}, "It is not over yet."),
        ({"day": "9999-12-31"}, "It is not over yet."),
        ({"day": "0001-01-01"}, "too long ago"),
        ({"ends": "09:00"}, "It ends before it starts."),
        ({"place": ""}, "Choose a room, or write where it is"),
        ({"room": "1"}, "Choose “Somewhere else” for this place, or leave it empty"),
        ({"idea": "99999"}, "There is no public idea number 99999."),
    ],
)
def test_what_cannot_have_been_is_told(
    client: Client, values: dict[str, str], sentence: str
) -> None:
    factories.idea(publication=Publication.PENDING)
    client.sign_in(factories.librarian())

    answer = client.post("/staff/events/held", data=sent(**values))

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert db.session.scalars(select(Program)).all() == []


def test_staff_of_another_branch_do_not_enter_it(client: Client) -> None:
    client.sign_in(factories.person(Role.LIBRARIAN, branch_id=factories.branch("EAST").id))
    room = str(factories.room().id)

    assert client.post("/staff/events/held", data=sent(room=room, place="")).status_code == 403
