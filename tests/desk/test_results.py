"""Staff read answers and write what came of a program."""

import pytest

from portal.core.database import db
from portal.ideas.lifecycle import Stage
from portal.policy import Role
from portal.programs.models import Measure, Program
from portal.surveys import instruments
from tests import factories
from tests.conftest import Client
from tests.surveys.conftest import agreeing, counted, held, surveyed


@pytest.fixture(autouse=True)
def _instruments(client: Client) -> None:
    instruments.seed()


@pytest.fixture
def desk(client: Client) -> Client:
    return client.sign_in(factories.librarian())


def over(answers: int = 12) -> Program:
    idea = factories.idea(stage=Stage.HELD, votes=42)
    program = factories.program(idea)
    surveyed(counted(program, heads=31), *agreeing(answers, words="I stayed for hours."))
    return program


WORDS = {"sentence": "It worked.", "next_step": "Again."}


def test_counts_rate_and_words_of_a_session(desk: Client) -> None:
    program = over()
    page = desk.get(f"/staff/events/{program.id}/1/answers")

    assert page.status_code == 200
    assert "12 of 17 people asked have answered (71%)." in page.text
    assert page.text.count("“I stayed for hours.”") == 12
    assert "What would make it better?" in page.text


@pytest.mark.parametrize("answers", [0, 4])
def test_below_five_there_is_nothing_to_see(desk: Client, answers: int) -> None:
    program = over(answers)
    page = desk.get(f"/staff/events/{program.id}/1/answers")

    assert "Too few answers so far" in page.text
    assert "I stayed" not in page.text


def test_before_anybody_was_asked_it_says_when(desk: Client) -> None:
    session = held(3)
    page = desk.get(f"/staff/events/{session.program_id}/1/answers")

    assert "Nobody was asked yet" in page.text
    assert desk.get(f"/staff/events/{session.program_id}/9/answers").status_code == 404


def test_residents_and_librarians_of_another_branch_see_nothing(client: Client) -> None:
    program = over()
    addresses = [f"/staff/events/{program.id}/{end}" for end in ("1/answers", "results")]
    elsewhere = factories.person(Role.LIBRARIAN, branch_id=factories.branch("EAST").id)
    for somebody in (factories.person(), elsewhere):
        client.sign_in(somebody)
        assert [client.get(one).status_code for one in addresses] == [403, 403]


def test_words_are_chosen_shown_and_taken_off_again(desk: Client) -> None:
    program = over()
    here = f"/staff/events/{program.id}/1/quotes"
    assert desk.post(here, data={"words": "I stayed for hours."}).status_code == 303
    preview = f"/staff/events/{program.id}/results/preview"
    assert "“I stayed for hours.”" in desk.get(preview).text
    desk.post(here, data={"words": "I stayed for hours.", "drop": "yes"})

    assert "“I stayed for hours.”" not in desk.get(preview).text
    assert desk.post(here, data={"words": "Invented."}).status_code == 409


def test_from_writing_to_the_public_page(desk: Client) -> None:
    program = over()
    measure = factories.kept(Measure(program_id=program.id, what="Menders", target=6))
    db.session.commit()
    here = f"/staff/events/{program.id}/results"
    assert desk.get(here).status_code == 200
    told = {f"words_{measure.id}": "7 each time", f"met_{measure.id}": "yes"}
    saved = desk.post(here, data=WORDS | told)
    assert saved.location == f"{here}/preview"
    preview = desk.get(f"{here}/preview").text
    assert "Only staff see this page so far." in preview
    assert "7 each time" in preview
    assert desk.get(f"/results/{program.id}").status_code == 404

    sent = desk.post(here, data=WORDS | told | {"publish": "yes"})
    assert sent.location == f"/results/{program.id}"
    page = desk.get(f"/results/{program.id}").text
    assert "Only staff see this page" not in page
    assert "7 each time" in page
    assert desk.get(here).location == f"/results/{program.id}"


def test_what_is_missing_is_said_and_nothing_is_lost(desk: Client) -> None:
    program = over()
    here = f"/staff/events/{program.id}/results"
    page = desk.post(here, data={"sentence": "It worked.", "next_step": ""})
    assert page.status_code == 422
    assert "Write what comes next, also when it is nothing" in page.text
    assert "It worked." in page.text

    held(0, of=program, hours_ago=-48, number=2)
    page = desk.post(here, data=WORDS | {"publish": "yes"})
    assert page.status_code == 422
    assert "A session is still to come" in page.text
    assert "Again." in page.text
