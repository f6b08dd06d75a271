"""Branches, rooms, topics and people as files, through the pages that take them."""

import io
from datetime import date, time

import pytest
from flask import g
from sqlalchemy import select

from portal.accounts.models import Grant, Person
from portal.core.database import db
from portal.mail.models import Outgoing
from portal.policy import Role
from portal.settings.models import Branch, ClosedDays, Room, Topic
from portal.settings.queries import Settings
from portal.settings.queries import current as library
from portal.transfer import tables
from portal.transfer.library import MOST_ROWS, TABLES
from tests import factories
from tests.conftest import Client

BRANCHES = (
    "code,name,kind,address,monday,tuesday,wednesday,thursday,friday,saturday,sunday\n"
    "MAIN,Main House,central,1 Elm St,9:00-17:30,,,,,,\n"
    ',Mill Street,branch,"2 Mill Street, Elm",10:00–14:00,,,,,,\n'
)


@pytest.fixture
def administrator(client: Client) -> Client:
    return client.sign_in(factories.person(Role.ADMINISTRATOR, name="Ada"))


def settings() -> Settings:
    db.session.rollback()
    g.pop("settings", None)
    return library()


def send(client: Client, kind: str, rows: str, **more: str) -> tuple[int, str]:
    answer = client.post(f"/staff/settings/{kind}/file", data={"rows": rows} | more)
    return answer.status_code, answer.text


def test_branches_are_looked_at_first_and_then_brought_in(administrator: Client) -> None:
    status, page = send(administrator, "branches", BRANCHES)
    assert status == 200
    assert "This would work: 1 new, 1 as before or changed" in page
    assert [one.name for one in settings().branches.values()] == ["Main Library", "Eastside Branch"]

    assert send(administrator, "branches", BRANCHES, bring="yes")[0] == 303
    facts = {one.code: one for one in settings().branches.values()}
    assert facts["MAIN"].name == "Main House"
    assert facts["MAIN"].hours == {0: (time(9), time(17, 30))}
    assert facts["mill-street"].address == "2 Mill Street, Elm"
    assert facts["EAST"].name == "Eastside Branch"


def test_with_a_refused_row_nothing_is_kept_and_each_is_named(administrator: Client) -> None:
    wrong = (
        BRANCHES + "EAST,,branch,,,,,,,,\nX,Shop,shop,,,,,,,,\nY,Late,branch,,17:00-9:00,,,,,,\n"
    )

    status, page = send(administrator, "branches", wrong, bring="yes")

    assert status == 422
    for said in (
        "Line 4: Name: Write what the branch is called",
        "Line 5: What it is: Choose one of the answers that are here.",
        "Line 6: Monday, to: It closes before it opens.",
    ):
        assert said in page, said
    assert "2 Mill Street, Elm" in page, "what was sent stays to be mended"
    assert len(settings().branches) == 2
    assert settings().branches[factories.branch().id].name == "Main Library"


def test_rooms_topics_and_people(administrator: Client) -> None:
    rooms = "branch,name,seats,features\nMAIN,Community room,40,Projector; Kitchen\nEAST,Nook,4,\n"
    topics = "code,name,color,area\nmaking,Making,make,digital\n,Gardens,nature,lifelong\n"
    people = "email,name,role,branch\nlena@example.org,Lena,manager,\n"
    people += "sam@example.org,Sam,librarian,EAST\n"
    for kind, rows in (("rooms", rooms), ("topics", topics), ("people", people)):
        for _ in range(2):  # the second time nothing is new
            assert send(administrator, kind, rows, bring="yes")[0] == 303

    found = db.session.execute(select(Room.name, Room.capacity, Room.features).order_by(Room.id))
    assert [tuple(row) for row in found] == [
        ("Community room", 40, "Projector\nKitchen"),
        ("Nook", 4, ""),
    ]
    assert db.session.scalars(select(Topic.code).order_by(Topic.id)).all() == [
        *("making", "civic", "gardens"),
    ]
    given = select(Person.email, Grant.role, Grant.branch_id).join(Grant).order_by(Grant.id)
    east = factories.branch("EAST").id
    assert [tuple(row) for row in db.session.execute(given)][1:] == [
        ("lena@example.org", Role.MANAGER, None),
        ("sam@example.org", Role.LIBRARIAN, east),
    ]
    assert len(db.session.scalars(select(Outgoing)).all()) == 2


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        ("rooms", "NOWHERE,Nook,4,", "There is no branch with the code “NOWHERE”."),
        ("rooms", "MAIN,Nook,0,", "Seats: Enter a number of seats of 1 or more"),
        ("topics", "new,Making and repair,make,digital", "This name is taken already."),
        ("topics", ",Gardens,red,digital", "Color: Choose one of the answers"),
        ("people", "lena,Lena,manager,", "Email: Write an email address like name@example.org."),
        ("rooms", "MAIN,Nook,4,Sink,Oven", "It has more cells than there are columns."),
        ("people", "lena@example.org,Lena,king,", "Role: Choose one of the answers"),
    ],
)
def test_a_row_is_refused_as_its_page_would(
    administrator: Client, kind: str, row: str, said: str
) -> None:
    header = ",".join(TABLES[kind].columns)

    status, page = send(administrator, kind, f"{header}\n{row}\n", bring="yes")

    assert (status, said in page) == (422, True)
    assert db.session.scalars(select(Outgoing)).all() == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("", "The file is empty"),
        ("code,name\nx,y\n", "The first line needs the column kind."),
        (BRANCHES.partition("\n")[0], "There are no rows under the names of the columns."),
        (BRANCHES.partition("\n")[0] + "\nX,Y,branch" * (MOST_ROWS + 1), "Cut it in two."),
    ],
)
def test_what_is_no_table_is_said(administrator: Client, rows: str, said: str) -> None:
    status, page = send(administrator, "branches", rows)

    assert (status, said in page) == (422, True)


def test_a_file_of_an_older_spreadsheet_keeps_its_letters(administrator: Client) -> None:
    rows = BRANCHES.replace("Mill Street", "Käthe’s").replace(",", ";").encode("cp1252")

    answer = administrator.post(
        "/staff/settings/branches/file", data={"file": (io.BytesIO(rows), "branches.csv")}
    )

    assert answer.status_code == 200
    assert ";Käthe’s;branch;" in answer.text


@pytest.mark.parametrize("kind", TABLES)
def test_the_page_says_what_a_column_may_hold(administrator: Client, kind: str) -> None:
    page = administrator.get(f"/staff/settings/{kind}/file").text

    for words in TABLES[kind].words.values():
        assert f"<dd>{', '.join(words)}</dd>" in page


@pytest.mark.parametrize("kind", TABLES)
def test_what_goes_down_comes_up_unchanged(administrator: Client, kind: str) -> None:
    main = factories.branch()
    main.address = "=1+1 Elm Street"
    for where in (None, main.id):
        factories.kept(ClosedDays(first=DAY, last=DAY, why="Snow, and ice", branch_id=where))
    administrator.post(f"/staff/settings/branches/{main.id}", data=HOURS)
    taken = administrator.get(f"/staff/settings/{kind}.csv")
    assert taken.headers["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
    before = settings()

    upload = {"file": (io.BytesIO(taken.data), "any.csv"), "bring": "yes", "rows": "ignored"}
    answer = administrator.post(f"/staff/settings/{kind}/file", data=upload)

    assert answer.status_code == 303
    after = settings()
    for name in ("branches", "rooms", "topics"):
        assert getattr(after, name) == getattr(before, name)
    assert administrator.get(f"/staff/settings/{kind}.csv").data == taken.data


DAY = date(2099, 12, 24)
CLOSED = "first,last,branch,why\n2099-12-24,2099-12-26,,Winter\n2099-07-04,,EAST,Fair\n"


def test_closed_days_of_a_year_come_in_at_once_and_are_mended_the_same_way(
    administrator: Client,
) -> None:
    east = factories.branch("EAST").id
    for rows, said in (
        (CLOSED, "2 new, 0 changed"),
        (CLOSED.replace("2099-12-26", "2099-12-27").replace("Fair", ""), "0 new, 2 changed"),
    ):
        assert send(administrator, "closed-days", rows, bring="yes")[0] == 303
        assert said in administrator.get("/staff/settings/closed-days").text
    found = [(one.first, one.last, one.branch_id, one.why) for one in settings().closed_days]

    assert found == [
        (date(2099, 7, 4), date(2099, 7, 4), east, ""),
        (DAY, date(2099, 12, 27), None, "Winter"),
    ]


def test_each_closed_day_that_cannot_be_is_named(administrator: Client) -> None:
    session = factories.session(factories.program())
    day = session.starts_local.date()
    rows = f"2099-12-26,2099-12-24,,\n{day},,,Snow\n2099-01-01,,NOWHERE,\nx,,,\n"

    status, page = send(administrator, "closed-days", CLOSED + rows, bring="yes")

    assert status == 422
    for said in (
        "Line 4: Last day: The last day is before the first.",
        "Line 5: 1 event is on the calendar there.",
        "Line 6: There is no branch with the code “NOWHERE”.",
        "Line 7: First day: Enter the first day",
    ):
        assert said in page, said
    assert settings().closed_days == []


@pytest.mark.parametrize(
    ("kind", "row", "again"),
    [
        ("branches", "MILL,Mill Street,branch" + "," * 8, "MILL,Mill House,branch" + "," * 8),
        ("rooms", "EAST,Nook,4,", "EAST,Nook,5,Sink"),
        ("topics", "gardens,Gardens,nature,lifelong", ",Gardens,make,job"),
        ("closed-days", "2099-12-24,,,Winter", "24.12.2099,2099-12-26,,Holidays"),
        ("people", "lena@example.org,Lena,manager,", "lena@Example.org,,manager,"),
    ],
)
def test_what_stands_in_a_file_twice_is_named_and_not_taken(
    administrator: Client, kind: str, row: str, again: str
) -> None:
    rows = "\n".join((",".join(TABLES[kind].columns), row, again))

    status, page = send(administrator, kind, rows, bring="yes")

    assert status == 422
    assert "Line 3: It is about the same as line 2. Take one of them out." in page
    assert send(administrator, kind, rows.removesuffix(f"\n{again}"), bring="yes")[0] == 303


@pytest.mark.parametrize("written", ["12/24/2099", "24/12/2099", "24.12.2099"])
def test_a_day_is_read_as_spreadsheets_of_many_countries_write_it(
    administrator: Client, written: str
) -> None:
    rows = f"first;last;branch;why\n{written};5/5/2100;;Winter\n"

    assert send(administrator, "closed-days", rows, bring="yes")[0] == 303
    found = [(one.first, one.last) for one in settings().closed_days]
    assert found == [(DAY, date(2100, 5, 5))]


def test_a_day_that_can_be_read_in_two_ways_is_asked_for(administrator: Client) -> None:
    rows = "first,last,branch,why\n7/4/2099,,,Fair\n"

    status, page = send(administrator, "closed-days", rows, bring="yes")

    assert status == 422
    assert "Line 2: 7/4/2099 can be read in two ways. Write year-month-day" in page


HOURS = {"name": "Main", "kind": "central", "address": "=1+1 Elm Street", "opens_0": "09:00"} | {
    "closes_0": "17:00"
}


def test_no_cell_of_a_file_is_a_formula() -> None:
    raw = tables.written(("a",), [("=1+1",), ("@x",), ("plain",)])

    assert raw.decode("utf-8-sig").split() == ["a", "'=1+1", "'@x", "plain"]
    assert [tables.unguarded(line.cells["a"]) for line in tables.parse(raw).lines] == [
        *("=1+1", "@x", "plain"),
    ]


def test_files_are_for_administrators_of_the_whole_library(client: Client) -> None:
    for person in (
        factories.person(Role.MANAGER),
        factories.person(Role.ADMINISTRATOR, branch_id=factories.branch().id),
    ):
        client.sign_in(person)
        assert client.get("/staff/settings/people.csv").status_code == 403
        assert send(client, "branches", BRANCHES, bring="yes")[0] == 403
    assert len(db.session.scalars(select(Branch)).all()) == 2
