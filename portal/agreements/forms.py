from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField

from portal.core.forms import Form, Need, number, options, single_line, trimmed, up_to
from portal.organisations.models import Organisation

KIND_WORDS = {
    "lead": _l("Lead it"),
    "host": _l("Host it"),
    "teach": _l("Teach"),
    "fund": _l("Pay for something"),
    "lend": _l("Lend things"),
    "publicise": _l("Spread the word"),
}


class OfferForm(Form):
    """What somebody whose organisation is known here is asked."""

    words = TextAreaField(
        _l("How would you help, in two sentences?"),
        [
            Need(_l("Tell us how you would help")),
            up_to(2000, _l("Make it shorter: two sentences are plenty")),
        ],
        filters=[trimmed],
    )
    brings = SelectMultipleField(_l("What kind of help is it?"), choices=options(KIND_WORDS))


class MemberOfferForm(OfferForm):
    """The same of somebody who acts for several, and says for which."""

    on_page = ("organisation",)

    organisation = SelectField(_l("Who offers?"))

    def __init__(self, *args: Any, known: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation.choices = options({str(one.id): one.name for one in known})
        self.organisation.data = self.organisation.data or str(known[0].id)

    def organisation_id(self) -> int:
        return int(self.organisation.data)


class FirstOfferForm(OfferForm):
    """The same, and who is offering."""

    on_page = ("organisation",)

    organisation = StringField(
        _l("Name of your organization"),
        [
            Need(_l("Enter the name of your organization")),
            up_to(120, _l("Make the name 120 letters or shorter")),
        ],
        filters=[single_line],
    )


class SignForm(Form):
    name = StringField(
        _l("Your full name"),
        [
            Need(_l("Type your full name to sign")),
            up_to(120, _l("Make the name 120 letters or shorter")),
        ],
        description=_l("Typing it here counts as your signature."),
        filters=[single_line],
    )
    seen = HiddenField()


class SentenceForm(Form):
    """A sentence that goes with a decision."""

    sentence = TextAreaField(
        _l("A sentence for them"),
        [up_to(1000, _l("Make it shorter: 1,000 letters at most"))],
        filters=[trimmed],
    )
    seen = HiddenField()

    def seen_version(self) -> int:
        return number(self.seen.data)


class SendBackForm(SentenceForm):
    """What should be different before it is signed."""

    sentence = TextAreaField(
        _l("A sentence for them"),
        [
            Need(_l("Say in a sentence what should be different.")),
            up_to(1000, _l("Make it shorter: 1,000 letters at most")),
        ],
        filters=[trimmed],
    )
