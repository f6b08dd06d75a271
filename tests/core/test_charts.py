"""Geometry that a reader can check by eye, and percents that always add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import charts


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ([61, 24, 6, 4, 1], [64, 25, 6, 4, 1]),
        ([1, 1, 1], [34, 33, 33]),
        ([0, 0, 5], [0, 0, 100]),
        ([0, 0, 0], [0, 0, 0]),
    ],
)
def test_percents_are_whole(counts: list[int], shares: list[int]) -> None:
    assert charts.percents(counts) == shares


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=9))
def test_percents_add_up_and_lie_within_one_of_the_truth(counts: list[int]) -> None:
    shares = charts.percents(counts)

    assert sum(shares) == (100 if sum(counts) else 0)
    assert all(
        abs(share - 100 * count / sum(counts)) < 1
        for share, count in zip(shares, counts, strict=True)
        if sum(counts)
    )


def test_those_who_agree_are_counted_from_the_answers_not_from_the_rounded_bars() -> None:
    item = charts.likert("I learned something", [3, 4, 1, 1, 2])

    assert (item.agree, item.n) == (64, 11)
    assert [part.x for part in item.parts] == [0, 27, 64, 73, 82]


def test_nobody_answered() -> None:
    item = charts.likert("I learned something", [0, 0, 0])

    assert (item.agree, item.n) == (0, 0)


@pytest.mark.parametrize(
    ("top", "values"),
    [(0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (40, [0, 10, 20, 30, 40]), (43, [0, 20, 40, 60])],
)
def test_an_axis_has_round_numbers(top: int, values: list[int]) -> None:
    assert charts.ticks(top) == values


@given(st.integers(0, 10**9))
def test_an_axis_reaches_the_top_in_few_steps(top: int) -> None:
    values = charts.ticks(top)

    assert values[-1] >= top
    assert len(values) <= 6


def test_a_column_stands_on_the_ground_and_its_outline_is_as_high_as_its_seats() -> None:
    drawn = charts.columns([("Sep 12", 20, 40), ("Sep 26", 40, 40)])

    first, second = drawn.bars
    assert (first.whole_y, second.part_y, second.whole_y) == (24, 24, 24)
    assert first.part_y == (drawn.ground + 24) / 2
    assert first.middle == pytest.approx(charts.LEFT + 93 / 4, abs=0.01)


def test_more_people_than_seats_still_fit_the_drawing() -> None:
    drawn = charts.columns([("Walk-ins welcome", 55, 40)])

    assert drawn.bars[0].part_y >= charts.TOP
