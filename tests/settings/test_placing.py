"""Branches, rooms, topics and closed days, from the form to where they count."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial
from threading import Barrier

import pytest
from flask import Flask, g
from sqlalchemy import delete, select

from portal.core import clock
from portal.core.database import db, transaction
from portal.core.errors import Forbidden, Refused
from portal.ideas.lifecycle import Publication
from portal.policy import Role
from portal.programs import planning, scheduling
from portal.programs.scheduling import When
from portal.settings import founding, hours, placing
from portal.settings.models import Branch, BranchKind, ClosedDays, Room, Topic
from portal.settings.placing import BranchDraft, Place, RoomDraft, TopicDraft
from portal.settings.queries import Settings
from portal.settings.queries import current as library
from tests import factories
from tests.conftest import Client

WEEK = {
    f"{what}_{n}": at for n in range(5) for what, at in (("opens", "09:00"), ("closes", "17:30"))
}
BRANCH = {"name": "Mill Street", "kind": "branch", "address": "2 Mill Street"} | WEEK


@pytest.fixture
def administrator(client: Client) -> Client:
    return client.sign_in(factories.person(Role.ADMINISTRATOR))


def settings() -> Settings:
    """As the next request reads them."""
    db.session.rollback()
    g.pop("settings", None)
    return library()


def test_a_branch_with_its_hours(administrator: Client) -> None:
    assert administrator.post("/staff/settings/branches/new", data=BRANCH).status_code == 303

    branch = db.session.scalars(select(Branch).order_by(Branch.id.desc())).first()
    assert branch is not None
    assert (branch.code, branch.kind) == ("mill-street", BranchKind.BRANCH)
    facts = settings().branches[branch.id]
    assert facts.hours == {n: (time(9), time(17, 30)) for n in range(5)}
    assert hours.told(facts.hours) == [("Monday to Friday", "9 a.m. to 5:30 p.m.")]
    assert (
        "Monday to Friday 9 a.m. to 5:30 p.m." in administrator.get("/staff/settings/branches").text
    )
    changed = BRANCH | {"name": "Mill", "opens_4": "", "closes_4": ""}
    administrator.post(f"/staff/settings/branches/{branch.id}", data=changed)
    facts = settings().branches[branch.id]
    assert (facts.name, facts.code, sorted(facts.hours)) == ("Mill", "mill-street", [0, 1, 2, 3])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Write what the branch is called"),
        ({"code": "MAIN"}, "This short code is taken already. Choose another one."),
        ({"code": "a b"}, "Use plain letters, digits and - only."),
        ({"closes_0": ""}, "Write both times, or none for a day that is closed."),
        ({"closes_0": "08:00"}, "It closes before it opens."),
        ({"opens_0": "nine"}, "Write the time as hours:minutes, like 18:30."),
    ],
)
def test_a_wrong_branch_is_refused_at_its_field(
    administrator: Client, wrong: dict[str, str], said: str
) -> None:
    answer = administrator.post("/staff/settings/branches/new", data=BRANCH | wrong)

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="2 Mill Street"' in answer.text
    assert len(db.session.scalars(select(Branch)).all()) == 2


@pytest.mark.usefixtures("app")
def test_two_branches_of_like_names_have_codes_of_their_own() -> None:
    actor = factories.actor(Role.ADMINISTRATOR)
    names = ("Étoile — a very long name indeed", "Etoile, a very long name indeed")
    drafts = [BranchDraft(name=name, kind=BranchKind.BRANCH) for name in names]
    made = [placing.keep_branch(draft, by=actor) for draft in drafts]

    codes = [db.session.get_one(Branch, one).code for one in made]
    assert codes == ["etoile-a-very-long-n", "etoile-a-very-lo-2"]


def test_a_branch_that_is_sent_twice_is_there_once(administrator: Client) -> None:
    sent = [administrator.post("/staff/settings/branches/new", data=BRANCH) for _ in range(2)]

    assert [answer.status_code for answer in sent] == [303, 422]
    assert "This name is taken already. Choose another one." in sent[1].text
    assert len(settings().branches) == 3


def test_branches_stand_in_lists_where_the_library_puts_them(administrator: Client) -> None:
    main, east = factories.branch().id, factories.branch("EAST").id
    administrator.post("/staff/settings/branches/new", data=BRANCH)
    mill = max(settings().branches)
    assert list(settings().branches) == [main, east, mill], "a new one is the last"

    def put(branch_id: int, after: int) -> list[int]:
        page = f"/staff/settings/branches/{branch_id}"
        assert f'<option value="{after}">' in administrator.get(page).text
        sent = {"name": f"Branch {branch_id}", "kind": "branch", "after": str(after)}
        assert administrator.post(page, data=sent).status_code == 303
        assert f'<option selected value="{after}">' in administrator.get(page).text
        return list(settings().branches)

    assert put(mill, main) == [main, mill, east]
    assert put(mill, 0) == [mill, main, east]
    assert put(mill, east) == [main, east, mill]
    assert put(main, mill) == [east, mill, main]
    rows = administrator.get("/staff/settings/branches.csv").data.decode()
    administrator.post("/staff/settings/branches/file", data={"rows": rows, "bring": "yes"})
    assert list(settings().branches) == [east, mill, main], "a file leaves them there"


def test_a_room_with_features(administrator: Client) -> None:
    room = {"branch": str(factories.branch().id), "name": "Lab", "capacity": "12"}
    features = {"features": "Projector\r\n\r\nHearing loop"}

    assert administrator.post("/staff/settings/rooms/new", data=room | features).status_code == 303

    assert "Projector · Hearing loop" in administrator.get("/staff/settings/rooms").text
    again = administrator.post("/staff/settings/rooms/new", data=room)
    assert again.status_code == 422
    assert "This name is taken already. Choose another one." in again.text


def test_a_room_has_no_fewer_seats_than_an_event_in_it(administrator: Client) -> None:
    room = factories.room()
    for starts, seats in ((clock.now() - timedelta(days=2), 30), (None, 12)):
        factories.session(factories.program(), room_id=room.id, starts=starts, capacity=seats)
    sent = {"branch": str(room.branch_id), "name": "Community room", "features": "Projector"}
    there = f"/staff/settings/rooms/{room.id}"

    refused = administrator.post(there, data=sent | {"capacity": "11"})

    assert refused.status_code == 422
    assert "1 event on the calendar there has more seats. Change that first." in refused.text
    assert "Projector" in refused.text
    assert administrator.post(there, data=sent | {"capacity": "12"}).status_code == 303


def test_where_no_branch_is_open_there_is_no_room_and_no_trace(client: Client) -> None:
    main = factories.branch().id
    placing.close(Branch, main, by=factories.actor(Role.ADMINISTRATOR))
    client.sign_in(factories.person(Role.ADMINISTRATOR, branch_id=main))

    room = client.get("/staff/settings/rooms/new")
    assert room.status_code == 409
    assert "A room belongs to a branch, and none is open." in room.text
    assert client.get("/staff/settings/closed-days").status_code == 200


def test_a_topic_with_its_colour(administrator: Client) -> None:
    topic = {"name": "Gardens & seeds", "cloth": "nature", "outcome_area": "lifelong"}

    assert administrator.post("/staff/settings/topics/new", data=topic).status_code == 303

    made = db.session.scalars(select(Topic).where(Topic.code == "gardens-seeds")).one()
    assert (made.cloth, made.outcome_area) == ("nature", "lifelong")
    assert administrator.post("/staff/settings/topics/new", data=topic).status_code == 422


def test_what_is_closed_is_offered_no_more_and_keeps_its_name(administrator: Client) -> None:
    branch, topic = factories.branch("EAST"), factories.topic("civic")
    idea = factories.idea(branch_id=branch.id, topic_id=topic.id)
    for kind, one in (("branches", branch.id), ("topics", topic.id)):
        assert administrator.post(f"/staff/settings/{kind}/{one}/close").status_code == 303

    new = administrator.get("/ideas/new?title=x").text
    assert "Eastside Branch" not in new
    assert "Civic life" not in new
    page = administrator.get(f"/ideas/{idea.id}", follow_redirects=True).text
    assert "Eastside Branch" in page
    assert "Civic life" in page

    administrator.post(f"/staff/settings/branches/{branch.id}/reopen")
    assert "Eastside Branch" in administrator.get("/ideas/new?title=x").text


def test_an_idea_of_a_closed_branch_can_still_be_edited(client: Client) -> None:
    branch, author = factories.branch("EAST"), factories.person()
    waits = {"publication": Publication.PENDING, "published_at": None}
    idea = factories.idea(branch_id=branch.id, author_id=author.id, **waits)
    branch.closed = True
    client.sign_in(author)

    assert "Eastside Branch" in client.get(f"/ideas/{idea.id}/edit").text


def test_a_branch_with_ideas_is_not_removed_and_one_without_is(administrator: Client) -> None:
    branch = factories.branch("EAST")
    factories.idea(branch_id=branch.id)

    refused = administrator.post(f"/staff/settings/branches/{branch.id}/remove")

    assert refused.status_code == 422
    assert "so it cannot be removed." in refused.text
    assert "Close it instead" in refused.text
    assert 'value="Eastside Branch"' in refused.text
    actor = factories.actor(Role.ADMINISTRATOR)
    draft = BranchDraft(name="Mistake", kind=BranchKind.BRANCH, hours={0: (time(9), time(10))})
    mistake = placing.keep_branch(draft, by=actor)
    administrator.post(f"/staff/settings/branches/{mistake}/remove")
    assert db.session.scalars(select(Branch.code).order_by(Branch.id)).all() == ["MAIN", "EAST"]


def test_a_room_with_events_to_come_stays_open(administrator: Client) -> None:
    room = factories.room()
    factories.session(factories.program(), room_id=room.id)
    factories.session(factories.program(), room_id=room.id, starts=clock.now() - timedelta(days=2))

    refused = administrator.post(f"/staff/settings/rooms/{room.id}/close")

    assert refused.status_code == 422
    assert "1 event is on the calendar there." in refused.text
    assert db.session.get_one(Room, room.id, populate_existing=True).closed is False


def test_closed_days_are_refused_while_events_are_on_them(administrator: Client) -> None:
    session = factories.session(factories.program())
    day = session.starts_local.date()
    data = {"first": f"{day}", "last": "", "why": "Snow", "branch": ""}

    refused = administrator.post("/staff/settings/closed-days", data=data)
    assert refused.status_code == 422
    assert "1 event is on the calendar there." in refused.text

    after = {"first": f"{day + timedelta(days=1)}"}
    assert administrator.post("/staff/settings/closed-days", data=data | after).status_code == 303
    days = db.session.scalars(select(ClosedDays)).one()
    assert "The whole library" in administrator.get("/staff/settings/closed-days").text
    administrator.post(f"/staff/settings/closed-days/{days.id}/open")
    assert db.session.scalars(select(ClosedDays)).all() == []


def test_closed_days_that_are_sent_twice_or_mended_stand_once(administrator: Client) -> None:
    data = {"first": "2099-12-24", "last": "2099-12-25", "why": "Winter", "branch": ""}
    for change in ({}, {}, {"last": "2099-12-26"}, {"branch": str(factories.branch().id)}):
        answer = administrator.post("/staff/settings/closed-days", data=data | change)
        assert answer.status_code == 303

    found = [(one.last.day, one.branch_id) for one in settings().closed_days]
    assert found == [(26, None), (25, factories.branch().id)]


def test_a_day_that_is_over_is_taken_for_a_slip(administrator: Client) -> None:
    data = {"first": "2020-12-24", "last": "", "why": "Winter", "branch": ""}

    refused = administrator.post("/staff/settings/closed-days", data=data)

    assert refused.status_code == 422
    assert "That is over. Look at the year." in refused.text
    assert 'value="Winter"' in refused.text
    begun = administrator.post("/staff/settings/closed-days", data=data | {"last": "2099-01-01"})
    assert begun.status_code == 303


def test_a_last_day_before_the_first_is_refused(administrator: Client) -> None:
    data = {"first": "2099-12-26", "last": "2099-12-24", "why": "", "branch": ""}

    answer = administrator.post("/staff/settings/closed-days", data=data)

    assert "The last day is before the first." in answer.text


def test_who_administers_one_branch_changes_that_branch_alone(client: Client) -> None:
    main, east = factories.branch().id, factories.branch("EAST").id
    client.sign_in(factories.person(Role.ADMINISTRATOR, branch_id=east))

    for page in ("/staff/settings/branches", "/staff/settings/rooms"):
        shown = client.get(page).text
        assert ("Main Library" in shown, f'href="{page}/{main}"' in shown) == (True, False)
    assert f'href="/staff/settings/branches/{east}"' in client.get("/staff/settings/branches").text
    assert client.post(f"/staff/settings/branches/{east}", data=BRANCH).status_code == 303
    for path, data in (
        (f"/staff/settings/branches/{main}", BRANCH),
        (f"/staff/settings/branches/{east}/close", {}),
        ("/staff/settings/branches/new", BRANCH),
        ("/staff/settings/topics/new", {"name": "x", "cloth": "make", "outcome_area": "job"}),
        (f"/staff/settings/rooms/{factories.room().id}/close", {}),
        ("/staff/settings/library", {}),
        ("/staff/settings/people", {}),
    ):
        assert client.post(path, data=data).status_code == 403, path
    room = {"name": "Nook", "capacity": "4"}
    there = client.post("/staff/settings/rooms/new", data=room | {"branch": str(main)})
    assert "Choose one of the answers that are here." in there.text
    here = client.post("/staff/settings/rooms/new", data=room | {"branch": str(east)})
    assert here.status_code == 303
    whole = {"first": "2099-12-24", "last": "", "why": "", "branch": ""}
    assert client.post("/staff/settings/closed-days", data=whole).status_code == 422


def a_tuesday() -> date:
    """To come, and near enough to be planned."""
    soon = clock.now().date() + timedelta(days=30)
    return soon + timedelta(days=(1 - soon.weekday()) % 7)


class TestPlanning:
    """Hours and closed days, where an event is planned."""

    day = a_tuesday()

    def plan(self, *, starts: int) -> None:
        staff = factories.actor(Role.LIBRARIAN)
        program = planning.begin(factories.idea().id, by=staff)
        wanted = When(
            day=self.day,
            starts=time(starts),
            ends=time(starts + 2),
            seats=5,
            room_id=factories.room().id,
        )
        scheduling.schedule(program.id, wanted, by=staff)

    @pytest.fixture(autouse=True)
    def _main_library(self, client: Client) -> None:
        opens = {1: (time(12), time(17))}
        actor = factories.actor(Role.ADMINISTRATOR)
        draft = BranchDraft(name="Main Library", kind=BranchKind.CENTRAL, hours=opens)
        placing.keep_branch(draft, by=actor, id=factories.branch().id)

    def test_a_free_time_is_one_while_the_branch_is_open(self) -> None:
        self.plan(starts=12)

        with pytest.raises(Refused) as refused:
            self.plan(starts=13)
        assert refused.value.next_step == "Free that day: 2 p.m. to 4 p.m."
        self.plan(starts=14)
        with pytest.raises(Refused) as refused:
            self.plan(starts=12)
        assert refused.value.next_step == "It is taken all day. Choose another day or room."

    def test_on_a_closed_day_no_room_is_free(self) -> None:
        actor = factories.actor(Role.ADMINISTRATOR)
        placing.close_days(ClosedDays(first=self.day, last=self.day, why="Inventory"), by=actor)

        with pytest.raises(Refused, match="Main Library is closed that day: Inventory"):
            self.plan(starts=13)

    def test_a_closed_room_cannot_be_chosen(self) -> None:
        placing.close(Room, factories.room().id, by=factories.actor(Role.ADMINISTRATOR))

        with pytest.raises(Refused, match="Choose a room"):
            self.plan(starts=13)


def close_branch(place: Place) -> None:
    placing.close(Branch, place.branch_id or 0, by=factories.actor(Role.ADMINISTRATOR))


def close_that_day(place: Place) -> None:
    days = ClosedDays(first=a_tuesday(), last=a_tuesday(), branch_id=place.branch_id)
    placing.close_days(days, by=factories.actor(Role.ADMINISTRATOR))


def close_everything_that_day(_place: Place) -> None:
    close_that_day(Place())


@pytest.mark.parametrize("close", [close_branch, close_that_day, close_everything_that_day])
def test_what_closes_while_somebody_plans_there_is_closed_or_planned_never_both(
    app: Flask, close: Callable[[Place], None]
) -> None:
    staff, start = factories.actor(Role.LIBRARIAN), Barrier(2)
    wanted = When(day=a_tuesday(), starts=time(12), ends=time(14), seats=5)

    def at_once(act: Callable[[], object]) -> bool:
        with app.app_context():
            library()
            db.session.rollback()
            start.wait(10)
            try:
                with transaction():
                    act()
            except Refused:
                return False
        return True

    for n in range(8):
        place = Place(branch_id=founding.add_branch(f"Branch {n}", code=f"b{n}"))
        room_id = founding.add_room(place.branch_id or 0, name="Room", capacity=9)
        program_id = planning.begin(factories.idea().id, by=staff).id
        db.session.commit()
        plan = partial(scheduling.schedule, program_id, replace(wanted, room_id=room_id), by=staff)
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(at_once, (plan, partial(close, place))))
        assert done in ([True, False], [False, True]), n
        db.session.execute(delete(ClosedDays))


@pytest.mark.usefixtures("app")
def test_nobody_changes_a_place_without_the_role() -> None:
    manager, room = factories.actor(Role.MANAGER), factories.room()
    for act in (
        lambda: placing.keep_branch(BranchDraft(name="x", kind=BranchKind.BRANCH), by=manager),
        lambda: placing.keep_room(
            RoomDraft(branch_id=1, name="x", capacity=1), by=manager, id=room.id
        ),
        lambda: placing.keep_topic(
            TopicDraft(name="x", cloth="make", outcome_area="job"), by=manager
        ),
        lambda: placing.close(Room, room.id, by=manager),
        lambda: placing.remove(Room, room.id, by=manager),
        lambda: placing.close_days(
            ClosedDays(first=date(2099, 1, 1), last=date(2099, 1, 1)), by=manager
        ),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_change_that_is_rolled_back_leaves_no_copy(client: Client) -> None:
    """A page drawn with a refusal reads the change that then goes; nobody else may see it."""
    actor = factories.actor(Role.ADMINISTRATOR)
    db.session.commit()
    draft = BranchDraft(name="Ghost", kind=BranchKind.BRANCH)
    placing.keep_branch(draft, by=actor)
    assert "Ghost" in [one.name for one in library().branches.values()]
    db.session.rollback()
    other = BranchDraft(name="Real", kind=BranchKind.BRANCH)
    placing.keep_branch(other, by=actor)
    db.session.commit()

    page = client.get("/ideas/new?title=x").text
    assert "Ghost" not in page
    assert "Real" in page
