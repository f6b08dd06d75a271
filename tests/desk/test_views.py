from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.agreements.lifecycle import AgreementState
from portal.agreements.models import Agreement
from portal.core import clock
from portal.core.database import db
from portal.core.locale import long_date
from portal.ideas.lifecycle import Stage
from portal.mail.models import Outgoing
from portal.policy import Role
from portal.programs import closing, registering
from portal.programs.lifecycle import ProgramStage, SeatState, SessionStage
from portal.programs.models import Program, Registration, Session
from portal.programs.registering import Party
from portal.surveys.models import Result
from tests import factories
from tests.conftest import Client


def running(**values: object) -> Session:
    idea = factories.idea(stage=Stage.SCHEDULED)
    made = factories.session(
        factories.program(idea), starts=clock.now() - timedelta(minutes=10), **values
    )
    db.session.commit()
    return made


def path(session: Session, what: str) -> str:
    return f"/staff/events/{session.program_id}/{session.number}/{what}"


def test_at_the_door_by_code_by_name_and_as_a_walk_in(client: Client) -> None:
    session = running(capacity=5)
    one, two = factories.registration(session), factories.registration(session, party=2)
    client.sign_in(factories.librarian())
    door = path(session, "door")

    assert f"Welcome, {one.name}" in client.post(door, data={"code": one.code.lower()}).text
    assert one.name in client.get(f"{door}?q={one.name[:4]}").text
    client.post(door, data={"guest": str(two.id), "do": "check_in"})
    client.post(door, data={"do": "walk_in", "name": "Sam", "people": "1"})
    db.session.expire_all()

    arrived = db.session.scalars(select(Registration.arrived).order_by(Registration.id)).all()
    assert (arrived, session.taken) == ([1, 2, 1], 4)
    client.post(door, data={"guest": str(two.id), "do": "undo"})
    db.session.refresh(two)
    assert two.state is SeatState.REGISTERED


def test_a_code_that_is_none_is_told_and_the_door_goes_on(client: Client) -> None:
    session = running()
    client.sign_in(factories.librarian())

    answer = client.post(path(session, "door"), data={"code": "<b>NOPE"})

    assert answer.status_code == 422
    assert "No ticket for this event has the code BNOPE." in answer.text


def test_the_door_says_what_is_wrong_with_what_was_typed(client: Client) -> None:
    session = running()
    client.sign_in(factories.librarian())
    long_name = {"do": "walk_in", "name": "x" * 121, "people": "1"}

    for sent, said in (
        ({"code": " - "}, "<h2>Scan a ticket, or type its code.</h2>"),
        (long_name, "Make the name 120 letters or shorter"),
        (long_name | {"name": "Sam", "people": "21"}, "Enter a number from 1 to 20"),
    ):
        answer = client.post(path(session, "door"), data=sent)
        assert (answer.status_code, said in answer.text) == (422, True)


def test_a_ticket_of_another_event_does_not_open_this_door(client: Client) -> None:
    session, other = running(), factories.registration(running())
    client.sign_in(factories.librarian())

    assert client.post(path(session, "door"), data={"code": other.code}).status_code == 422


def test_before_the_day_the_door_asks_once_whether_it_is_the_right_one(client: Client) -> None:
    session = factories.session(factories.program(), capacity=3)
    guests = [factories.registration(session) for _ in range(2)]
    client.sign_in(factories.librarian())
    door, press = path(session, "door"), {"guest": str(guests[0].id), "do": "check_in"}

    asked = client.post(door, data=press)

    assert (asked.status_code, guests[0].arrived) == (422, 0)
    assert f"It is on {long_date(session.starts_local)}." in asked.text
    assert asked.text.count(f'name="guest" value="{guests[0].id}"') == 2
    sure = client.post(door, data=press | {"early": "yes"})
    assert f"Welcome, {guests[0].name}" in sure.text
    assert sure.text.count('name="early" value="yes"') == 5
    assert client.post(door, data=press | {"do": "undo"}).status_code == 200


def test_walk_ins_do_not_take_promised_seats(client: Client) -> None:
    session = running(capacity=1)
    factories.registration(session)
    client.sign_in(factories.librarian())

    answer = client.post(path(session, "door"), data={"do": "walk_in", "people": "1"})

    assert (answer.status_code, "promised" in answer.text) == (422, True)


def test_the_guest_list_shows_no_sign_up_time(client: Client) -> None:
    session = running()
    factories.registration(session, made_at=clock.now() - timedelta(days=3))
    client.sign_in(factories.librarian())

    page = client.get(path(session, "door")).text

    day = (clock.now() - timedelta(days=3)).date()
    assert day.isoformat() not in page
    assert f"{day:%b} {day.day}" not in page


def test_closing_counts_heads_and_moves_the_idea_on(client: Client) -> None:
    session = running(capacity=5)
    came, missed = factories.registration(session), factories.registration(session)
    client.sign_in(factories.librarian())
    client.post(path(session, "door"), data={"code": came.code})
    assert 'value="1"' in client.get(path(session, "close")).text

    assert client.post(path(session, "close"), data={"heads": "4"}).status_code == 303

    db.session.expire_all()
    assert (session.stage, session.head_count) == (SessionStage.HELD, 4)
    assert missed.state is SeatState.NO_SHOW
    assert closing.counts_for_statistics(session)[0]
    assert client.post(path(session, "close"), data={"heads": "5"}).status_code == 409


def test_a_session_to_come_cannot_be_closed(client: Client) -> None:
    session = factories.session(factories.program())
    client.sign_in(factories.librarian())

    answer = client.post(path(session, "close"), data={"heads": "4"})

    assert (answer.status_code, "not begun yet" in answer.text) == (409, True)


def test_a_cancelled_last_session_tells_guests_and_sends_the_idea_back(client: Client) -> None:
    idea = factories.idea(stage=Stage.SCHEDULED)
    session = factories.session(factories.program(idea))
    factories.registration(session)
    client.sign_in(factories.librarian())
    cancel = path(session, "cancel")
    assert client.post(cancel, data={"reason": ""}).status_code == 422

    assert client.post(cancel, data={"reason": "The roof leaks."}).status_code == 303

    db.session.expire_all()
    assert (session.stage, idea.stage) == (SessionStage.CANCELLED, Stage.PLANNING)
    assert db.session.scalars(select(Outgoing.kind)).all() == ["session_cancelled"]
    assert "The roof leaks." in client.get(f"/ideas/{idea.id}-repair-evenings").text


def test_a_lent_room_alone_does_not_count_for_statistics() -> None:
    session = Session(
        program_id=1,
        number=1,
        starts_local=clock.now(),
        ends_local=clock.now(),
        zone="UTC",
        starts_at=clock.now(),
        ends_at=clock.now(),
        capacity=5,
        stage=SessionStage.HELD,
        head_count=9,
        staff_minutes=0,
    )

    assert not closing.counts_for_statistics(session)[0]


def test_today_shows_what_is_due_and_else_says_well_done(client: Client) -> None:
    client.sign_in(factories.librarian())
    assert "All caught up" in client.get("/staff").text

    factories.session(factories.program(title="Chess"), starts=clock.now() - timedelta(hours=9))
    assert "Heads are not counted yet." in client.get("/staff").text


@pytest.mark.parametrize(
    ("page", "most"),
    [
        ("/staff/ideas", 4),
        ("/staff/events", 4),
        ("/staff/events?show=held", 4),
        ("/staff/partners/all", 4),
        ("/staff/partners", 6),  # three short lists in one
        ("/staff", 11),  # all that is due, of every kind, and what is planned
    ],
)
def test_lists_of_staff_cost_the_same_for_one_and_for_many(
    client: Client, statements: list[str], page: str, most: int
) -> None:
    def cost() -> int:
        factories.session(factories.program(factories.idea()))
        factories.offer(factories.idea(), factories.organisation())
        client.get(page)
        statements.clear()
        client.get(page)
        return len(statements)

    client.sign_in(factories.librarian())

    assert {cost(), cost(), cost()} == {cost()}
    assert cost() == most


def test_a_plan_is_not_open_at_the_door(client: Client) -> None:
    session = factories.session(factories.program(stage=ProgramStage.PLANNING))
    client.sign_in(factories.librarian())

    assert client.get(f"/staff/events/{session.program_id}").status_code == 200


def test_staff_of_another_branch_read_no_guest_list(client: Client) -> None:
    session = running()
    factories.registration(session, name="Vera")
    session.branch_id = factories.branch("MAIN").id
    elsewhere = factories.person(Role.LIBRARIAN, branch_id=factories.branch("EAST").id)
    answer = client.sign_in(elsewhere).get(path(session, "door"))

    assert answer.status_code == 403
    assert "Vera" not in answer.text


@pytest.mark.parametrize("guest", ["9" * 40, "-1", "x", "\0", ""])
def test_a_guest_that_is_none_is_told_at_the_door(client: Client, guest: str) -> None:
    client.sign_in(factories.librarian())
    answer = client.post(path(running(), "door"), data={"guest": guest, "do": "check_in"})

    assert answer.status_code == 422
    assert "There is nothing here" in answer.text


def test_nothing_that_no_database_holds_is_looked_for_or_kept(client: Client) -> None:
    session = running()
    client.sign_in(factories.librarian())

    assert client.get(path(session, "door"), query_string={"q": "\0"}).status_code == 200
    assert client.post(path(session, "cancel"), data={"reason": "Flood\0"}).status_code == 303


def test_more_seats_go_to_the_waitlist_and_fewer_than_taken_are_refused(client: Client) -> None:
    session = factories.session(factories.program(), capacity=1, room_id=factories.room().id)
    guests = [
        registering.register(session.id, Party(name=f"G{n}", email=f"g{n}@example.org"))
        for n in range(2)
    ]
    client.sign_in(factories.librarian())
    none = "Enter a number of seats of 1 or more"
    wrong = {"0": none, "31": "holds 30 people", "x": none}
    path = f"/staff/events/{session.program_id}/1/seats"

    for seats, sentence in wrong.items():
        refused = client.post(path, data={"seats": seats})
        assert (refused.status_code, sentence in refused.text) == (422, True)
        assert f'value="{seats}"' in refused.text
    assert client.post(path, data={"seats": "2"}).status_code == 303

    db.session.refresh(guests[1])
    assert guests[1].state is SeatState.OFFERED


def test_a_date_is_not_cancelled_without_a_reason_and_what_was_typed_stays(client: Client) -> None:
    session = factories.session(factories.program())
    client.sign_in(factories.librarian())
    path = f"/staff/events/{session.program_id}/1/cancel"

    assert client.post(path, data={"reason": " "}).status_code == 422
    long = client.post(path, data={"reason": "so ill " * 200})

    assert long.status_code == 422
    assert "so ill so ill" in long.text
    db.session.refresh(session)
    assert session.stage is SessionStage.SCHEDULED


def test_today_says_which_results_are_owed_and_which_are_late(client: Client) -> None:
    for title, days in (("Fresh", 3), ("Due soon", 20), ("Late one", 31), ("Told", 40)):
        program = factories.program(title=title, stage=ProgramStage.DONE)
        ended = clock.now() - timedelta(days=days)
        factories.session(program, starts=ended, stage=SessionStage.HELD, head_count=4)
    factories.kept(
        Result(
            program_id=program.id,
            sentence="s",
            next_step="n",
            delivered={},
            figures={},
            published_at=clock.now(),
        )
    )
    program.results_owed_since = None
    page = client.sign_in(factories.librarian()).get("/staff").text

    assert "Fresh" not in page
    assert "Told" not in page
    assert page.index("Late: what came of it was due by") < page.index("What came of it is due by")


def test_a_promise_that_was_missed_is_called_late(client: Client) -> None:
    today = clock.now().date()
    for days in (-3, 3):
        due = today + timedelta(days=days)
        factories.idea(stage=Stage.UNDER_REVIEW, answer_due_on=due, votes=30)
    page = client.sign_in(factories.librarian()).get("/staff").text

    assert page.count("Late: an answer was promised by") == 1
    assert page.count("An answer is promised by") == 1


def test_an_offer_that_nobody_answered_for_three_days_is_named(client: Client) -> None:
    idea = factories.idea()
    factories.offer(idea, factories.organisation(name="Newcomers"))
    old = clock.now() - timedelta(days=3, minutes=1)
    factories.offer(idea, factories.organisation(name="Waiting Ones"), made_at=old)
    page = client.sign_in(factories.librarian()).get("/staff").text

    assert "2 offers to answer" in page
    assert "1 has waited for more than 3 days: Waiting Ones" in page


def test_late_ones_come_first(client: Client) -> None:
    soon = clock.now().date() + timedelta(days=3)
    factories.idea(stage=Stage.UNDER_REVIEW, answer_due_on=soon, votes=30)
    program = factories.program(title="Late one", stage=ProgramStage.DONE)
    ended = clock.now() - timedelta(days=31)
    factories.session(program, starts=ended, stage=SessionStage.HELD, head_count=4)
    page = client.sign_in(factories.librarian()).get("/staff").text

    assert page.index("Late: what came of it") < page.index("An answer is promised by")


def test_today_says_for_whom_an_agreement_waits_and_since_when(client: Client) -> None:
    sent, called_off = factories.program(title="Chess"), ProgramStage.CANCELLED
    over = factories.program(title="Nothing more", stage=called_off)
    guild = factories.organisation(name="Repair Guild")
    for program, state in ((sent, AgreementState.SENT), (over, AgreementState.SENT_BACK)):
        waits = Agreement(program_id=program.id, organisation_id=guild.id, state=state)
        waits.current, waits.sent_at = 1, clock.now()
        factories.kept(waits)
    page = client.sign_in(factories.person(Role.MANAGER)).get("/staff").text

    assert "Waiting for Repair Guild since " in page
    assert "Nothing more" not in page


def test_what_is_over_is_not_coming_up(client: Client) -> None:
    factories.session(factories.program(title="Chess"), starts=clock.now() - timedelta(hours=9))
    page = client.sign_in(factories.librarian()).get("/staff").text

    assert "Chess" not in page.split("Coming up")[1]


def test_a_plan_that_was_left_is_found_again_on_today(client: Client) -> None:
    idea = factories.idea(title="Chess for all")
    client.sign_in(factories.librarian())
    client.post(f"/staff/ideas/{idea.id}/plan")

    page = client.get("/staff").text

    assert "Step 1 of 5 is next." in page
    assert f'href="/staff/ideas/{idea.id}/plan/1"' in page


def test_the_page_of_an_event_says_whether_it_counts_and_why(client: Client) -> None:
    program = factories.program(stage=ProgramStage.DONE)
    ended = clock.now() - timedelta(days=3)
    factories.session(program, starts=ended, stage=SessionStage.HELD, head_count=4)
    lent = {"stage": SessionStage.HELD, "head_count": 9, "staff_minutes": 0}
    factories.session(program, starts=ended, number=2, **lent)

    page = client.sign_in(factories.librarian()).get(f"/staff/events/{program.id}").text

    assert page.count("Counts for the library statistics") == 1
    assert page.count("Does not count for the library statistics") == 1


def test_the_page_of_a_plan_leads_on(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian())
    client.post(f"/staff/ideas/{idea.id}/plan")
    program = db.session.scalars(select(Program)).one()

    page = client.get(f"/staff/events/{program.id}").text

    assert f'href="/staff/ideas/{idea.id}/plan/1"' in page


def test_what_was_counted_is_kept_as_the_library_counts(client: Client) -> None:
    session = running()
    client.sign_in(factories.librarian())
    assert "In whole US dollars." in client.get(path(session, "close")).text

    counted = {"heads": "4", "online": "2", "staff_hours": "2.5", "cost": "40", "note": "Rain."}
    client.post(path(session, "close"), data=counted)

    db.session.refresh(session)
    assert (session.head_count, session.online_count) == (4, 2)
    assert (session.staff_minutes, session.cost, session.note) == (150, 4000, "Rain.")


@pytest.mark.parametrize("hours", ["sNaN", "NaN", "Infinity", "-1", "1e999999", "two"])
def test_hours_that_are_none_are_told(client: Client, hours: str) -> None:
    session = running()
    client.sign_in(factories.librarian())

    answer = client.post(path(session, "close"), data={"heads": "4", "staff_hours": hours})

    assert answer.status_code == 422
    db.session.refresh(session)
    assert session.stage is SessionStage.SCHEDULED


def test_who_closes_second_keeps_what_they_typed(client: Client) -> None:
    session = running()
    client.sign_in(factories.librarian())
    client.post(path(session, "close"), data={"heads": "4"})

    answer = client.post(path(session, "close"), data={"heads": "17", "note": "A <full> house"})

    assert answer.status_code == 409
    assert "Somebody was faster" in answer.text
    assert 'value="17"' in answer.text
    assert "A &lt;full&gt; house" in answer.text
