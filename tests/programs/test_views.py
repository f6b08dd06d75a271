import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.ideas.lifecycle import Stage
from portal.programs import registering
from portal.programs.lifecycle import ProgramStage, SeatState, SessionStage
from portal.programs.models import Registration
from portal.programs.paths import seat_path, session_path
from portal.programs.registering import Party
from tests import factories
from tests.conftest import Client

GUEST = {"name": "Rosa", "email": "rosa@example.org", "seats": "1", "remind": "y"}


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_many(
    client: Client, statements: list[str], number: int
) -> None:
    for _ in range(number):
        factories.session(factories.program())
    client.get("/events")
    statements.clear()

    page = client.get("/events")

    assert page.text.count('<article class="ticket">') == number
    assert len(statements) == 3


@pytest.mark.parametrize(("signed_in", "most"), [(False, 6), (True, 8)])
def test_the_page_of_an_event_costs_little(
    client: Client, statements: list[str], signed_in: bool, most: int
) -> None:
    program = factories.program(factories.idea())
    factories.session(program)
    if signed_in:
        client.sign_in(factories.person())
    path = f"/events/{program.id}-repair-cafe"
    client.get(path)
    statements.clear()

    assert client.get(path).status_code == 200
    assert len(statements) <= most


def test_a_guest_saves_a_seat_and_gives_it_back_by_the_link(client: Client) -> None:
    session = factories.session(factories.program())

    answer = client.post(f"/events/{session.program_id}/1", data=GUEST)
    made = db.session.scalars(select(Registration)).one()
    assert answer.status_code == 200
    assert "Your ticket is on its way to <strong>rosa@example.org</strong>." in answer.text
    assert made.code not in answer.text

    link = seat_path(made.id, made.version)
    page = client.get(link).text
    assert "QR code for this ticket" in page
    assert "Give it back" in page
    given_back = client.post(link, data={"do": "cancel"})
    assert given_back.status_code == 303
    assert "given back" in client.get(given_back.location).text
    db.session.refresh(made)
    assert made.state is SeatState.CANCELLED
    assert client.get(link).status_code == 404
    assert client.get(f"/t/{made.code}").status_code == 404


def test_a_wrong_form_comes_back_as_it_was(client: Client) -> None:
    session = factories.session(factories.program())

    answer = client.post(
        f"/events/{session.program_id}/1", data=GUEST | {"email": "nowhere", "needs": "A <ramp>"}
    )

    assert answer.status_code == 422
    assert "A &lt;ramp&gt;" in answer.text
    many = client.post(f"/events/{session.program_id}/1", data=GUEST | {"seats": "abc"})
    assert '<a href="#seats">Choose from the list how many people<' in many.text
    assert db.session.scalars(select(Registration)).all() == []


def test_a_full_event_takes_the_next_on_its_waitlist(client: Client) -> None:
    session = factories.session(factories.program(), capacity=1)
    factories.registration(session)

    answer = client.post(f"/events/{session.program_id}/1", data=GUEST)

    assert "there is a waitlist. Where you stand is on its way" in answer.text
    waits = db.session.scalars(select(Registration).where(Registration.name == "Rosa")).one()
    link = seat_path(waits.id, waits.version)
    assert "You are on the waitlist, number 1" in client.get(link).text


def test_a_tampered_link_changes_nothing(client: Client) -> None:
    session = factories.session(factories.program())
    one, other = factories.registration(session), factories.registration(session)
    signature = seat_path(other.id, 1).rsplit("/", 1)[1]

    assert client.post(f"/seats/{one.id}/{signature}", data={"do": "cancel"}).status_code == 404
    assert one.state is SeatState.REGISTERED


def test_a_seat_of_somebody_else_cannot_be_given_back(client: Client) -> None:
    registration = factories.registration(factories.session(factories.program()))
    client.sign_in(factories.person())

    answer = client.post(f"/me/seats/{registration.id}", data={"do": "cancel"})

    assert (answer.status_code, registration.state) == (404, SeatState.REGISTERED)


def test_a_plan_is_nowhere(client: Client) -> None:
    program = factories.program(stage=ProgramStage.PLANNING, title="Zyzzyva night")
    factories.session(program)

    paths = [f"/events/{program.id}", f"/events/{program.id}/1", f"/events/{program.id}/1.ics"]
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    assert "Zyzzyva" not in client.get("/events").text + client.get("/events.ics").text


@pytest.mark.parametrize(
    "title", ["Repair; and, mend", "Line\nbreak\r\nATTENDEE:x", "A" * 250, "Ünï ☃ \\n", "<b>x</b>"]
)
def test_a_calendar_says_what_the_page_says(client: Client, title: str) -> None:
    session = factories.session(factories.program(title=title))

    calendar = Calendar.from_ical(client.get("/events.ics").data)

    events = calendar.walk("VEVENT")
    assert len(events) == 1
    assert str(events[0]["SUMMARY"]).split() == title.split()
    assert events[0]["UID"] == f"session-{session.id}@localhost"
    assert "ATTENDEE" not in events[0]


def test_a_cancelled_session_stays_in_calendars_as_cancelled(client: Client) -> None:
    factories.session(factories.program(), stage=SessionStage.CANCELLED)

    calendar = Calendar.from_ical(client.get("/events.ics").data)

    assert calendar.walk("VEVENT")[0]["STATUS"] == "CANCELLED"
    assert "Does not take place" in client.get("/events").text


def test_hostile_words_do_not_leave_the_facts_for_search_engines(client: Client) -> None:
    program = factories.program(title="</script><script>alert(1)</script>")
    factories.session(program, starts=clock.now() + timedelta(days=2))

    page = client.get(f"/events/{program.id}", follow_redirects=True).text

    assert "<script>alert" not in page


def test_what_was_typed_is_there_when_a_seat_is_refused(client: Client) -> None:
    session = factories.session(factories.program(waitlist=False), capacity=1)
    typed = GUEST | {"seats": "2", "needs": "A ramp"}
    answer = client.post(f"/events/{session.program_id}/1", data=typed)

    assert answer.status_code == 422
    assert "This event is full." in answer.text
    assert "A ramp" in answer.text
    assert "rosa@example.org" in answer.text


def test_who_waits_reads_their_place_as_it_is_now(client: Client) -> None:
    session = factories.session(factories.program(), capacity=1)
    made = [
        registering.register(session.id, Party(name=f"G{n}", email=f"g{n}@example.org"))
        for n in range(4)
    ]
    last = f"/t/{made[3].code}"
    assert "on the waitlist, number 3" in client.get(last).text

    registering.cancel(made[1].id)

    assert "on the waitlist, number 2" in client.get(last).text


@pytest.mark.parametrize("do", ["", "everything"])
def test_a_press_that_is_none_gives_nothing_back(client: Client, do: str) -> None:
    made = factories.registration(factories.session(factories.program()))

    answer = client.post(seat_path(made.id, made.version), data={"do": do})

    assert answer.status_code == 409
    db.session.refresh(made)
    assert made.state is SeatState.REGISTERED


def test_a_press_on_a_seat_leads_to_a_page_that_can_be_loaded_again(client: Client) -> None:
    session = factories.session(factories.program(), capacity=1)
    first = factories.registration(session)
    second = registering.register(session.id, Party(name="Gus", email="gus@example.org"))
    registering.cancel(first.id)

    offered = client.get(seat_path(second.id, second.version)).text
    assert re.search(r"We hold them until [^<]+ [ap]\.m\.; then the next on the list", offered)
    answer = client.post(seat_path(second.id, second.version), data={"do": "take"})

    assert answer.status_code == 303
    for _ in range(2):
        assert "<h1>You have a seat</h1>" in client.get(answer.location).text


@pytest.mark.parametrize(
    ("values", "said", "unsaid"),
    [
        ({}, "See you on", "This event"),
        ({"stage": SessionStage.CANCELLED, "reason": "No water."}, "No water.", "See you on"),
        ({"starts": clock.now() - timedelta(days=3)}, "This event is over.", "See you on"),
    ],
)
def test_a_ticket_is_one_while_there_is_something_to_come_to(
    client: Client, values: dict[str, Any], said: str, unsaid: str
) -> None:
    seat = factories.registration(factories.session(factories.program(), **values))

    for path in (f"/t/{seat.code}", seat_path(seat.id, seat.version)):
        page = client.get(path).text
        assert ("Give it back" in page) == (not values and "/seats/" in path)
        if path.startswith("/t/"):
            assert said in page
            assert unsaid not in page
            assert ("QR code for this ticket" in page) == (not values)


def test_a_ticket_without_a_name_has_no_gap_where_it_was(client: Client) -> None:
    seat = factories.registration(factories.session(factories.program()), name="")

    assert "<p>1 person</p>" in client.get(f"/t/{seat.code}").text


def test_who_was_there_reads_that_they_came(client: Client) -> None:
    held = factories.session(
        factories.program(stage=ProgramStage.DONE),
        starts=clock.now() - timedelta(days=3),
        stage=SessionStage.HELD,
        head_count=9,
    )
    seat = factories.registration(held, state=SeatState.ATTENDED)

    assert "You came. Thank you." in client.get(f"/t/{seat.code}").text


@pytest.mark.parametrize(
    ("stage", "values", "said"),
    [
        (
            ProgramStage.CANCELLED,
            {"stage": SessionStage.CANCELLED},
            "Everybody who had a seat was told",
        ),
        (
            ProgramStage.DONE,
            {"stage": SessionStage.HELD, "head_count": 9},
            "The library is writing down what came of it.",
        ),
        (ProgramStage.ANNOUNCED, {}, "cannot be saved any more"),
    ],
)
def test_an_event_that_is_over_says_how_it_ended(
    client: Client, stage: ProgramStage, values: dict[str, Any], said: str
) -> None:
    program = factories.program(stage=stage)
    factories.session(program, starts=clock.now() - timedelta(days=3), **values)

    page = client.get(f"/events/{program.id}", follow_redirects=True).text

    assert said in page
    assert "Add to my calendar" not in page
    assert "Save my seat" not in page


def test_a_stranger_is_asked_to_sign_in_while_followers_have_the_first_seats(
    client: Client,
) -> None:
    session = factories.session(factories.program(factories.idea(), first_seats_over=False))
    path = f"/events/{session.program_id}-repair-cafe"

    page = client.get(path).text

    assert f'href="/sign-in?next={path}"' in page
    assert "Save my seat" not in page
    refused = client.post(f"/events/{session.program_id}/1", data=GUEST)
    assert refused.status_code == 422
    assert "rosa@example.org" in refused.text


def test_a_full_event_without_a_waitlist_says_so_before_anybody_writes(client: Client) -> None:
    session = factories.session(factories.program(waitlist=False), capacity=1)
    factories.registration(session)

    page = client.get(f"/events/{session.program_id}/1").text

    assert "<h2>This event is full</h2>" in page
    assert "Join the waitlist" not in page
    assert "join the waitlist" not in client.get("/events").text


def test_no_public_list_says_how_few_came(client: Client) -> None:
    """What the page of results hides would be worked out from here."""
    idea = factories.idea(stage=Stage.HELD)
    program = factories.program(idea, stage=ProgramStage.DONE)
    heads = {1: 17, 2: 3}
    for n, came in heads.items():
        factories.session(
            program,
            number=n,
            starts=clock.now() - timedelta(days=n),
            stage=SessionStage.HELD,
            head_count=came,
        )

    for path in ("/events", f"/ideas/{idea.id}-repair-evenings", f"/events/{program.id}"):
        page = client.get(path, follow_redirects=True).text
        assert "It happened" in page
        assert "people came" not in page


def test_the_question_of_an_event_is_asked_and_its_answer_is_at_the_door(client: Client) -> None:
    session = factories.session(factories.program(question="Which bike do you bring?"))
    path = f"/events/{session.program_id}/1"
    assert "Which bike do you bring?" in client.get(path).text
    long = client.post(path, data=GUEST | {"answer": "x" * 501})
    assert (long.status_code, "x" * 501 in long.text) == (422, True)

    assert client.post(path, data=GUEST | {"answer": "A tandem"}).status_code == 200

    door = client.sign_in(factories.librarian()).get(f"/staff{path}/door").text
    assert "A tandem" in door


def test_a_search_engine_reads_the_hours_of_the_library_s_own_day(client: Client) -> None:
    session = factories.session(factories.program())
    page = client.get(session_path(session.program_id, 1), follow_redirects=True).text

    [facts] = json.loads(re.findall(r'ld\+json">(.*?)</script>', page)[0])

    starts = datetime.fromisoformat(facts["startDate"])
    assert (starts, starts.replace(tzinfo=None)) == (session.starts_at, session.starts_local)


def test_an_event_without_a_question_takes_no_answer(client: Client) -> None:
    session = factories.session(factories.program())
    path = f"/events/{session.program_id}/1"

    assert client.post(path, data=GUEST | {"answer": "A tandem"}).status_code == 200
    assert db.session.scalars(select(Registration.answer)).one() == ""


def test_each_date_of_a_series_has_its_own_seats_and_its_own_ticket(client: Client) -> None:
    program = factories.program()
    first, second = (
        factories.session(program, number=n, starts=clock.now() + timedelta(days=7 * n))
        for n in (1, 2)
    )
    client.sign_in(factories.person())

    assert client.post(f"/events/{program.id}/1", data={"seats": "1"}).status_code == 303

    page = client.get(f"/events/{program.id}", follow_redirects=True).text
    assert "You have a seat" in page
    assert f'href="/events/{program.id}/2"' in page
    assert "Save my seat" in client.get(f"/events/{program.id}/2").text
    assert client.post(f"/events/{program.id}/2", data={"seats": "1"}).status_code == 303
    assert "Save my seat" not in client.get(f"/events/{program.id}/2").text
    for one in (first, second):
        db.session.refresh(one)
        assert one.taken == 1
    assert f'href="/events/{program.id}/2"' in client.get("/events").text
