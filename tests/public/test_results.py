"""You asked, we did: what everybody reads, and what it costs."""

from dataclasses import replace
from datetime import date

import pytest

from portal.core.database import db
from portal.ideas import deciding
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import Decision, Stage
from portal.policy import Actor, Role
from portal.surveys import instruments, reporting
from tests import factories
from tests.conftest import Client
from tests.surveys.conftest import agreeing, counted, surveyed


@pytest.fixture(autouse=True)
def _instruments(client: Client) -> None:
    instruments.seed()


def public(title: str = "Repair café", answers: int = 12) -> int:
    """The number of a program whose results are public."""
    idea = factories.idea(stage=Stage.HELD, votes=42, title="Mend things together")
    program = factories.program(idea, title=title)
    surveyed(counted(program, heads=31), *agreeing(answers))
    librarian = Actor(id=factories.librarian().id, grants=frozenset({(Role.LIBRARIAN, None)}))
    reporting.save(
        program.id, by=librarian, sentence="It worked.", next_step="Again.", delivered={}
    )
    reporting.publish(program.id, by=librarian)
    db.session.commit()
    return program.id


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("signed_in", "most"), [(False, 3), (True, 4)])
def test_the_ledger_costs_the_same_for_one_and_for_many(
    client: Client, statements: list[str], number: int, signed_in: bool, most: int
) -> None:
    for _ in range(number):
        public()
    if signed_in:
        client.sign_in(factories.person())
    client.get("/results")
    statements.clear()
    page = client.get("/results")

    assert page.text.count('class="ledger__did"') == number
    assert len(statements) == most


def test_the_page_of_results_shows_figures_with_n(client: Client, statements: list[str]) -> None:
    program_id = public()
    client.get(f"/results/{program_id}")
    statements.clear()
    page = client.get(f"/results/{program_id}")

    assert page.status_code == 200
    assert len(statements) == 2
    for words in ("It worked.", "Again.", "100% agree", "n = 12", "12 of 17 people asked", "42"):
        assert words in page.text
    assert "A small number: read it with care." in page.text


def test_a_page_of_too_few_answers_says_so_and_is_never_blank(client: Client) -> None:
    page = client.get(f"/results/{public(answers=9)}")

    assert "Too few people answered to show figures" in page.text
    assert "31" in page.text
    assert "agree" not in page.text.partition("<main")[2].partition("</main>")[0].replace(
        "disagree", ""
    )


def test_what_is_not_public_is_not_there(client: Client) -> None:
    program = factories.program()

    assert client.get(f"/results/{program.id}").status_code == 404
    assert client.get("/results/999999").status_code == 404


@pytest.mark.parametrize(
    ("move", "line", "words"),
    [
        (Decision.POSTPONE, Line(until=date(2050, 5, 1)), "It comes back on May 1, 2050."),
        (Decision.DECLINE, Line(reason_code="money"), "Why: It costs more than we can pay"),
        (Decision.SEEK_PARTNER, Line(until=date(2050, 5, 1)), "goes on until May 1, 2050."),
        (
            Decision.POINT_TO,
            Line(link="https://tools.example.org/"),
            "https://tools.example.org/</a>",
        ),
    ],
)
def test_the_ledger_says_all_of_an_answer(
    client: Client, move: Decision, line: Line, words: str
) -> None:
    deciding.decide(factories.idea().id, move, by=None, line=replace(line, sentence="Because."))
    db.session.commit()

    page = client.get("/results").text
    assert "“Because.”" in page
    assert words in page


def test_home_shows_the_latest_results(client: Client) -> None:
    for number in range(3):
        public(f"Program {number}")
    page = client.get("/")

    assert page.text.count('class="ledger__did"') == 2
    assert "Program 2" in page.text
    assert "Program 0" not in page.text


@pytest.mark.parametrize("address", ["/results", "/results?show=no", "/results?after=rubbish"])
def test_the_ledger_of_an_empty_library_says_what_comes(client: Client, address: str) -> None:
    page = client.get(address)

    assert page.status_code == 200
    assert "No answers yet" in page.text
