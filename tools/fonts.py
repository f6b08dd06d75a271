"""Cut the two web fonts out of the Fontsource packages: Latin letters, the weights we use.

The same package gives the same bytes, so that every machine has the same addresses.
"""

import io
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

TEXT = (
    "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2013-2014,U+2018-201A,"
    "U+201C-201E,U+2022,U+2026,U+2032-2033,U+2039-203A,U+20AC,U+2122,U+2190-2193,U+2212,U+00D7,U+2713"
)
HEADINGS = "U+0020-007E,U+00A0,U+00B7,U+00C0-00FF,U+2013-2014,U+2018-2019,U+201C-201D,U+2026"
TEXT_FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum", "frac"]


def cut_fonts(packages: Path, target: Path) -> None:
    """``target`` gets atkinson-next-400-700.woff2 and besley-600.woff2."""
    atkinson = packages / "atkinson-hyperlegible-next" / "files"
    besley = packages / "besley" / "files"
    _cut(
        atkinson / "atkinson-hyperlegible-next-latin-wght-normal.woff2",
        target / "atkinson-next-400-700.woff2",
        weight=(400, 700),
        letters=TEXT,
        features=TEXT_FEATURES,
    )
    _cut(
        besley / "besley-latin-wght-normal.woff2",
        target / "besley-600.woff2",
        weight=600,
        letters=HEADINGS,
        features=["kern"],
    )


def _cut(source: Path, target: Path, *, weight: Any, letters: str, features: list[str]) -> None:
    font = instancer.instantiateVariableFont(_open(source), {"wght": weight})
    font.flavor = None
    whole = io.BytesIO()
    font.save(whole)
    whole.seek(0)
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = features
    options.name_IDs = [0, 1, 2, 3, 4, 6, 13, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=_numbers(letters))
    font = _open(whole)
    cutter.subset(font)
    subset.save_font(font, str(target), options)


def _open(file: Path | io.BytesIO) -> TTFont:
    return TTFont(file, recalcTimestamp=False)


def _numbers(ranges: str) -> list[int]:
    numbers: list[int] = []
    for one in ranges.split(","):
        first, _dash, last = one.removeprefix("U+").partition("-")
        numbers.extend(range(int(first, 16), int(last or first, 16) + 1))
    return numbers
