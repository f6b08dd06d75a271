"""No published table lets anybody work out a cell that is too small to show."""

import random
from collections.abc import Iterator

import pytest

from portal.core.cells import publish

SMALLEST = 5
SIZES = (0, 1, 3, 4, 4, 5, 6, 7, 8, 12, 20, 30)

Table = dict[int, int]


def tables(number: int, seed: int) -> Iterator[Table]:
    """Random tables of one to six cells, many of them with equal and with small ones."""
    chance = random.Random(seed)  # noqa: S311  the same tables each time
    for _ in range(number):
        cells = range(chance.randint(1, 6))
        yield {cell: chance.choice((chance.choice(SIZES), chance.randint(0, 30))) for cell in cells}


def pinned(table: Table) -> list[int]:
    """Hidden cells whose value only one table could have, among all that would have been
    published the same way. So strong is nobody who does not know the rule by heart."""
    shown, total = publish(table, smallest=SMALLEST)
    hidden = [cell for cell, n in shown.items() if n is None]
    if total is None or not hidden:
        return []
    left = total - sum(n for n in shown.values() if n is not None)
    could_be: dict[int, set[int]] = {cell: set() for cell in hidden}
    for shares in ways(left, len(hidden)):
        other = table | dict(zip(hidden, shares, strict=True))
        if publish(other, smallest=SMALLEST) == (shown, total):
            for cell, n in zip(hidden, shares, strict=True):
                could_be[cell].add(n)
        if all(len(values) > 1 for values in could_be.values()):
            return []
    return [cell for cell, values in could_be.items() if len(values) < 2]


def ways(total: int, cells: int) -> Iterator[tuple[int, ...]]:
    """All ways to share a total out among so many cells that are not empty."""
    if cells == 1:
        yield (total,)
        return
    for first in range(1, total - cells + 2):
        for rest in ways(total - first, cells - 1):
            yield (first, *rest)


def check(number: int, *, seed: int) -> None:
    for table in tables(number, seed):
        shown, total = publish(table, smallest=SMALLEST)
        assert all(n is None or n == table[cell] for cell, n in shown.items()), table
        assert all(n is None or n == 0 or n >= SMALLEST for n in shown.values()), table
        assert total in (None, sum(table.values())), table
        assert pinned(table) == [], (table, shown)


def test_no_cell_can_be_worked_out() -> None:
    check(1500, seed=1)


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        ({0: 20, 1: 9, 2: 0}, {0: 20, 1: 9, 2: 0}),
        ({0: 20, 1: 3, 2: 9}, {0: 20, 1: None, 2: None}),
        ({0: 20, 1: 20, 2: 4}, {0: None, 1: None, 2: None}),  # the tie would tell
        ({0: 4, 1: 4, 2: 4, 3: 5}, {0: None, 1: None, 2: None, 3: None}),
        ({0: 6, 1: 0}, {0: 6, 1: 0}),
    ],
)
def test_the_next_larger_ones_are_hidden_with_the_small(
    table: Table, shown: dict[int, int | None]
) -> None:
    assert publish(table, smallest=SMALLEST) == (shown, sum(table.values()))


def test_of_too_few_not_even_the_sum_is_shown() -> None:
    assert publish({0: 3, 1: 1}, smallest=SMALLEST) == ({0: None, 1: None}, None)
