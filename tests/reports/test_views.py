"""Figures of a year, to the last one, and the rows that each was made of."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal.core import clock
from portal.core.database import db
from portal.core.pages import SIZE
from portal.ideas import answering, deciding, voting
from portal.ideas.answering import Answer
from portal.ideas.lifecycle import Decision, Publication, Stage
from portal.ideas.models import AgeGroup, Idea
from portal.policy import Actor, Role
from portal.programs import closing
from portal.programs.lifecycle import ProgramStage, SessionStage
from portal.programs.models import Venue
from portal.reports import funnel, periods, sittings, statistics
from portal.reports.funnel import Step
from portal.reports.periods import Period
from portal.reports.sittings import Counts, Wanted
from portal.settings.models import BranchName, Library
from tests import factories
from tests.conftest import Client

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
HOME = ZoneInfo("America/New_York")


@pytest.fixture(autouse=True)
def _in_november(client: Client) -> Iterator[None]:
    with clock.moved_to(NOW):
        yield


@pytest.fixture
def manager(client: Client) -> Client:
    return client.sign_in(factories.person(Role.MANAGER))


def last_months() -> Period:
    return periods.chosen(None, years=periods.years())


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def at_home(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=HOME).astimezone(UTC)  # type: ignore[misc, arg-type]


def shared(*moves: Decision, **values: Any) -> Idea:
    """An idea of this month that went this way."""
    idea = factories.idea(made_at=ago(3), **values)
    for move in moves:
        deciding.decide(idea.id, move, by=None)
    return idea


def test_ideas_are_counted_as_far_as_they_ever_came() -> None:
    shared(publication=Publication.DRAFT, published_at=None)
    shared(publication=Publication.PENDING, published_at=None)
    shared(votes=7)
    shared(goal_reached_at=ago(1), votes=30)
    shared(Decision.SEEK_PARTNER, votes=5)
    # called off, and at a loss for a partner: it was on the calendar all the same
    way = (Decision.SCHEDULE, Decision.CALL_OFF, Decision.LOSE_PARTNER)
    shared(*way, votes=11)
    told = shared(Decision.PLAN, Decision.HOLD, Decision.PUBLISH_RESULTS, votes=40)
    shared(publication=Publication.MERGED, merged_into=told.id, votes=9)
    factories.idea(made_at=ago(400), stage=Stage.HELD, votes=100)

    found = funnel.funnel(last_months())

    assert found.steps == {
        Step.SHARED: 7,
        Step.PUBLISHED: 6,
        Step.REACHED: 5,
        Step.PLANNED: 3,
        Step.SCHEDULED: 3,
        Step.HELD: 2,
        Step.RESULTS: 2,
    }
    assert (found.votes, found.answered) == (93, 56)


def test_today_has_the_way_of_ideas_in_short(manager: Client) -> None:
    assert "Once somebody shares an idea" in manager.get("/staff/reports/way").text
    shared(votes=1)
    shared(Decision.PLAN, votes=3)

    page = " ".join(re.sub("<[^>]*>", " ", manager.get("/staff/reports/way").text).split())
    assert "2 Shared 2 Published 1 Reached the goal, or answered 1 Planned" in page
    assert "75% of their votes have an answer." in page
    assert 'data-hx-get="/staff/reports/way"' in manager.get("/staff").text


def test_who_may_not_read_reports_is_not_led_there(client: Client) -> None:
    client.sign_in(factories.librarian())
    assert "/staff/reports/way" not in client.get("/staff").text
    assert client.get("/staff/reports/way").status_code == 403


@pytest.mark.parametrize("step", Step)
def test_each_step_opens_into_its_ideas(manager: Client, step: Step) -> None:
    for n in range(3):
        shared(Decision.SCHEDULE, title=f"Chess {n}")
    shared(Decision.PLAN, Decision.HOLD, Decision.PUBLISH_RESULTS)
    shared(publication=Publication.PENDING, published_at=None)
    counted = funnel.funnel(last_months()).steps[step]

    page = manager.get("/staff/reports").text
    address = f"/staff/reports/ideas?step={step}"
    listed = manager.get(address).text

    assert f'href="{address}"' in page
    assert listed.count('<th scope="row">') == counted


def test_a_month_is_one_where_the_library_is() -> None:
    late_evening = at_home(2026, 10, 31, 23, 30)
    factories.idea(made_at=late_evening)
    factories.idea(made_at=late_evening + timedelta(hours=1), published_at=None)
    at = factories.session(factories.program(), starts=late_evening, capacity=9)
    at.stage, at.head_count = SessionStage.HELD, 6

    period = last_months()
    assert [f"{first:%Y-%m}" for first in (period.months[0], period.months[-1])] == [
        "2025-12",
        "2026-11",
    ]
    assert [row[1:] for row in funnel.funnel(period).months[-2:]] == [(1, 1), (0, 1)]
    assert [row[1:] for row in statistics.of(period).months(period)[-2:]] == [(6, 9), (0, 0)]
    october = period.of_month("2026-10")
    assert len(funnel.ideas(october, Step.SHARED, cursor=None).items) == 1
    assert len(sittings.sessions(Wanted(period=october), cursor=None).items) == 1


def test_a_year_ends_at_midnight_where_the_library_is() -> None:
    old_year = at_home(2025, 12, 31, 23, 59)
    factories.idea(made_at=old_year)
    factories.idea(made_at=old_year + timedelta(minutes=1))

    years = periods.years()

    assert years == [2026, 2025]
    for year in years:
        assert funnel.funnel(periods.chosen(year, years=years)).steps[Step.SHARED] == 1
    assert periods.chosen(1999, years=years).year is None


def test_promises_are_kept_late_or_broken() -> None:
    library = db.session.get_one(Library, 1)
    library.vote_goal = 1
    goals = {name: factories.idea(title=name) for name in ("kept", "late", "broken", "hidden")}
    with clock.moved_to(ago(60)):
        for idea in goals.values():
            voting.cast(idea.id, person_id=factories.person().id)
    with clock.moved_to(ago(30)):  # the last day that was promised
        say(goals["kept"], Decision.SEEK_PARTNER)
    with clock.moved_to(ago(29)):
        say(goals["late"], Decision.SEEK_PARTNER)
    goals["hidden"].publication = Publication.HIDDEN
    running = factories.idea(title="running")
    voting.cast(running.id, person_id=factories.person().id)
    db.session.flush()

    found = {one.title: one.late for one in funnel.promises(last_months())}

    assert found == {"kept": False, "late": True, "broken": True}


def test_promises_come_a_page_at_a_time_late_ones_first() -> None:
    db.session.get_one(Library, 1).vote_goal = 1
    ideas = [factories.idea(title=f"{n}") for n in range(SIZE + 1)]
    with clock.moved_to(ago(60)):
        for idea in ideas:
            voting.cast(idea.id, person_id=factories.person().id)
        for idea in ideas[:-1]:
            say(idea, Decision.SEEK_PARTNER)

    first = funnel.late_first(last_months(), cursor=None)
    second = funnel.late_first(last_months(), cursor=first.next)

    assert [one.title for one in (*first.items, *second.items)] == [
        f"{n}" for n in (SIZE, *range(SIZE))
    ]
    assert (len(first.items), second.next) == (SIZE, None)


def test_an_answer_before_its_day_is_kept_at_once_and_a_note_is_none() -> None:
    library = db.session.get_one(Library, 1)
    library.vote_goal = 1
    answered, noted = factories.idea(title="answered"), factories.idea(title="noted")
    for idea in (answered, noted):
        voting.cast(idea.id, person_id=factories.person().id)
    say(answered, Decision.SEEK_PARTNER)
    deciding.note(noted.id, deciding.Line(sentence="We look at it."), by=None)

    assert [(one.title, one.late) for one in funnel.promises(last_months())] == [
        ("answered", False)
    ]


def say(idea: Idea, move: Decision) -> None:
    staff = Actor(id=factories.librarian().id, grants=frozenset({(Role.LIBRARIAN, None)}))
    answer = Answer(move=move, sentence="Who helps?", until=(clock.now() + timedelta(9)).date())
    answering.answer(idea.id, answer, by=staff, seen=idea.version)


def sitting(age: AgeGroup | None, venue: Venue, heads: int, online: int = 0, **more: Any) -> None:
    program = factories.program(age_group=age, branch_id=more.pop("branch_id", None))
    usual = {"stage": SessionStage.HELD, "head_count": heads, "online_count": online}
    factories.session(program, starts=ago(5), venue=venue, **usual | more)


def year_of_programs() -> None:
    """What the survey's guides give as examples, and one of each that does not count."""
    east, main = factories.branch("EAST").id, factories.branch().id
    sitting(AgeGroup.CHILDREN, Venue.ONSITE, 10, 5, branch_id=main)  # hybrid
    sitting(AgeGroup.YOUNG_CHILDREN, Venue.OFFSITE, 22, branch_id=east)
    sitting(AgeGroup.YOUNG_ADULTS, Venue.VIRTUAL, 7)
    sitting(AgeGroup.ADULTS, Venue.ONSITE, 0, branch_id=main)  # nobody came: it counts
    sitting(None, Venue.ONSITE, 4, branch_id=main, staff_minutes=0, cost=100)
    sitting(AgeGroup.ADULTS, Venue.ONSITE, 9, branch_id=main, staff_minutes=0)
    off: dict[str, Any] = {"head_count": None, "online_count": None}
    sitting(AgeGroup.ADULTS, Venue.ONSITE, 0, stage=SessionStage.CANCELLED, **off)
    sitting(AgeGroup.ADULTS, Venue.ONSITE, 0, stage=SessionStage.SCHEDULED, **off)
    factories.session(factories.program(), venue=Venue.ONSITE)  # to come
    planned = factories.program(stage=ProgramStage.PLANNING)
    factories.session(planned, starts=ago(5))


def test_the_survey_s_elements() -> None:
    year_of_programs()
    found = statistics.of(last_months())

    assert (found.total.sessions, found.total.visits) == (5, 48)
    assert [(one.key, one.sessions, one.visits) for one in found.ages] == [
        ("0-5", 1, 22),
        ("6-11", 1, 15),
        ("12-18", 1, 7),
        ("19+", 1, 0),
        ("general", 1, 4),
    ]
    assert [(one.key, one.sessions, one.visits) for one in found.venues] == [
        ("onsite", 3, 14),
        ("offsite", 1, 22),
        ("virtual", 1, 12),
    ]
    assert [(one.key, one.sessions, one.visits) for one in found.not_counted] == [
        ("uncounted", 1, 0),
        ("not_held", 1, 0),
        ("lent", 1, 9),
    ]
    assert [(one.words, one.sessions, one.visits) for one in statistics.branches(found)] == [
        ("Main Library", 3, 19),
        ("Eastside Branch", 1, 22),
        ("At no branch", 1, 7),
    ]


@pytest.mark.parametrize("stage", SessionStage)
@pytest.mark.parametrize("minutes", [None, 0, 30])
@pytest.mark.parametrize("cost", [None, 0, 100])
def test_a_session_counts_here_as_on_its_own_page(
    stage: SessionStage, minutes: int | None, cost: int | None
) -> None:
    heads = 3 if stage is SessionStage.HELD else None
    more = {"stage": stage, "head_count": heads, "staff_minutes": minutes, "cost": cost}
    session = factories.session(factories.program(), starts=ago(5), **more)

    (group,) = sittings.groups(last_months())

    assert (group.counts is Counts.YES) is closing.counts_for_statistics(session)[0]


def test_each_figure_opens_into_its_sessions(manager: Client) -> None:
    year_of_programs()
    page = manager.get("/staff/reports").text
    opened = re.findall(
        r'href="(/staff/reports/sessions[^"]*)">([0-9]+)<span class="vh"> (\S+)', page
    )

    assert len(opened) == 22
    for address, figure, what in opened:
        rows = re.findall(
            r'<th scope="row">.*?</tr>', manager.get(address.replace("&amp;", "&")).text
        )
        came = [list(map(int, re.findall(r'class="num">([0-9]+)<', row))) for row in rows]
        online_alone = "hybrid" in address
        visits = sum(row[1] if online_alone else sum(row) for row in came)
        asked_of_room = "venue=onsite" in address or "venue=offsite" in address
        visits -= sum(row[1] for row in came) if asked_of_room else 0
        assert int(figure) == (visits if what == "Visits:" else len(rows)), address


def test_each_month_opens_into_its_rows(manager: Client) -> None:
    year_of_programs()
    shared()
    page = manager.get("/staff/reports").text

    for kind in ("ideas", "sessions"):
        assert page.count(f'<a href="/staff/reports/{kind}?month=2026-') == 11
        of_month = f"/staff/reports/{kind}?month=2026-11"
        assert f'<a href="{of_month}">November 2026</a>' in page
        assert "No " not in manager.get(of_month).text.partition("<main")[2]
        assert "No " in manager.get(f"/staff/reports/{kind}?month=2026-03").text


def test_one_branch_alone(manager: Client) -> None:
    year_of_programs()
    east = factories.branch("EAST").id
    page = manager.get(f"/staff/reports?branch={east}").text

    assert "Programs for the state library: Eastside Branch" in page
    assert f"/staff/reports/sessions?branch={east}&amp;age=0-5" in page
    assert "age=6-11" not in page


def test_online_visits_open_with_those_of_sessions_in_a_room() -> None:
    year_of_programs()
    wanted = Wanted(period=last_months(), venue=Venue.VIRTUAL)
    with_hybrid = Wanted(period=last_months(), venue=Venue.VIRTUAL, hybrid=True)

    assert [one.online for one in sittings.sessions(wanted, cursor=None).items] == [7]
    found = sittings.sessions(with_hybrid, cursor=None).items
    assert sorted((one.in_person, one.online) for one in found) == [(0, 7), (10, 5)]


def test_the_sheet_has_each_element_for_each_branch_and_no_formula(manager: Client) -> None:
    year_of_programs()
    name = db.session.get_one(BranchName, (factories.branch("EAST").id, "en"))
    name.name = "=HYPERLINK(1)"
    db.session.get_one(Library, 1).version += 1

    answer = manager.get("/staff/reports/statistics.csv?year=2026")

    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].endswith('"statistics-2026-01-2026-12.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 4 * 18
    assert {row["Branch"] for row in rows} == {
        "Whole library",
        "Main Library",
        "'=HYPERLINK(1)",
        "At no branch",
    }
    whole = {row["Name"]: row["Figure"] for row in rows if row["Branch"] == "Whole library"}
    assert (whole["TOTPRO"], whole["TOTATTEN"]) == ("5", "48")
    assert (whole["K6_11ATTEN"], whole["ONATTEN"], whole["VIRATTEN"]) == ("15", "14", "12")
    assert {(row["From"], row["Until"]) for row in rows} == {("2026-01-01", "2026-12-31")}


def test_nothing_yet_says_what_comes(manager: Client) -> None:
    page = manager.get("/staff/reports").text

    assert "No ideas in this time" in page
    assert "No sessions in this time" in page
    assert "No answer that we promised in this time is due." in page
    assert "Last 12 months" in page


@pytest.mark.parametrize("role", [None, Role.LIBRARIAN, Role.MANAGER, Role.ADMINISTRATOR])
def test_those_who_answer_for_the_library_see_it(client: Client, role: Role | None) -> None:
    client.sign_in(factories.person(*filter(None, [role])))
    allowed = role in (Role.MANAGER, Role.ADMINISTRATOR)
    ends = ("", "/ideas", "/promises", "/sessions", "/statistics.csv")

    statuses = {client.get(f"/staff/reports{end}").status_code for end in ends}

    assert statuses == {200 if allowed else 403}
    if role:
        assert ('href="/staff/reports"' in client.get("/staff").text) is allowed


@pytest.mark.parametrize("words", ["9" * 40, "-1", "x", "2026-13", "\0"])
def test_an_address_that_means_nothing_shows_all(manager: Client, words: str) -> None:
    year_of_programs()
    names = ("year", "branch", "month", "age", "venue", "counts", "step", "after")
    for end in ("", "/ideas", "/promises", "/sessions", "/statistics.csv"):
        answer = manager.get(f"/staff/reports{end}", query_string=dict.fromkeys(names, words))
        assert answer.status_code == 200, end


def test_long_lists_go_on(manager: Client) -> None:
    program = factories.program()
    for n in range(21):
        shared(title=f"Idea {n}")
        held = {"stage": SessionStage.HELD, "head_count": 1, "number": n + 1}
        factories.session(program, starts=ago(5), **held)
    for address in ("/staff/reports/ideas", "/staff/reports/sessions"):
        first = manager.get(address).text
        following = re.findall(r'href="([^"]*after=[^"]*)"', first)
        second = manager.get(following[0].replace("&amp;", "&")).text
        assert [page.count('<th scope="row">') for page in (first, second)] == [20, 1]
