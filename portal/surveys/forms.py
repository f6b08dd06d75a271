"""What may be sent about surveys."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from portal.core.forms import Form, Need, options, single_line, trimmed, up_to
from portal.programs.models import Measure
from portal.surveys.answering import Reply
from portal.surveys.instruments import Questions
from portal.surveys.queries import Report
from portal.surveys.reporting import Delivered

LONGEST_WORDS = 2000
LONGEST_SENTENCE = 1000
MET = {"": _l("Not said"), "yes": _l("Met"), "no": _l("Not met")}


class TicketForm(Form):
    ticket = StringField(
        _l("The 12 letters from your mail"),
        [Need(_l("Type the 12 letters from your mail"))],
        description=_l("Such as K7M4-P2GX-9QRT. Small letters and blanks do no harm."),
        filters=[single_line],
    )


class SheetForm(Form):
    """One page of questions. Every one can be skipped."""

    ticket = HiddenField()
    quotable = BooleanField(_l("You may quote my words, without a name"))

    items: list[RadioField]
    texts: list[TextAreaField]

    def reply(self) -> Reply:
        return Reply(
            ticks={
                field.name.removeprefix("tick_"): int(field.data)
                for field in self.items
                if field.data
            },
            words=[field.data or "" for field in self.texts],
            quotable=bool(self.quotable.data),
        )

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if good and self.reply().empty:
            self.form_errors.append(str(_l("Answer any one question, then send it")))
            good = False
        return good


def sheet_form(questions: Questions) -> SheetForm:
    """The form of an instrument, filled with what was sent."""
    ticks = {f"tick_{item.code}": _tick(item.text, questions) for item in questions.items}
    texts = {f"words_{n}": _text(words) for n, words in enumerate(questions.open)}
    form: SheetForm = type("InstrumentForm", (SheetForm,), ticks | texts)()
    form.items = [form[name] for name in ticks]
    form.texts = [form[name] for name in texts]
    return form


def _tick(words: str, questions: Questions) -> Any:
    scale = [*questions.scale, questions.apart] if questions.apart else questions.scale
    places = {str(place): level for place, level in enumerate(scale)}
    return RadioField(words, [Optional()], choices=options(places))


def _text(words: str) -> Any:
    too_long = _l("Make this shorter: up to 2,000 letters")
    return TextAreaField(
        words,
        [up_to(LONGEST_WORDS, too_long)],
        description=_l("Leave out names and phone numbers."),
        filters=[trimmed],
    )


class ResultForm(Form):
    """What the librarian writes about a program; the figures write themselves."""

    sentence = TextAreaField(
        _l("What happened, in a sentence or two"),
        [
            Need(_l("Write what happened")),
            up_to(LONGEST_SENTENCE, _l("Make it shorter: up to 1,000 letters")),
        ],
        description=_l("Everybody who asked for it reads this first."),
        filters=[trimmed],
    )
    next_step = TextAreaField(
        _l("What we will do next"),
        [
            Need(_l("Write what comes next, also when it is nothing")),
            up_to(LONGEST_SENTENCE, _l("Make it shorter: up to 1,000 letters")),
        ],
        filters=[trimmed],
    )

    measures: list[tuple[int, StringField, SelectField]]

    def delivered(self) -> dict[int, Delivered]:
        met = {"yes": True, "no": False}
        return {
            measure_id: Delivered(words=words.data or "", met=met.get(told.data or ""))
            for measure_id, words, told in self.measures
        }


def result_form(report: Report, told: Sequence[tuple[Measure, dict[str, Any]]]) -> ResultForm:
    """The form of one program: its measures that nothing counts are told in words."""
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {
        "sentence": report.sentence or _suggested(report.figures),
        "next_step": report.next_step,
    }
    for measure, kept in told:
        words, met = f"words_{measure.id}", f"met_{measure.id}"
        fields[words] = StringField(measure.what, [up_to(200, _l("Make it shorter"))])
        fields[met] = SelectField(_l("Met?"), choices=options(MET), default="")
        values[words] = kept.get("words", "")
        values[met] = {True: "yes", False: "no"}.get(kept.get("met", ""), "")
    form: ResultForm = type("OneResultForm", (ResultForm,), fields)(data=values)
    form.measures = [
        (one.id, form[f"words_{one.id}"], form[f"met_{one.id}"]) for one, _kept in told
    ]
    return form


def _suggested(figures: dict[str, Any]) -> str:
    """The first words of a page that nobody has written to yet."""
    votes, visits = sum(one["votes"] for one in figures["asked"]), figures["came"]["visits"]
    said = []
    if votes:
        said.append(ngettext("%(num)s person asked for it.", "%(num)s people asked for it.", votes))
    if visits is not None:
        said.append(ngettext("%(num)s person came.", "%(num)s people came.", visits))
    return " ".join(said)
