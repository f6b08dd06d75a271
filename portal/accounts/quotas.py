"""How often something may be done: counted in the database, exact under any load.

Windows are fixed: a quarter of an hour begins on the quarter. Who did it is kept as a
fingerprint under a key of the day, so that yesterday's rows say nothing about anybody.
"""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from flask import request
from flask_babel import gettext as _

from portal.accounts.models import Quota
from portal.core import clock, config
from portal.core.database import insert, write
from portal.core.errors import TooMany
from portal.core.locale import clock_time, to_local
from portal.core.tokens import keyed
from portal.settings.queries import current as library

MANY = 20  # times as much where many share an address
_START = datetime(2000, 1, 1, tzinfo=UTC)


def spend(action: str, who: str, *, limit: int, per: timedelta) -> None:
    """Count one more; one too many is refused, and says when the next window begins."""
    now = clock.now()
    window = now - (now - _START) % per
    key = f"{action}:{keyed(f'quota {now:%Y-%m-%d}', who)}"
    used: int = write(_counted, key=key, window=window, used=1).scalar_one()
    if used > limit:
        again = to_local(window + per, library().timezone)
        raise TooMany(
            _("That was too often in a short time."),
            _("After %(time)s you can try again.", time=clock_time(again)),
        )


def _counted() -> Any:
    key, one_more = [Quota.key, Quota.window], {"used": Quota.used + 1}
    new = insert(Quota).on_conflict_do_update(index_elements=key, set_=one_more)
    return new.returning(Quota.used)


def spend_here(action: str, *, limit: int, per: timedelta) -> None:
    """The same for whoever shares this request's address."""
    spend(action, f"source {_network()}", limit=here(limit), per=per)


def here(limit: int) -> int:
    """The limit for this request's address: wider where that is known to be shared by many, a
    library's own computers or a school."""
    home = _network()
    many = any(
        home.version == trusted.version and home.subnet_of(trusted)  # type: ignore[arg-type]
        for trusted in config.current().trusted_sources
    )
    return limit * MANY if many else limit


def source() -> str:
    """Where the request comes from: its address, or the network of an IPv6 household."""
    return str(_network())


def _network() -> IPv4Network | IPv6Network:
    address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  no address is known
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return ip_network((address, 64), strict=False)
    return ip_network(getattr(address, "ipv4_mapped", None) or address)
