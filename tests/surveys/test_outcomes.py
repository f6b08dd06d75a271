from typing import Any

import pytest

from portal.core import clock
from portal.core.database import db
from portal.programs.models import Program
from portal.surveys import instruments, outcomes
from portal.surveys.answering import Reply
from portal.surveys.models import Result
from portal.surveys.outcomes import Scope
from tests import factories
from tests.surveys.conftest import agreeing, counted, session_program, surveyed

pytestmark = pytest.mark.usefixtures("app")


def program_with(number: int, **values: Any) -> Program:
    """A program of one session after which so many have answered."""
    program = factories.program(**values)
    surveyed(counted(program), *agreeing(number))
    return program


def published(program: Program) -> dict[str, Any]:
    """Its outcomes, frozen on a public page."""
    shown = outcomes.for_everybody(program)
    row = Result(
        program_id=program.id,
        sentence="It was good.",
        next_step="Again.",
        delivered={},
        figures={"outcomes": shown},
        published_at=clock.now(),
    )
    factories.kept(row)
    db.session.commit()
    return shown


def agree(shown: dict[str, Any]) -> list[tuple[int, int]]:
    return [(one["agree"], one["n"]) for one in shown["items"]]


def test_from_ten_answers_on_everybody_sees_percentages_with_n() -> None:
    program = factories.program()
    surveyed(counted(program), *agreeing(9), *agreeing(3, place=2))
    shown = outcomes.for_everybody(program)

    assert (shown["scope"], shown["answered"], shown["invited"]) == (Scope.PROGRAM, 12, 17)
    assert agree(shown) == [(9, 12)] * 5


def test_the_words_of_the_scale_are_counted_only_where_each_is_large_enough() -> None:
    program = factories.program()
    surveyed(counted(program), *agreeing(12), *agreeing(6, place=2))
    full = outcomes.for_everybody(program)
    surveyed(counted(program, number=2), *agreeing(1, place=0))
    partly = outcomes.for_everybody(program)

    assert [one["levels"] for one in full["items"]] == [[12, 0, 6, 0, 0]] * 5
    assert [one["levels"] for one in partly["items"]] == [None] * 5
    assert agree(partly) == [(12, 19)] * 5


def test_a_statement_that_few_answered_stays_without_its_percentage() -> None:
    program = factories.program()
    some = agreeing(12)
    for reply in some[9:]:
        del reply.ticks["application"]
    surveyed(counted(program), *some)
    shown = {one["code"]: one["n"] for one in outcomes.for_everybody(program)["items"]}

    assert shown["application"] is None
    assert shown["knowledge"] == 12


def test_too_few_alone_are_those_of_the_whole_series() -> None:
    program = factories.program()
    for number in (1, 2, 3):
        surveyed(counted(program, number=number), *agreeing(4))

    assert outcomes.for_everybody(program)["answered"] == 12


def test_too_few_in_the_series_are_added_to_small_ones_of_topic_and_year_and_say_so() -> None:
    first, second = program_with(6), program_with(7)
    program_with(40)  # large enough to stand alone: taken off the sum, it would give them away
    program_with(8, topic_id=factories.topic("civic").id)
    shown = outcomes.for_everybody(first)

    assert (shown["scope"], shown["answered"]) == (Scope.POOL, 13)
    assert shown["pool"] == {
        "programs": [first.id, second.id],
        "topic": "Making and repair",
        "year": shown["pool"]["year"],
    }
    assert outcomes.for_everybody(second) == shown


def test_what_was_added_up_once_stays_that_sum_for_all_of_them() -> None:
    first, second = program_with(6), program_with(7)
    before = published(first)
    third = program_with(5)

    assert outcomes.for_everybody(second) == before
    assert outcomes.for_everybody(third) == {"scope": Scope.NOBODY}
    fourth = program_with(6)
    assert outcomes.for_everybody(fourth)["pool"]["programs"] == [third.id, fourth.id]


def test_those_that_staff_may_not_see_are_not_given_away_by_a_sum() -> None:
    """9 are shown to staff; 9 + 1 to everybody would show them the one."""
    tiny, other = program_with(1), program_with(9)

    assert outcomes.for_everybody(tiny) == {"scope": Scope.NOBODY}
    assert outcomes.for_everybody(other) == {"scope": Scope.NOBODY}
    program_with(4)
    assert outcomes.for_everybody(tiny)["answered"] == 14


def test_others_are_added_only_once_their_survey_has_closed() -> None:
    first = program_with(6)
    second = factories.program()
    surveyed(counted(second), *agreeing(7), complete=False)

    assert outcomes.for_everybody(first) == {"scope": Scope.NOBODY}
    assert outcomes.for_everybody(second)["answered"] == 13


def test_answers_to_different_questions_are_never_added_up() -> None:
    civic = instruments.choices(factories.topic("civic").id)[1]
    first = program_with(8)
    other = factories.program(instrument_id=civic.id)
    surveyed(counted(other), *[r for r in agreeing(8) if r.ticks.pop("awareness_use", 1)])

    assert outcomes.for_everybody(first) == {"scope": Scope.NOBODY}
    assert outcomes.for_everybody(other) == {"scope": Scope.NOBODY}


def test_a_program_without_answers_or_topic_stands_alone() -> None:
    program_with(9)
    without_topic = program_with(9, topic_id=None)

    assert outcomes.for_everybody(factories.program()) == {"scope": Scope.NOBODY}
    assert outcomes.for_everybody(without_topic) == {"scope": Scope.NOBODY}


def test_what_is_apart_from_the_scale_is_in_no_percentage() -> None:
    digital = instruments.choices(factories.topic("making").id)[1]
    program = factories.program(instrument_id=digital.id)
    apart = [Reply(ticks={"knowledge": 5}, words=["", ""]) for _ in range(4)]
    yes = [Reply(ticks={"knowledge": 3}, words=["", ""]) for _ in range(10)]
    surveyed(counted(program), *apart, *yes)
    first = outcomes.for_everybody(program)["items"][0]

    assert (first["agree"], first["n"]) == (10, 10)


def test_staff_see_counts_from_five_on() -> None:
    program = factories.program()
    few, enough = counted(program), counted(program, number=2)
    surveyed(few, *agreeing(4))
    assert outcomes.for_staff(program.id, few.id) == (Scope.NOBODY, None)

    surveyed(enough, *agreeing(9), *agreeing(1, place=0))
    scope, sums = outcomes.for_staff(program.id, enough.id)
    # 14 in all are public, so that ten of one session alone would show the four of the other
    assert (scope, sums and sums.answered) == (Scope.POOL, 14)


def test_staff_see_one_session_alone_where_that_tells_nothing_of_another() -> None:
    program = factories.program()
    one, two = counted(program), counted(program, number=2)
    surveyed(one, *agreeing(6))
    surveyed(two, *agreeing(9))
    scope, sums = outcomes.for_staff(program.id, two.id)

    assert sums is not None
    assert (scope, sums.answered, sums.rate) == (Scope.PROGRAM, 9, 64)
    assert [(item.counts, item.skipped) for item in sums.items] == [((0, 0, 0, 0, 9), 0)] * 5
    assert session_program(one).id == program.id
