"""What may be sent about ideas."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.core import clock
from portal.core.forms import Form, Need, options, single_line, trimmed, up_to
from portal.core.tokens import is_signed, sign
from portal.ideas.answering import Answer
from portal.ideas.lifecycle import Decision
from portal.ideas.models import AgeGroup
from portal.ideas.words import NO_REASONS
from portal.ideas.writing import Draft
from portal.settings.queries import choosable
from portal.settings.queries import current as library

HINT_TITLE, HINT_TEXT = 90, 1200
LONGEST_TITLE, LONGEST_TEXT = 250, 5000
TOO_FAST, TOO_SLOW = 3, 6 * 3600  # seconds: what robots and forgotten pages take

AGE_WORDS = {
    AgeGroup.YOUNG_CHILDREN: _l("Children up to 5"),
    AgeGroup.CHILDREN: _l("Children 6 to 11"),
    AgeGroup.YOUNG_ADULTS: _l("Young people 12 to 18"),
    AgeGroup.ADULTS: _l("Adults"),
    AgeGroup.GENERAL: _l("Everybody"),
}


class IdeaForm(Form):
    title = StringField(
        _l("Your idea in one line"),
        [
            Need(_l("Write your idea in one line")),
            up_to(LONGEST_TITLE, _l("Make your one line shorter: 90 letters are plenty")),
        ],
        description=_l("Like a poster: what would people come to do?"),
        filters=[single_line],
    )
    happens = TextAreaField(
        _l("What would happen?"),
        [
            Need(_l("Tell us what would happen")),
            up_to(LONGEST_TEXT, _l("Make what would happen shorter: 1,200 letters are plenty")),
        ],
        description=_l("Two or three sentences. Leave out phone numbers and addresses."),
        filters=[trimmed],
    )
    need = TextAreaField(
        _l("Why does it matter here?"),
        [
            Need(_l("Tell us why it matters here")),
            up_to(LONGEST_TEXT, _l("Make why it matters shorter: 1,200 letters are plenty")),
        ],
        description=_l("Who would come, and what is missing today?"),
        filters=[trimmed],
    )
    topic = SelectField(_l("Topic"), default="")
    age_group = SelectField(_l("Who is it for?"), default="")
    branch = SelectField(_l("Where?"), default="")
    shown_as = RadioField(
        _l("How should we show your name?"),
        default="name",
        description=_l("Librarians always see who wrote it."),
    )
    started = HiddenField()
    website = StringField(_l("Leave this empty"))  # people do not see it, robots fill it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facts = library()
        topics = choosable(facts.topics, self.topic.object_data)
        branches = choosable(facts.branches, self.branch.object_data)
        ages = {age.value: words for age, words in AGE_WORDS.items()}
        self.topic.choices = options({"": _l("Leave it to us")} | topics)
        self.branch.choices = options({"": _l("Any branch")} | branches)
        unnamed = _l("As “%(someone)s”", someone=facts.someone)
        self.shown_as.choices = options({"name": _l("With my name"), "neighbor": unnamed})
        self.age_group.choices = options({"": _l("Leave it to us")} | ages)
        if not self.started.data:
            now = int(clock.now().timestamp())
            self.started.data = f"{now}-{sign('form', now)}"

    def draft(self) -> Draft:
        return Draft(
            title=self.title.data or "",
            happens=self.happens.data or "",
            need=self.need.data or "",
            topic_id=int(self.topic.data) if self.topic.data else None,
            branch_id=int(self.branch.data) if self.branch.data else None,
            age_group=AgeGroup(self.age_group.data) if self.age_group.data else None,
            unnamed=self.shown_as.data == "neighbor",
            suspicious=bool(self.website.data),
            untimely=not self._is_in_time(),
        )

    def _is_in_time(self) -> bool:
        moment, _dash, signature = (self.started.data or "").partition("-")
        if not moment.isdecimal() or len(moment) > 12:
            return False
        took = clock.now().timestamp() - int(moment)
        return TOO_FAST <= took <= TOO_SLOW and is_signed(signature, "form", int(moment))


class EditForm(IdeaForm):
    seen = HiddenField()


ANSWER_WORDS = {
    Decision.REVIEW: _l("We look at it now"),
    Decision.SEEK_PARTNER: _l("Yes, and we look for a partner"),
    Decision.POSTPONE: _l("Not now"),
    Decision.POINT_TO: _l("It is already here"),
    Decision.DECLINE: _l("It is not moving forward"),
    Decision.REOPEN: _l("It is back: votes are open again"),
}
NOTE = "note"
_ADDRESS = re.compile(r"(https?://[^\s/@?#]+[^\s]*|/(?![/\\])\S*)")
DATED = {Decision.POSTPONE, Decision.SEEK_PARTNER}


class AnswerForm(Form):
    """The answers that fit where an idea stands, and what each of them needs."""

    others: ClassVar[Mapping[str, object]] = {NOTE: _l("No answer yet: say how it stands")}

    move = RadioField(_l("What is the answer?"), [Need(_l("Choose an answer"))])
    sentence = TextAreaField(
        _l("In a sentence or two"),
        [
            Need(_l("Say it in a sentence that everybody reads")),
            up_to(1000, _l("Make the sentence shorter: 1,000 letters at most")),
        ],
        description=_l("Public, with your name and today’s date."),
        filters=[trimmed],
    )
    until = DateField(
        _l("Until when?"),
        [Optional()],
        description=_l("“Not now” comes back by itself on that day; a search for a partner ends."),
    )
    reason = SelectField(
        _l("Why not?"),
        choices=options({"": _l("Choose a reason")} | dict(NO_REASONS)),
        default="",
        description=_l("Needed for “not moving forward”."),
    )
    link = StringField(
        _l("Where is it?"),
        [up_to(500, _l("Make the address shorter"))],
        description=_l("Needed for “already here”: the address of a page, with https://"),
        filters=[single_line],
    )
    seen = HiddenField()

    def __init__(self, *args: Any, moves: Sequence[Decision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {str(one): ANSWER_WORDS[one] for one in moves}
        self.move.choices = options(words | dict(self.others))
        for one in (self.until, self.reason, self.link):
            one.flags.required = True  # by some answers, as their hints say

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        for name, sentence in self._missing():
            self[name].errors = [sentence]
            good = False
        return good

    def _missing(self) -> Iterator[tuple[str, Any]]:
        if self.move.data in DATED and self.until.data is None and not self.until.errors:
            yield "until", _l("Enter the day until which this holds")
        if self.move.data == Decision.DECLINE and not self.reason.data:
            yield "reason", _l("Choose why it is not moving forward")
        if self.move.data == Decision.POINT_TO and not _is_address(self.link.data or ""):
            yield "link", _l("Enter the address of a page, beginning with https:// or /")

    def answer(self) -> Answer:
        """What was chosen, without what belongs to another choice."""
        move = None if self.move.data == NOTE else Decision(self.move.data)
        return Answer(
            move=move,
            sentence=self.sentence.data or "",
            until=self.until.data if move in DATED else None,
            reason_code=self.reason.data if move is Decision.DECLINE else "",
            link=(self.link.data or "") if move is Decision.POINT_TO else "",
        )


class AnswersForm(AnswerForm):
    """One answer for many ideas; a way to say how it stands would leave them where they are."""

    others: ClassVar[Mapping[str, object]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, moves=(Decision.POSTPONE, Decision.DECLINE), **kwargs)
        self.until.description = _l("Needed for “not now”: it comes back by itself on that day.")
        del self.link


def _is_address(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text))
