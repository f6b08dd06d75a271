"""The mail that asks who somebody is, and the one that asks whether they really want to leave."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts import erasing, waiting
from portal.accounts.changes import Change
from portal.accounts.models import Person, SignIn
from portal.accounts.waiting import Waits
from portal.core import clock
from portal.core.database import db
from portal.core.locale import long_date, to_local
from portal.core.text import excerpt
from portal.core.tokens import sign
from portal.mail.letters import Envelope, Letter, renders
from portal.policy import Role
from portal.settings.queries import current as library


@renders("sign_in")
def sign_in(envelope: Envelope) -> Letter | None:
    """With link and code while they sign in; with the link alone while only the act waits."""
    row = db.session.get(SignIn, envelope.context["sign_in_id"])
    secret = envelope.secret()
    if row is None or secret is None or row.used_at is not None:
        return None
    token, code = secret.split()
    waits = waiting.found(row.waiting_id)
    waits = waits if waits and waits.open else None
    fresh = row.expires_at > clock.now()
    if not fresh and not waits:
        return None
    return Letter(
        subject=_subject(code) if fresh else _("One press is left"),
        lines=_lines(code if fresh else None, waits),
        button=(waits.button if waits else _("Sign in"), f"/sign-in/link/{token}"),
        reason=_(
            "You get this mail because somebody, most likely you, wrote your address on the pages "
            "of %(library)s. If it was not you, do nothing: then nothing happens.",
            library=library().name,
        ),
    )


ROLES = {
    Role.LIBRARIAN: _l("You read what people write, plan events and answer ideas."),
    Role.MANAGER: _l("Besides, you set promises and rules and sign agreements."),
    Role.ADMINISTRATOR: _l("You look after settings and people, and all that staff do."),
}


@renders("invitation")
def invitation(envelope: Envelope) -> Letter | None:
    """A way in for a new colleague, while it is good."""
    row, token = db.session.get(SignIn, envelope.context["sign_in_id"]), envelope.secret()
    if row is None or token is None or row.used_at or row.expires_at <= clock.now():
        return None
    return Letter(
        subject=_("You are one of the staff of %(library)s now", library=library().short_name),
        lines=[
            str(ROLES[Role(envelope.context["role"])]),
            _(
                "The link below signs you in once, within three days. After that you get a code by "
                "mail whenever you sign in with this address."
            ),
        ],
        button=(_("Come in"), f"/sign-in/link/{token}"),
        reason=_("You get this because an administrator gave you a role."),
    )


def _subject(code: str) -> str:
    return _("%(code)s is your code for %(library)s", code=code, library=library().short_name)


def _lines(code: str | None, waits: Waits | None) -> list[str]:
    said = []
    if waits:
        said.append(excerpt(waits.sentence, 200))
        said.append(_("It waits for one press from you, for 24 hours."))
    if code:
        said.append(
            _(
                "To sign in, open the link below in the browser where you asked, or type this "
                "code there: %(code)s. Both are good for 10 minutes.",
                code=code,
            )
        )
    return said


@renders("leaving")
def leaving(envelope: Envelope) -> Letter | None:
    person = db.session.get(Person, envelope.person_id or 0)
    if person is None or person.leaves_at is None:
        return None
    version = erasing.version(person.leaves_at)
    if version != envelope.context["leaves"]:
        return None
    day = long_date(to_local(person.leaves_at, library().timezone).date())
    return Letter(
        subject=_("Your account is deleted on %(day)s", day=day),
        lines=[
            _("You asked us to delete your account. We do so on %(day)s.", day=day),
            _("Was it not you, or did you change your mind? One press, and everything stays."),
        ],
        button=(_("Keep my account"), f"/stay/{person.id}/{sign('stay', person.id, version)}"),
        reason=_(
            "You get this mail because somebody who was signed in as you asked for it at "
            "%(library)s.",
            library=library().name,
        ),
    )


CHANGES = {
    Change.PASSKEY_ADDED: _l("A passkey was added to your account"),
    Change.PASSKEY_REMOVED: _l("A passkey was removed from your account"),
    Change.APP_SET_UP: _l("An app for codes was set up for your account"),
    Change.APP_REMOVED: _l("The app for codes was removed from your account"),
    Change.PASSWORD_SET: _l("A password was set for your account"),
    Change.CODES_DRAWN: _l("New recovery codes were made for your account"),
    Change.CODE_USED: _l("A recovery code was used to sign in as you"),
    Change.WAYS_RESET: _l("An administrator reset your second step"),
}


@renders("sign_in_changed")
def sign_in_changed(envelope: Envelope) -> Letter:
    change = Change(envelope.context["change"])
    reset = change is Change.WAYS_RESET
    return Letter(
        subject=str(CHANGES[change]),
        lines=[
            _("Your passkeys and your app for codes are gone, and you are signed out everywhere.")
            if reset
            else _("This was done a moment ago, by somebody who had signed in as you."),
            _("You set up a new one when you next sign in.")
            if reset
            else _("Was it you? Then there is nothing to do."),
            _("Was it not? Sign out everywhere on your page, and tell an administrator at once."),
        ],
        button=(_("How you sign in"), "/me/sign-in"),
        reason=_("You get this because you work at %(library)s.", library=library().name),
    )
