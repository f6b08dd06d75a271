"""The picture on a ticket that the scanner at the door reads."""

import io
from functools import lru_cache

import segno
from markupsafe import Markup

from portal.core import config


def svg(code: str) -> Markup:
    """The address of the ticket as an inline SVG, without style attributes."""
    return _drawn(f"{config.current().base_url}/t/{code}")


@lru_cache(maxsize=200)
def _drawn(address: str) -> Markup:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, scale=4, border=2, omitsize=True,
        dark="#1b2624", light="#ffffff", svgclass=None, lineclass=None,
    )  # fmt: skip
    return Markup(out.getvalue().decode())  # noqa: S704  drawn by us, from our own address
