from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField, ValidationError

from portal.core.forms import Form, Need, number, options, trimmed, up_to
from portal.ideas.forms import AGE_WORDS
from portal.ideas.models import AgeGroup
from portal.moderation.reviewing import Judgement, Verdict
from portal.settings.queries import choosable, replies
from portal.settings.queries import current as library

LONGEST_MESSAGE = 1000


class JudgementForm(Form):
    message = TextAreaField(
        _l("Message to the author"),
        description=_l("Sent with your decision. Needed when you ask for changes or say no."),
        filters=[trimmed],
    )
    reply = SelectField(
        _l("Saved reply"),
        default="",
        description=_l("Goes before your own words."),
    )
    topic = SelectField(_l("Topic"), default="")
    age_group = SelectField(_l("Age group"), default="")
    branch = SelectField(_l("Branch"), default="")
    meaning_changed = BooleanField(_l("The meaning changed: tell those who voted"))
    seen = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facts, saved = library(), replies()
        self.reply.choices = options({"": _l("None")} | {str(one.id): one.title for one in saved})
        self.saved = {str(one.id): one.words for one in saved}
        topics = choosable(facts.topics, self.topic.object_data)
        branches = choosable(facts.branches, self.branch.object_data)
        ages = {age.value: words for age, words in AGE_WORDS.items()}
        self.topic.choices = options({"": _l("Not set")} | topics)
        self.age_group.choices = options({"": _l("Not set")} | ages)
        self.branch.choices = options({"": _l("Any branch")} | branches)
        self.message.flags.required = True  # by some verdicts, as its hint says

    def words(self) -> str:
        """What the author reads: the saved reply that was chosen, then what was written here."""
        said = (self.saved.get(self.reply.data or "", ""), self.message.data or "")
        return "\n\n".join(one for one in said if one)

    def validate_message(self, field: TextAreaField) -> None:
        if len(self.words()) > LONGEST_MESSAGE:
            raise ValidationError(_("Make your message shorter: 1,000 letters at most"))

    def judgement(self, verdict: Verdict) -> Judgement:
        return Judgement(
            verdict=verdict,
            seen=number(self.seen.data),
            message=self.words(),
            topic_id=int(self.topic.data) if self.topic.data else None,
            branch_id=int(self.branch.data) if self.branch.data else None,
            age_group=AgeGroup(self.age_group.data) if self.age_group.data else None,
            meaning_changed=bool(self.meaning_changed.data),
        )


class AppealForm(Form):
    sentence = TextAreaField(
        _l("Why should it appear?"),
        [
            Need(_l("Say in a sentence why it should appear")),
            up_to(1000, _l("Make it shorter: 1,000 letters at most")),
        ],
        description=_l("You can ask once. Somebody else reads it, where there is somebody else."),
        filters=[trimmed],
    )
