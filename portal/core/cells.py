"""Which counts of people may be shown: none so small that it points at somebody, and none from
which such a one could be worked out."""

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")


def publish(counts: Mapping[K, int], *, smallest: int) -> tuple[dict[K, int | None], int | None]:
    """The counts and their sum, as the public may see them; None is "too few to show".

    A cell from 1 up to ``smallest`` is hidden, and with it the next larger ones until what is
    hidden adds up to twice that, so that no subtraction finds it. Nobody is exposed by a zero.
    """
    total = sum(counts.values())
    if total < smallest:
        return dict.fromkeys(counts), None
    hidden: set[int] = set()  # sizes, so that of two equal cells none tells about the other
    for size in sorted({size for size in counts.values() if size}):
        if size >= smallest and _is_safe([n for n in counts.values() if n in hidden], smallest):
            break
        hidden.add(size)
    return {cell: None if size in hidden else size for cell, size in counts.items()}, total


def _is_safe(hidden: list[int], smallest: int) -> bool:
    """Whether what is hidden could be shared out in more than one way, as its sum shows."""
    if not hidden:
        return True
    all_equal = sum(hidden) in (len(hidden), len(hidden) * (smallest - 1))
    return len(hidden) > 1 and sum(hidden) >= 2 * smallest and not all_equal
