"""What a page costs: few statements, and the same for one row as for three."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.database import db
from portal.ideas import voting
from portal.ideas.models import Idea
from portal.organisations.models import Member, Organisation
from portal.programs.models import Program, ProgramPartner, Session
from tests import factories
from tests.addresses import PAGES, World, world
from tests.conftest import Client

LIST, PAGE = (3, 5), (6, 8)  # at most, signed out and signed in
ROOM = (3, 20)  # all that somebody has to do in one place, from many tables
MOST = dict.fromkeys(
    (
        "desk.event_list",
        "desk.idea_list",
        "desk_partners.everybody",
        "desk_people.index",
        "desk_places.closed_days",
        "desk_places.index",
        "desk_settings.reply_list",
        "ideas.index",
        "me.mail",
        "programs.index",
        "results.ledger",
        "workspace.events",
        "workspace.offers",
    ),
    LIST,
) | dict.fromkeys(
    (
        "answers.answer",
        "counter.seat",
        "desk.event",
        "desk.today",
        "desk_results.answers",
        "desk_results.edit",
        "me.show",
        "moderation.show",
        "wizard.show",
    ),
    ROOM,
)
GROWING = {  # pages with rows that ``more`` adds to
    "desk.door",
    "desk.event",
    "desk.event_list",
    "desk.idea_list",
    "desk.today",
    "desk_partners.everybody",
    "desk_partners.index",
    "ideas.index",
    "me.show",
    "programs.index",
    "programs.show",
    "public.idea",
    "reports.ideas",
    "results.ledger",
    "workspace.events",
    "workspace.offers",
    "workspace.overview",
}
FOR_ALL = {"ideas.index", "programs.index", "programs.show", "public.idea", "results.ledger"}
Costs = dict[tuple[str, str], tuple[int, int]]  # statements and bytes, by endpoint and path


@pytest.mark.parametrize("signed_in", [False, True])
def test_every_page_costs_little_and_the_same_for_one_row_and_for_three(
    client: Client, statements: list[str], signed_in: bool
) -> None:
    made = world()
    if signed_in:
        client.sign_in(made.everybody)
    pages = [(name, path) for name, address in PAGES.items() for path in address(made)]
    more(made)
    one = costs(client, statements, pages)
    more(made)
    more(made)
    three = costs(client, statements, pages)

    assert {page: n for page, (n, _size) in three.items()} == {
        page: n for page, (n, _size) in one.items()
    }
    dear = {page: n for page, (n, _size) in one.items() if n > MOST.get(page[0], PAGE)[signed_in]}
    assert dear == {}
    grown = {page[0] for page, (_n, size) in three.items() if size > one[page][1] + 100}
    assert (GROWING if signed_in else FOR_ALL) - grown == set()


def costs(client: Client, statements: list[str], pages: list[tuple[str, str]]) -> Costs:
    """Of each page when it is opened again: what is kept for a while was read before."""
    found = {}
    for endpoint, path in pages:
        moved = client.get(path)
        address_now = moved.location if moved.status_code == 301 else path
        statements.clear()
        page = client.get(address_now)
        found[endpoint, path] = len(statements), len(page.data)
    return found


def more(made: World) -> None:
    """One more row wherever a page shows rows, and a whole world beside it."""
    world()
    me = made.everybody.id
    ours = db.session.scalars(select(Organisation).join(Member).where(Member.person_id == me)).one()
    idea, program = factories.idea(author_id=me), factories.program()
    voting.cast(idea.id, person_id=me)
    factories.offer(idea, ours)
    factories.kept(ProgramPartner(program_id=program.id, organisation_id=ours.id))
    factories.registration(factories.session(program), person_id=me, email=None)
    factories.session(program, number=2, starts=clock.now() - timedelta(hours=9))
    factories.device(made.everybody)
    factories.offer(db.session.get_one(Idea, made.idea), factories.organisation())
    of_mine = Session.program_id == made.program
    number = db.session.scalar(select(func.max(Session.number)).where(of_mine)) or 0
    shown = db.session.get_one(Program, made.program)
    factories.registration(factories.session(shown, number=number + 1, capacity=9))
    door = db.session.scalars(select(Session).where(of_mine, Session.number == 1)).one()
    door.capacity += 1
    factories.registration(door)
