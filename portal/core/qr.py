"""Squares that a camera reads."""

import io

import segno
from markupsafe import Markup


def svg(text: str) -> Markup:
    """The text as an inline SVG, without style attributes."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, scale=4, border=2, omitsize=True,
        dark="#1b2624", light="#ffffff", svgclass=None, lineclass=None,
    )  # fmt: skip
    return Markup(out.getvalue().decode())  # noqa: S704  drawn by us, paths alone
