"""A seat by the link in a mail: who holds the link may change it, no sign-in needed."""

from flask_babel import gettext as _

from portal.core.errors import Missing
from portal.core.tokens import is_signed
from portal.programs import queries, tickets
from portal.programs.models import Registration
from portal.programs.queries import Sitting


def by_link(registration_id: int, signature: str) -> tuple[Registration, Sitting]:
    """The registration that this link stands for. A cancelled one's links have ended."""
    registration = tickets.seat(registration_id)
    version = registration.version if registration else 0
    if registration is None or not is_signed(signature, "seat", registration_id, version):
        raise Missing(
            _("This link has ended, or is not whole."),
            _("If you gave the seat back, save one anew on the page of the event."),
        )
    return registration, queries.sitting(registration.session_id)
