"""What an organisation's people hear of its standing."""

from flask_babel import gettext as _

from portal.core.database import db
from portal.core.text import excerpt
from portal.mail.letters import Envelope, Letter, renders
from portal.organisations import queries
from portal.organisations.lifecycle import Standing
from portal.organisations.models import Organisation


@renders("organisation_moved")
def moved(envelope: Envelope) -> Letter | None:
    organisation = db.session.get(Organisation, envelope.context["organisation_id"])
    if organisation is None or not queries.acts_for(envelope.person_id, organisation.id):
        return None
    name = excerpt(organisation.name, 80)
    said = {
        Standing.VERIFIED: _("%(name)s is checked, and your offers can be seen.", name=name),
        Standing.DECLINED: _("We will not partner with %(name)s.", name=name),
        Standing.PAUSED: _("Partnering with %(name)s is paused.", name=name),
        Standing.ENDED: _("Partnering with %(name)s has ended.", name=name),
    }
    sentence = envelope.context.get("sentence", "")
    return Letter(
        subject=said.get(organisation.standing, name),
        lines=[said.get(organisation.standing, name), *([f"“{sentence}”"] if sentence else [])],
        button=(_("Your partner room"), "/partner"),
        reason=_("You get this because you act for %(name)s.", name=name),
    )
