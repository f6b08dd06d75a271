"""What all forms share: our words for what is wrong, and fields that keep people's text whole.

A form is bound to named fields only. The server is the one validator; a form that is wrong is
answered with status 422, filled as it was.
"""

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, ClassVar

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, StopValidation

from portal.core.errors import Refused
from portal.core.text import excerpt, one_line


class OurWords:
    """Stands in for the sentences that WTForms brings: ours say what to do."""

    def gettext(self, theirs: str) -> str:
        if "choice" in theirs.lower():
            return str(_("Choose one of the answers that are here."))
        if "date" in theirs:
            return str(_("Write the date as year-month-day, like 2026-12-05."))
        if "time" in theirs:
            return str(_("Write the time as hours:minutes, like 18:30."))
        if "integer" in theirs or "decimal" in theirs or "Number" in theirs:
            return str(_("Write a number."))
        return str(_("Check this answer."))

    def ngettext(self, theirs: str, _many: str, _n: int) -> str:
        return self.gettext(theirs)


class Form(FlaskForm):
    """Forgery is refused for the whole site in core.forgery, so no form has a token field.

    ``on_page`` names the fields that stand first on the page, in its order, where that is not the
    order in which they are written: so the summary of what is wrong follows the page."""

    on_page: ClassVar[tuple[str, ...]] = ()

    class Meta:
        csrf = False

        def get_translations(self, _form: Any) -> OurWords:
            return OurWords()

    def __iter__(self) -> Iterator[Field]:
        place = {name: n for n, name in enumerate(self.on_page)}
        fields = sorted(super().__iter__(), key=lambda one: place.get(one.short_name, len(place)))
        return iter(fields)

    def sent(self) -> bool:
        """Whether it was posted and all of it is in order."""
        return bool(request.method == "POST" and self.validate())

    def refuse(self, name: str, refusal: Refused) -> None:
        """Say at a field what a service refused."""
        self[name].errors = [f"{refusal} {refusal.next_step}".strip()]

    def tell(self, refusal: Refused) -> None:
        """Say what a service refused: at the field that it is about, else at the head."""
        if refusal.field in self:
            self.refuse(refusal.field, refusal)
        else:
            self.form_errors.append(f"{refusal} {refusal.next_step}".strip())


class Kept(Form):
    """A form of what is there. It carries what its sender had before them: where somebody else
    changed that meanwhile, it is refused once, so that nobody undoes what they have not seen."""

    def before(self) -> str:
        """What stands there now, as a mark that the page carries."""
        return sha256(repr(self._values("object_data")).encode()).hexdigest()[:16]

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        same = request.form.get("before", self.before()) == self.before()
        if same or self._values("data") == self._values("object_data"):
            return good
        said = _(
            "This was changed while you were writing, by somebody else or in another tab. Nothing "
            "of yours is saved yet. Here is what stands there now; save again to put yours instead."
        )
        self.form_errors.append(said)
        other = (one for one in self if _word(one.data) != _word(one.object_data))
        self.form_errors += [_there_now(field) for field in other]
        return False

    def _values(self, which: str) -> list[str]:
        return [_word(getattr(field, which)) for field in self]


def _word(value: Any) -> str:
    return "" if value is None else str(value)


def _there_now(field: Any) -> str:
    """What is kept of a field, as its form would show it."""
    kept = _word(field.object_data)
    choices = field.iter_choices() if hasattr(field, "iter_choices") else ()
    words = next((str(label) for value, label, *_rest in choices if str(value) == kept), kept)
    return str(_("%(label)s: %(words)s", label=field.label.text, words=excerpt(words, 80) or "–"))


class Need(InputRequired):
    """An answer is needed. ``message`` says what to do, never that something is invalid."""

    field_flags = {"required": True}  # noqa: RUF012  as WTForms declares it

    def __call__(self, form: Any, field: Any) -> None:
        blank = isinstance(field.data, str) and not field.data.strip()
        if field.data is None or blank or field.data == []:
            field.errors = []
            raise StopValidation(str(self.message))


def options(words: Mapping[Any, Any]) -> Any:
    """The choices of a field: what is sent, and how it reads."""
    return [SelectChoice(value=value, label=label) for value, label in words.items()]


def number(text: str | None) -> int:
    """The number that a hidden field carries; 0, which is no id and no version, where none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def up_to(letters: int, message: Any) -> Length:
    """No more than so many letters. Browsers are not told: they would cut a text that is pasted,
    without a word."""
    limit = Length(max=letters, message=message)
    limit.field_flags = {}
    return limit


def single_line(text: str | None) -> str | None:
    """Filter of one-line fields."""
    return None if text is None else one_line(text)


def trimmed(text: str | None) -> str | None:
    """Filter of long fields: line ends made equal, blanks around gone, NUL never."""
    if text is None:
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


Filter = Callable[[str | None], str | None]
