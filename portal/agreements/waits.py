"""An offer of somebody who is not known yet, finished once their e-mail is."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts import waiting
from portal.agreements import offering
from portal.agreements.offering import Help


def _offer_waits(payload: dict[str, Any]) -> str:
    return str(_("Your offer for idea %(n)s waits.", n=payload["idea_id"]))


@waiting.does("offer", button=_l("Send my offer"), describe=_offer_waits, asks_name=True)
def send(payload: dict[str, Any], person_id: int) -> str:
    help_ = Help(
        idea_id=payload["idea_id"], words=payload["words"], brings=tuple(payload["brings"])
    )
    offering.offer_first(help_, organisation=payload["organisation"], person_id=person_id)
    return "/partner"
