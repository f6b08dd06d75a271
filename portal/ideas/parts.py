"""What somebody wrote, stood behind or decided."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select

from portal.accounts.exports import adds, leaves_out
from portal.ideas.lifecycle import READABLE
from portal.ideas.models import Idea, Revision, StoryLine, Vote

_TITLE = select(Idea.title).where(Idea.id == Vote.idea_id, Idea.publication.in_(READABLE))

adds(
    "votes",
    _l("Your votes"),
    lambda person_id: Vote.person_id == person_id,
    idea=(Vote.idea_id, _l("The number of the idea")),
    title=(_TITLE.scalar_subquery(), _l("Its title, while everybody may read it")),
    cast_at=(Vote.cast_at, _l("When you voted")),
)
adds(
    "ideas",
    _l("Ideas you wrote"),
    lambda person_id: Idea.author_id == person_id,
    number=(Idea.id, _l("The number of the idea")),
    title=(Idea.title, _l("Your idea in one line")),
    happens=(Idea.happens, _l("What would happen")),
    need=(Idea.need, _l("Why it matters here")),
    group=(Idea.organisation_id, _l("The number of the group you wrote it for")),
    unnamed=(Idea.unnamed, _l("Whether your name is left out")),
    language=(Idea.lang, _l("Its language")),
    branch=(Idea.branch_id, _l("The number of the branch")),
    topic=(Idea.topic_id, _l("The number of the topic")),
    age_group=(Idea.age_group, _l("Who it is for")),
    publication=(Idea.publication, _l("Whether it is public")),
    stage=(Idea.stage, _l("Where it is")),
    votes=(Idea.votes, _l("How many voted for it")),
    joined=(Idea.merged_into, _l("The number of the idea it was joined with")),
    made_at=(Idea.made_at, _l("When you wrote it")),
    published_at=(Idea.published_at, _l("When it became public")),
)
leaves_out(
    _l("About the idea and on its page for everybody, or counted from what is there."),
    Idea.stage_since,
    Idea.open_elsewhere,
    Idea.detached,
    Idea.imported_votes,
    Idea.desk_votes,
    Idea.revisions,
    Idea.story_lines,
    Idea.goal_reached_at,
    Idea.answer_due_on,
    Idea.comes_back_on,
    Idea.search_ends_on,
    Idea.version,
)
leaves_out(_l("Only in ideas that nobody here wrote."), Idea.source_key, Idea.at_desk)
leaves_out(_l("The same as what is here, in another form."), Idea.happens_html, Idea.need_html)
adds(
    "texts",
    _l("Every text you sent for an idea"),
    lambda person_id: Revision.by_id == person_id,
    idea=(Revision.idea_id, _l("The number of the idea")),
    n=(Revision.n, _l("Its place among the texts: 1 is the first")),
    title=(Revision.title, _l("Your idea in one line")),
    happens=(Revision.happens, _l("What would happen")),
    need=(Revision.need, _l("Why it matters here")),
    made_at=(Revision.made_at, _l("When you sent it")),
    approved_at=(Revision.approved_at, _l("When it was approved")),
    refused_at=(Revision.refused_at, _l("When it was refused")),
    meaning_changed=(Revision.meaning_changed, _l("Whether it changed what people voted for")),
    topic=(Revision.topic_id, _l("The number of its topic")),
    branch=(Revision.branch_id, _l("The number of the branch it is for")),
    age_group=(Revision.age_group, _l("Whom it is for")),
)
adds(
    "texts_approved",
    _l("Texts that you approved for the library"),
    lambda person_id: Revision.approved_by == person_id,
    idea=(Revision.idea_id, _l("The number of the idea")),
    n=(Revision.n, _l("Its place among the texts: 1 is the first")),
    approved_at=(Revision.approved_at, _l("When")),
)


def _told(person_id: int) -> ColumnElement[bool]:
    own = select(Idea.id).where(Idea.author_id == person_id)
    return or_(StoryLine.by_id == person_id, StoryLine.idea_id.in_(own))


adds(
    "story",
    _l("What happened with your ideas, and what you decided for the library"),
    _told,
    idea=(StoryLine.idea_id, _l("The number of the idea")),
    n=(StoryLine.n, _l("The place of the line in its story")),
    life=(StoryLine.life, _l("What changed: whether it is public, or where it is")),
    was=(StoryLine.was, _l("What it was")),
    became=(StoryLine.became, _l("What it became")),
    sentence=(StoryLine.sentence, _l("What the library said")),
    reason=(StoryLine.reason_code, _l("The reason, in a word")),
    link=(StoryLine.link, _l("A link to more")),
    until=(StoryLine.until, _l("A date that was named")),
    goal=(StoryLine.goal, _l("How many votes were asked for")),
    public=(StoryLine.public, _l("Whether everybody reads it")),
    at=(StoryLine.at, _l("When")),
)
leaves_out(
    _l("It is you, in every row of yours; elsewhere it is somebody else."),
    Vote.person_id,
    Idea.author_id,
    Revision.by_id,
    Revision.approved_by,
    StoryLine.by_id,
)
