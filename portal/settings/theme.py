"""One brand colour in, a checked palette out.

A library types its colour. ``palette`` keeps its hue and moves its lightness until every pair of
colours that it decides meets its contrast goal (WCAG 2.2) in the light and in the dark theme, so
no choice can make a page unreadable. OKLCH by the public formulas of Björn Ottosson.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from math import atan2, cos, degrees, hypot, radians, sin

DEFAULT = "#0f5147"  # what static/css/1-tokens.css says, tuned by hand
LIGHT = {"paper": "#f7f4ec", "surface": "#fffdf8", "sunken": "#eeeadf"}
DARK = {"paper": "#121918", "surface": "#1b2422", "sunken": "#0d1312"}
GROUNDS = ((LIGHT["surface"], "#1b2624"), (DARK["surface"], "#eef2ee"))  # and the ink on each
WHITE = "#ffffff"
INK = "#10130f"
ON_DEEP = "#c9d6d0"

Palette = dict[str, str]


def palette(colour: str) -> tuple[Palette, Palette]:
    """The light and the dark palette: names of style-sheet variables to #rrggbb."""
    return _light(colour), _dark(colour)


def _light(colour: str) -> Palette:
    lightness, chroma, hue = to_lch(colour)
    grounds = list(LIGHT.values())

    def fits(c: str) -> bool:
        return contrast(c, WHITE) >= 5 and contrast(c, LIGHT["paper"]) >= 4.5

    brand = _until(fits, min(lightness, 0.62), chroma, hue, step=-0.01)
    own = to_lch(brand)[0]
    soft = from_lch(0.925, min(chroma, 0.032), hue)
    ink = _until(
        lambda c: all(contrast(c, ground) >= 4.6 for ground in [*grounds, soft]),
        own,
        chroma,
        hue,
        step=-0.01,
    )
    deep = _until(
        lambda c: contrast(c, ON_DEEP) >= 7, min(own, 0.36), min(chroma, 0.09), hue, step=-0.01
    )
    return {
        "brand": brand,
        "brand-hover": from_lch(own - 0.07, chroma, hue),
        "on-brand": WHITE,
        "brand-ink": ink,
        "brand-soft": soft,
        "brand-deep": deep,
        "brand-mid": from_lch(to_lch(deep)[0] + 0.1, min(chroma, 0.08), hue),
        "on-deep-2": from_lch(0.86, 0.025, hue),
        "c1": brand,
        "c1-on": WHITE,
        "c2": from_lch(0.64, min(chroma, 0.09), hue),
        "c2-on": INK,
    }


def _dark(colour: str) -> Palette:
    _lightness, chroma, hue = to_lch(colour)
    soft = from_lch(0.325, min(chroma, 0.045), hue)

    def fits(c: str) -> bool:
        return contrast(c, soft) >= 4.6 and all(contrast(c, g) >= 7 for g in DARK.values())

    brand = _until(fits, 0.76, min(chroma, 0.1), hue, step=0.01)
    on_brand = from_lch(0.22, 0.03, hue)
    lighter = min(to_lch(brand)[0] + 0.07, 0.95)
    second = _until(lambda c: contrast(c, WHITE) >= 4.6, 0.54, min(chroma, 0.09), hue, step=-0.01)
    return {
        "brand": brand,
        "brand-hover": from_lch(lighter, min(chroma, 0.07), hue),
        "on-brand": on_brand,
        "brand-ink": brand,
        "brand-soft": soft,
        "brand-deep": from_lch(0.3, min(chroma, 0.06), hue),
        "brand-mid": from_lch(0.4, min(chroma, 0.07), hue),
        "on-deep-2": from_lch(0.84, 0.025, hue),
        "c1": brand,
        "c1-on": on_brand,
        "c2": second,
        "c2-on": WHITE,
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A colour in use, for whoever chooses it: both palettes, their grounds, the worst pair."""

    light: Palette
    dark: Palette
    worst: float
    light_ground: Palette
    dark_ground: Palette


def look(colour: str) -> Look:
    light, dark = palette(colour)
    lowest = int(worst(colour) * 10) / 10  # never said to be better than it is
    return Look(light=light, dark=dark, worst=lowest, light_ground=LIGHT, dark_ground=DARK)


def css(colour: str) -> str:
    """The style sheet that makes the library's colour the site's."""
    light, dark = (
        "".join(f"--{name}:{value};" for name, value in side.items()) for side in palette(colour)
    )
    return (
        f"@layer theme{{:root{{{light}}}"
        "@media screen{"
        f'@media(prefers-color-scheme:dark){{:root:not([data-theme="light"]){{{dark}}}}}'
        f':root[data-theme="dark"]{{{dark}}}}}}}'
    )


def fingerprint(colour: str) -> str:
    """Changes when the style sheet does, so that its address may be kept for a year."""
    return sha256(css(colour).encode()).hexdigest()[:12]


def worst(colour: str) -> float:
    """The lowest contrast among the pairs that this colour decides."""
    found: list[float] = []
    for side, grounds in zip(palette(colour), (LIGHT, DARK), strict=True):
        on = [*grounds.values(), side["brand-soft"]]
        found += [contrast(side["brand-ink"], ground) for ground in on]
        found += [
            contrast(side["brand"], side["on-brand"]),
            contrast(side["brand-deep"], side["on-deep-2"]),
            contrast(side["c1"], side["c1-on"]),
            contrast(side["c2"], side["c2-on"]),
        ]
    return min(found)


def contrast(a: str, b: str) -> float:
    """The contrast ratio of WCAG, from 1 to 21."""
    lighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def to_lch(colour: str) -> tuple[float, float, float]:
    """Lightness 0-1, chroma, and hue in degrees, of #rrggbb."""
    r, g, b = (_linear(part) for part in _rgb(colour))
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    c = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, hypot(a, c), degrees(atan2(c, a)) % 360


def from_lch(lightness: float, chroma: float, hue: float) -> str:
    """#rrggbb; chroma is reduced until the colour can be shown."""
    while True:
        parts = _rgb_of(lightness, chroma, hue)
        if all(-0.0005 <= part <= 1.0005 for part in parts) or chroma < 0.002:
            return "#" + "".join(f"{round(255 * _gamma(min(1, max(0, p)))):02x}" for p in parts)
        chroma *= 0.96


def _rgb_of(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _until(
    fits: Callable[[str], bool], lightness: float, chroma: float, hue: float, *, step: float
) -> str:
    while 0 < lightness < 1:
        colour = from_lch(lightness, chroma, hue)
        if fits(colour):
            return colour
        lightness += step
    return "#000000" if step < 0 else WHITE


def _rgb(colour: str) -> tuple[float, float, float]:
    digits = colour.removeprefix("#")
    r, g, b = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return r, g, b


def _luminance(colour: str) -> float:
    r, g, b = (_linear(part) for part in _rgb(colour))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)
