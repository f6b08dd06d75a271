from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import Optional

from portal.accounts import addresses
from portal.accounts.passwords import LONGEST, SHORTEST
from portal.core.forms import Form, Need, options, single_line, up_to
from portal.policy import Role
from portal.settings.queries import current as library

ROLE_WORDS = {
    Role.LIBRARIAN: _l("Librarian"),
    Role.MANAGER: _l("Manager"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
_EMAIL = _l("Email")
_SHARED = _l("This is a shared computer")


def _tidy(text: str | None) -> str | None:
    """Filter of a field for an address: as mail will reach it, or as it was typed."""
    return None if text is None else addresses.tidy(text) or single_line(text)


def an_address(_form: Form, field: EmailField) -> None:
    """The text is an address that mail can reach."""
    if addresses.tidy(field.data or "") is None:
        raise ValidationError(_("Write an email address like name@example.org."))


class SignInForm(Form):
    email = EmailField(
        _EMAIL,
        [Need(_l("Enter your email address.")), an_address],
        filters=[_tidy],
        description=_l("New here? This also makes your account."),
    )
    name = StringField(
        _l("Your name, as others see it"),
        [Optional(), up_to(120, _l("Make your name 120 letters or shorter."))],
        filters=[single_line],
        description=_l("It stands beside what you write."),
    )
    shared = BooleanField(_SHARED)


class CodeForm(Form):
    code = StringField(
        _l("Six-digit code"),
        [Need(_l("Enter the code from the mail.")), up_to(60, _l("The code has six digits."))],
        filters=[single_line],
    )


class PasswordForm(Form):
    email = EmailField(_EMAIL, [Need(_l("Enter your email address."))], filters=[single_line])
    password = PasswordField(_l("Password"), [Need(_l("Enter your password."))])
    shared = BooleanField(_SHARED)


class PasskeyForm(Form):
    answer = HiddenField()  # what the browser made of the passkey
    shared = BooleanField(_SHARED)


class NewPasskeyForm(Form):
    name = StringField(
        _l("Name of the passkey"),
        [
            Need(_l("Write a name for the passkey.")),
            up_to(80, _l("Make the name 80 letters or shorter.")),
        ],
        description=_l("So that you know it again: “Work laptop”, “My phone”."),
        filters=[single_line],
    )
    answer = HiddenField()


class SecondStepForm(Form):
    code = StringField(
        _l("Code from your app"),
        [Need(_l("Enter the code from your app.")), up_to(60, _l("The code has six digits."))],
        description=_l("Six digits. A recovery code does as well."),
        filters=[single_line],
    )


class RecoveryForm(Form):
    """The same of somebody who has no app."""

    code = StringField(
        _l("Recovery code"),
        [Need(_l("Enter one of your recovery codes.")), up_to(60, _l("It has twelve letters."))],
        description=_l("One of the ten that you kept. Each is good once."),
        filters=[single_line],
    )


class CodeAppForm(Form):
    parcel = HiddenField()
    code = StringField(
        _l("Code that the app shows"),
        [Need(_l("Enter the code that the app shows.")), up_to(60, _l("The code has six digits."))],
        filters=[single_line],
    )


class NewPasswordForm(Form):
    current = PasswordField(_l("Current password"), [Need(_l("Enter your current password."))])
    new = PasswordField(
        _l("New password"),
        [Need(_l("Enter a new password."))],
        description=_l(
            "At least 12 letters. Three words that only you would put together do well."
        ),
    )

    def validate_new(self, field: PasswordField) -> None:
        if not SHORTEST <= len(field.data or "") <= LONGEST:
            raise ValidationError(
                _("Make it %(least)s to %(most)s letters long.", least=SHORTEST, most=LONGEST)
            )


class NameForm(Form):
    name = StringField(
        _l("Your name, as others see it"),
        [
            Need(_l("Write the name you want to be shown with.")),
            up_to(120, _l("Make your name 120 letters or shorter.")),
        ],
        filters=[single_line],
        description=_l("It stands beside what you write."),
    )


class LeaveForm(Form):
    ideas = RadioField(
        _l("What becomes of your ideas?"),
        [Need(_l("Choose what becomes of your ideas."))],
        default="stay",
        description=_l("An event or an agreement that came of an idea stays either way."),
    )
    sure = BooleanField(_l("I have read what goes and what stays"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stay = _l("They stay, as “%(someone)s’s”", someone=library().someone)
        withdraw = _l("Take them back, and delete their words")
        self.ideas.choices = options({"stay": stay, "withdraw": withdraw})

    def validate_sure(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(_("Tick this when you have read it."))


class InviteForm(Form):
    email = EmailField(
        _EMAIL,
        [Need(_l("Enter the email address of your colleague.")), an_address],
        description=_l("A mail with a way in goes there."),
        filters=[_tidy],
    )
    name = StringField(
        _l("Name"),
        [Optional(), up_to(120, _l("Make the name 120 letters or shorter."))],
        description=_l("Taken where we know none yet."),
        filters=[single_line],
    )
    role = RadioField(
        _l("Role"),
        [Need(_l("Choose a role."))],
        choices=options(ROLE_WORDS),
        default=Role.LIBRARIAN.value,
    )
    branches = SelectMultipleField(
        _l("Where"), description=_l("None ticked means all branches, also those to come.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {str(one.id): one.name for one in library().open_branches}
        self.branches.choices = options(names)

    def places(self) -> list[int | None]:
        return [int(one) for one in self.branches.data or []] or [None]
