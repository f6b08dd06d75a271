"""What staff may send in the wizard: a form for each step."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import NumberRange, Optional

from portal.agreements.queries import Offered
from portal.core.forms import Form, Need, options, single_line, trimmed, up_to
from portal.ideas.forms import AGE_WORDS
from portal.ideas.models import AgeGroup
from portal.programs.matching import Match
from portal.programs.planning import Aim, Goal, Partnering, Plain, SignUp
from portal.settings.queries import current as library
from portal.surveys import figures, instruments

ALONE = "alone"
LONGEST = 5000
MOST_PEOPLE = 100_000


MEASURED = {
    figures.VISITS: _l("Visits: from the head counts"),
    "knowledge": _l("Percent who learned something: from the survey"),
    "confidence": _l("Percent who feel more confident: from the survey"),
    "application": _l("Percent who will use it: from the survey"),
    "awareness": _l("Percent who know more of the library: from the survey"),
    "": _l("Something else: we say it in words afterwards"),
}


def _short(words: Any) -> Any:
    return [up_to(LONGEST, words)]


class GoalForm(Form):
    title = StringField(
        _l("What it is called"),
        [Need(_l("Give it a name")), up_to(250, _l("Make the name 250 letters or shorter"))],
        filters=[single_line],
    )
    goal = TextAreaField(
        _l("What should be better afterwards?"),
        [Need(_l("Say what should be better")), *_short(_l("Make the goal shorter"))],
        description=_l("Taken from the need that the idea names."),
        filters=[trimmed],
    )
    summary = TextAreaField(
        _l("What to expect, for the page"),
        [Need(_l("Say what people can expect")), *_short(_l("Make the text shorter"))],
        filters=[trimmed],
    )
    age_group = SelectField(
        _l("The one age group it is for"),
        choices=options({age.value: words for age, words in AGE_WORDS.items()}),
    )

    def measures(self) -> list[tuple[Any, Any, Any]]:
        """What is counted, how many of it, and where the result comes from."""
        return [tuple(self[name + end] for name in MEASURE) for end in ENDS]

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        for what, target, _kind in self.measures()[1:]:
            if not (what.errors or target.errors) and bool(what.data) != bool(target.data):
                lacks = target if what.data else what
                lacks.errors = [_l("Write what is counted and how many, or leave both empty")]
                good = False
        return good

    def value(self) -> Goal:
        return Goal(
            title=self.title.data or "",
            goal=self.goal.data or "",
            summary=self.summary.data or "",
            age_group=AgeGroup(self.age_group.data),
            measures=[
                Aim(what=what.data, target=target.data, kind=kind.data or "")
                for what, target, kind in self.measures()
                if what.data and target.data
            ],
        )


MEASURE, ENDS = ("measure", "target", "kind"), ("", "_2", "_3")
for _end in ENDS:
    _must: list[Any] = [Optional()] if _end else []
    _named = _must or [Need(_l("Name one thing that is counted"))]
    _counted = NumberRange(1, MOST_PEOPLE, _l("Enter a number of 1 or more"))
    _what = StringField(
        _l("What else shows it?") if _end else _l("What shows that it worked?"),
        [*_named, up_to(250, _l("Make it shorter"))],
        filters=[single_line],
    )
    _from = SelectField(
        _l("Where does the result come from?"), choices=options(MEASURED), default=""
    )
    setattr(GoalForm, f"measure{_end}", _what)
    setattr(GoalForm, f"target{_end}", IntegerField(_l("How many?"), [*_must, _counted]))
    setattr(GoalForm, f"kind{_end}", _from)


class PlainForm(Form):
    """An event that no idea asked for."""

    title = StringField(
        _l("What it is called"),
        [Need(_l("Give it a name")), up_to(250, _l("Make the name 250 letters or shorter"))],
        filters=[single_line],
    )
    summary = TextAreaField(
        _l("What to expect, for the page"),
        [Need(_l("Say what people can expect")), *_short(_l("Make the text shorter"))],
        filters=[trimmed],
    )
    age_group = SelectField(
        _l("The one age group it is for"),
        choices=options({age.value: words for age, words in AGE_WORDS.items()}),
        default=AgeGroup.GENERAL.value,
    )
    topic = SelectField(_l("Topic"), default="")
    branch = SelectField(_l("Branch"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = {str(one.id): one.name for one in library().open_topics}
        branches = {str(one.id): one.name for one in library().open_branches}
        self.topic.choices = options({"": _l("Not set")} | topics)
        self.branch.choices = options({"": _l("Any branch")} | branches)

    def value(self) -> Plain:
        return Plain(
            title=self.title.data or "",
            summary=self.summary.data or "",
            age_group=AgeGroup(self.age_group.data),
            topic_id=int(self.topic.data) if self.topic.data else None,
            branch_id=int(self.branch.data) if self.branch.data else None,
        )


class PartnerForm(Form):
    """Who runs it: offers first, then the organisations that fit, then the library by itself."""

    partners = SelectMultipleField(
        _l("Who will run it with us?"),
        [Need(_l("Choose a partner, or the library alone"))],
        description=_l("Offers come first, then partners who fit."),
    )
    library_tasks = TextAreaField(
        _l("What the library does"),
        _short(_l("Make it shorter")),
        description=_l("One task a line."),
        filters=[trimmed],
    )

    hints: dict[str, str]
    folded: set[str]  # those of whom no more is known than that they may partner
    tasks: dict[int, TextAreaField]  # by organisation; 0: of the first that is chosen

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        if good and ALONE in (self.partners.data or []) and len(self.partners.data or []) > 1:
            self.partners.errors = [_l("Choose partners, or the library alone, not both")]
            return False
        return good

    def value(self) -> Partnering:
        chosen = [int(one) for one in self.partners.data or [] if one != ALONE]
        tasks = {one: _lines(box.data) for one, box in self.tasks.items()}
        if chosen and 0 in tasks:
            tasks[chosen[0]] = tasks[0]
        return Partnering(
            organisations=chosen,
            library_tasks=_lines(self.library_tasks.data),
            partner_tasks=tasks,
        )


def partner_form(
    values: dict[str, Any],
    *,
    offers: list[Offered],
    matches: list[Match],
    tasks: dict[int, list[str]],
) -> PartnerForm:
    """A box for the tasks of each partner of the plan; ``tasks`` has what they hold by now."""
    names = {match.organisation_id: match.name for match in matches}
    boxes = {
        f"tasks_{one}": _tasks_box(
            str(_l("What %(name)s does", name=names[one]))  # lazy, it would not be escaped
            if one in names
            else _l("What the partner does")
        )
        for one in tasks or {0: []}
    }
    kept = {f"tasks_{one}": "\n".join(what) for one, what in tasks.items()}
    form: PartnerForm = type("OnePartnerForm", (PartnerForm,), boxes)(data=values | kept)
    form.tasks = {int(name.removeprefix("tasks_")): form[name] for name in boxes}
    offered = {one.organisation_id: one for one in offers if one.standing == "verified"}
    ordered = sorted(matches, key=lambda match: match.organisation_id not in offered)
    form.hints = {str(one.organisation_id): _why(one, offered) for one in ordered}
    chosen = set(form.partners.data or [])
    form.folded = {one for one, why in form.hints.items() if not why} - chosen
    choices = {str(one.organisation_id): one.name for one in ordered}
    form.partners.choices = options(choices | {ALONE: _l("The library alone, or a resident team")})
    return form


def _tasks_box(label: Any) -> Any:
    return TextAreaField(
        label,
        _short(_l("Make it shorter")),
        description=_l("One task a line."),
        filters=[trimmed],
    )


def _why(match: Match, offered: dict[int, Offered]) -> str:
    words = offered[match.organisation_id].words if match.organisation_id in offered else ""
    offer = [str(_l("Offered: “%(words)s”", words=words[:200]))] if words else []
    return " · ".join([*offer, *match.why_else(words)])


def _lines(text: str | None) -> list[str]:
    return [line.strip()[:250] for line in (text or "").splitlines() if line.strip()][:20]


class SignUpForm(Form):
    followers_first = BooleanField(_l("Followers of the idea have the first seats for 72 hours"))
    waitlist = BooleanField(_l("Open a waitlist when it is full"))
    party_limit = IntegerField(
        _l("Largest party"), [NumberRange(1, 20, _l("Enter a number from 1 to 20"))]
    )
    question = StringField(
        _l("A question to ask at sign-up"),
        [up_to(200, _l("Make the question 200 letters or shorter"))],
        filters=[single_line],
    )
    opens_day = DateField(
        _l("Sign-up opens on"),
        [Optional()],
        description=_l("Leave it empty, and it opens as soon as this is public."),
    )
    opens_time = TimeField(_l("At what time?"), [Optional()])
    instrument = SelectField(
        _l("What those who came are asked"),
        description=_l("Without their name, two hours after the end."),
    )

    def __init__(self, *args: Any, topic_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual, *others = [(str(one.id), one.title) for one in instruments.choices(topic_id)] or [
            ("", _l("The usual questions"))
        ]
        self.instrument.choices = options({"": usual[1]} | dict(others))

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        if good and (self.opens_day.data is None) != (self.opens_time.data is None):
            day, lacks = self.opens_day, self.opens_time if self.opens_day.data else self.opens_day
            lacks.errors = [_l("Enter the day, too") if lacks is day else _l("Enter the time, too")]
            return False
        return good

    def _opens(self) -> datetime | None:
        day, time = self.opens_day.data, self.opens_time.data
        return datetime.combine(day, time) if day and time else None

    def value(self) -> SignUp:
        return SignUp(
            followers_first=bool(self.followers_first.data),
            waitlist=bool(self.waitlist.data),
            party_limit=self.party_limit.data or 1,
            question=self.question.data or "",
            instrument_id=int(self.instrument.data) if self.instrument.data else None,
            opens=self._opens(),
        )


class PublishForm(Form):
    reason = TextAreaField(
        _l("Why publish before both have signed?"),
        _short(_l("Make the reason shorter")),
        filters=[trimmed],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.flags.required = True  # wherever the page asks for it
