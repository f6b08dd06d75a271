"""Rows become the geometry of charts; ``templates/ui/charts.html`` draws them.

Across in percent and down in pixels, so that a chart fills any width while its text keeps its
size, and no length needs a style attribute. Whether a figure may be shown at all is decided
before: these functions draw what they are given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

LEFT = 7.0  # percent kept for the numbers of the axis
HEIGHT = 230
TOP, FOOT = 24, 26


@dataclass(frozen=True, slots=True)
class Part:
    """One answer's share of a bar."""

    percent: int
    x: int
    middle: float


@dataclass(frozen=True, slots=True)
class Item:
    """One question: its answers from best to worst, how many agree, how many answered."""

    words: str
    parts: list[Part]
    agree: int
    n: int


@dataclass(frozen=True, slots=True)
class Tick:
    value: int
    y: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A part, drawn solid, inside the outline of its whole."""

    label: str
    part: int
    whole: int
    x: float
    width: float
    part_y: float
    whole_y: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, slots=True)
class Columns:
    bars: list[Bar]
    ticks: list[Tick]
    left: float = LEFT
    height: int = HEIGHT
    ground: int = HEIGHT - FOOT


def likert(words: str, counts: Sequence[int], *, agreeing: int = 2) -> Item:
    """Counts from best to worst as whole percents that add up to 100.

    The first ``agreeing`` answers are those that agree.
    """
    shares = percents(counts)
    parts, at = [], 0
    for share in shares:
        parts.append(Part(share, at, at + share / 2))
        at += share
    n = sum(counts)
    return Item(words, parts, round(100 * sum(counts[:agreeing]) / n) if n else 0, n)


def percents(counts: Sequence[int]) -> list[int]:
    """Whole percents by largest remainder: they add up to 100, or are all 0 where nothing is."""
    n = sum(counts)
    if n == 0:
        return [0] * len(counts)
    exact = [100 * count / n for count in counts]
    whole = [floor(share) for share in exact]
    by_remainder = sorted(range(len(counts)), key=lambda at: whole[at] - exact[at])
    for at in by_remainder[: 100 - sum(whole)]:
        whole[at] += 1
    return whole


def columns(rows: Sequence[tuple[str, int, int]]) -> Columns:
    """Rows of label, part and whole: how many came, of how many seats. At least one row."""
    ground = HEIGHT - FOOT
    values = ticks(max(max(part, whole) for _label, part, whole in rows))

    def y(value: float) -> float:
        return round(ground - (ground - TOP) * value / values[-1], 1)

    slot = (100 - LEFT) / len(rows)
    width = round(min(9.0, slot * 0.62), 2)
    bars = [
        Bar(
            label,
            part,
            whole,
            round(LEFT + slot * (at + 0.5) - width / 2, 2),
            width,
            y(part),
            y(whole),
        )
        for at, (label, part, whole) in enumerate(rows)
    ]
    return Columns(bars, [Tick(value, y(value)) for value in values])


def ticks(top: int, steps: int = 4) -> list[int]:
    """0 up to at least ``top``, in about so many round steps of whole numbers."""
    raw = max(top, 1) / steps
    size = 10 ** floor(log10(raw)) if raw >= 1 else 1
    step = next(m * size for m in (1, 2, 5, 10) if m * size >= raw)
    return [at * step for at in range(ceil(max(top, 1) / step) + 1)]
