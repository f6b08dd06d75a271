"""The picture on a ticket that the scanner at the door reads."""

from functools import lru_cache

from markupsafe import Markup

from portal.core import config, qr


def svg(code: str) -> Markup:
    """The address of the ticket."""
    return _drawn(f"{config.current().base_url}/t/{code}")


_drawn = lru_cache(maxsize=200)(qr.svg)
