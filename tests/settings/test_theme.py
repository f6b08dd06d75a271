"""No brand colour can make a page unreadable."""

import colorsys

import pytest

from portal.settings import theme

WHEEL = [
    "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(h / 12, light, 0.9))
    for h in range(12)
    for light in (0.15, 0.5, 0.85)
]


@pytest.mark.parametrize("colour", [*WHEEL, "#000000", "#ffffff", "#808080", "#0f5147"])
def test_every_pair_can_be_read(colour: str) -> None:
    assert theme.worst(colour) >= 4.5


def test_a_colour_survives_the_way_there_and_back() -> None:
    assert theme.from_lch(*theme.to_lch("#0f5147")) == "#0f5147"


def test_black_on_white_is_the_most_that_there_is() -> None:
    assert round(theme.contrast("#000000", "#ffffff"), 2) == 21
