"""How long what is known of people stays. What was kept to sign them in goes a day after it is
worth nothing any more."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from portal.accounts.models import (
    Challenge,
    CodeApp,
    Device,
    Grant,
    HalfSignIn,
    Passkey,
    Person,
    Quota,
    RecoveryCode,
    SignIn,
    Waiting,
)
from portal.core import clock
from portal.core.keeping import Subject, keeps, removes

DAY = timedelta(days=1)


def _yesterday() -> datetime:
    return clock.now() - DAY


keeps(
    Subject.PEOPLE,
    Person,
    what=_l("Your email and the name you chose"),
    seen_by=_l(
        "You and the library’s staff; the name also beside your ideas, unless you asked us to "
        "leave it out"
    ),
    until=_l("Until you delete your account on your page, and seven days more"),
    why=_l("To know that it is you, and to write to you."),
)
keeps(
    Subject.PEOPLE,
    Grant,
    what=_l("What the library trusts you with, where you work there"),
    seen_by=_l("You, and administrators"),
    until=_l("Until it is taken back, or you delete your account"),
    why=_l("To know who may read what others send, and decide on it."),
)
keeps(
    Subject.SIGNING_IN,
    SignIn,
    what=_l("Links and codes to sign in"),
    seen_by=_l("You"),
    until=_l(
        "Good for 10 minutes, for three days in the mail to a new colleague; gone a day later"
    ),
    why=_l("To sign you in without a password."),
    clear=removes(SignIn, lambda: SignIn.expires_at < _yesterday()),
)
keeps(
    Subject.SIGNING_IN,
    HalfSignIn,
    what=_l("That you are half way through signing in, where there are two steps"),
    seen_by=_l("You"),
    until=_l("Good for 10 minutes; gone a day later"),
    why=_l("So that you can do the second step."),
    clear=removes(HalfSignIn, lambda: HalfSignIn.expires_at < _yesterday()),
)
keeps(
    Subject.SIGNING_IN,
    Challenge,
    what=_l("What a passkey has to sign"),
    seen_by=_l("You"),
    until=_l("Gone once it is used, or a day later"),
    why=_l("So that nobody can use what your passkey signed again."),
    clear=removes(Challenge, lambda: Challenge.expires_at < _yesterday()),
)
keeps(
    Subject.SIGNING_IN,
    *(Passkey, CodeApp, RecoveryCode),
    what=_l("Passkeys and apps for codes of the library’s staff"),
    seen_by=_l("You; administrators see that there are some"),
    until=_l("Until you remove them or leave"),
    why=_l("To sign in those who see what others write here."),
)
keeps(
    Subject.SIGNING_IN,
    Waiting,
    what=_l("What you did before you signed in, such as an idea that waits for your email"),
    seen_by=_l("You"),
    until=_l("Waits for a day, gone two or three days later"),
    why=_l("So that nothing you wrote is lost."),
    # A request to sign in outlives what waits for it by minutes: none refers to these any more.
    clear=removes(Waiting, lambda: Waiting.expires_at < _yesterday() - DAY),
)
keeps(
    Subject.SIGNING_IN,
    Device,
    what=_l("The browsers where you are signed in, and when you last used them"),
    seen_by=_l("You"),
    until=_l("Until a day or two after you sign out, 32 days at most"),
    why=_l("So that you stay signed in, and can sign out from anywhere."),
    clear=removes(
        Device, lambda: (Device.expires_at < _yesterday()) | (Device.ended_at < _yesterday())
    ),
)
keeps(
    Subject.SIGNING_IN,
    Quota,
    what=_l(
        "How often something was done here lately, under a scrambled mark of your account, of your "
        "address, or of where you came from on the internet"
    ),
    seen_by=_l("Nobody"),
    until=_l("A day or two"),
    why=_l("To notice when somebody tries codes, votes, or asks for seats without end."),
    clear=removes(Quota, lambda: Quota.window < _yesterday()),
)
