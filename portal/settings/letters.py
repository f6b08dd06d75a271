"""The mail that shows that mail works."""

from flask_babel import gettext as _

from portal.mail.letters import Envelope, Letter, renders
from portal.settings.queries import current as library


@renders("settings_test")
def a_test(_envelope: Envelope) -> Letter:
    return Letter(
        subject=_("Mail from %(library)s arrives", library=library().short_name),
        lines=[
            _("This is the test mail that you asked for."),
            _("What the library tells people by mail goes the same way."),
        ],
        button=(_("Back to the mail settings"), "/staff/settings/mail"),
        reason=_("You get this because you pressed “Send me a test mail”."),
    )
