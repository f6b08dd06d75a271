from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core import clock
from portal.core.database import Base, Rows
from portal.ideas.lifecycle import PUBLICATION, STAGES, Publication, Stage


class AgeGroup(StrEnum):
    """Target age groups of the US Public Libraries Survey (elements 601-605)."""

    YOUNG_CHILDREN = "0-5"
    CHILDREN = "6-11"
    YOUNG_ADULTS = "12-18"
    ADULTS = "19+"
    GENERAL = "general"


class Idea(Base):
    """What the public may read of an idea. Its text is always one that a librarian approved or
    a trusted person wrote; a newer one waits as a Revision."""

    __tablename__ = "ideas"
    __table_args__ = (
        CheckConstraint("votes >= 0 AND detached BETWEEN 0 AND votes", name="votes"),
        CheckConstraint("imported_votes >= 0 AND desk_votes >= 0", name="other_votes"),
        CheckConstraint("merged_into <> id", name="not_into_itself"),
        CheckConstraint("(publication = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        CheckConstraint("length(title) <= 250", name="title"),
        CheckConstraint("length(happens) <= 5000 AND length(need) <= 5000", name="texts"),
        Index("ix_ideas_most_votes", "publication", "votes", "id"),
        Index("ix_ideas_newest", "publication", "published_at", "id"),
        Index("ix_ideas_stage_votes", "stage", "votes", "id"),
        Index("ix_ideas_stage_newest", "stage", "published_at", "id"),
        Index("ix_ideas_stage_due", "stage", "answer_due_on", "id"),
        Index("ix_ideas_stage_since", "stage", "stage_since", "id"),
        *Base.__table_args__,
    )

    title: Mapped[str] = mapped_column(String(250))
    happens: Mapped[str] = mapped_column(Text)  # what would happen?
    need: Mapped[str] = mapped_column(Text)  # why does it matter here?
    happens_html: Mapped[str] = mapped_column(Text)
    need_html: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None, index=True)
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), default=None, index=True
    )
    unnamed: Mapped[bool] = mapped_column(default=False)  # shown as "a neighbor"
    at_desk: Mapped[bool] = mapped_column(default=False, server_default=false())  # entered there
    lang: Mapped[str] = mapped_column(String(12), default="en")
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"), default=None)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"), default=None)
    age_group: Mapped[AgeGroup | None] = mapped_column(default=None)
    publication: Mapped[Publication] = mapped_column(default=Publication.DRAFT)
    stage: Mapped[Stage] = mapped_column(default=Stage.OPEN)
    stage_since: Mapped[datetime | None] = mapped_column(default=None)  # none: since the start
    open_elsewhere: Mapped[bool] = mapped_column(default=False)  # scheduled at one branch only
    votes: Mapped[int] = mapped_column(default=0)  # distinct voters + detached; voting.py's
    detached: Mapped[int] = mapped_column(default=0)  # votes whose link to a person was cut
    imported_votes: Mapped[int] = mapped_column(default=0)
    desk_votes: Mapped[int] = mapped_column(default=0)
    revisions: Mapped[int] = mapped_column(default=0)
    story_lines: Mapped[int] = mapped_column(default=0)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"), default=None)
    source_key: Mapped[str | None] = mapped_column(String(120), unique=True, default=None)
    version: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    goal_reached_at: Mapped[datetime | None] = mapped_column(default=None)
    answer_due_on: Mapped[date | None] = mapped_column(default=None)
    comes_back_on: Mapped[date | None] = mapped_column(default=None)  # of "not now"
    search_ends_on: Mapped[date | None] = mapped_column(default=None)  # of "looking for a partner"
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Vote(Rows):
    """One person's support for one idea. Secret: no page shows it but that person's own."""

    __tablename__ = "votes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    cast_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


_UNDECIDED = text("approved_at IS NULL AND refused_at IS NULL")


class Revision(Rows):
    """A text of an idea as somebody wrote it, and where they say it belongs. Number ``n`` counts
    from 1."""

    __tablename__ = "revisions"
    __table_args__ = (
        Index(
            "ix_revisions_undecided",
            "idea_id",
            sqlite_where=_UNDECIDED,
            postgresql_where=_UNDECIDED,
        ),
    )

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(250))
    happens: Mapped[str] = mapped_column(Text)
    need: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    refused_at: Mapped[datetime | None] = mapped_column(default=None)
    meaning_changed: Mapped[bool] = mapped_column(default=False)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"), default=None)
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"), default=None)
    age_group: Mapped[AgeGroup | None] = mapped_column(default=None)
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Life(StrEnum):
    PUBLICATION = "publication"
    STAGE = "stage"
    NOTE = "note"  # nothing changed, but the story gains a line


def _legal() -> str:
    pairs = {f"{Life.PUBLICATION}:{a}>{b}" for a, b in PUBLICATION.transitions()}
    pairs |= {f"{Life.STAGE}:{a}>{b}" for a, b in STAGES.transitions()}
    listed = ", ".join(f"'{pair}'" for pair in sorted(pairs))
    return f"life = 'note' OR life || ':' || was || '>' || became IN ({listed})"


class StoryLine(Rows):
    """One change of an idea: who, when, from, to, why. A change that no lifecycle has cannot be
    stored. ``n`` counts from 1 without a gap."""

    __tablename__ = "story_lines"
    __table_args__ = (CheckConstraint(text(_legal()), name="legal"), Index(None, "at"))

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    life: Mapped[Life]
    was: Mapped[str] = mapped_column(String(32))
    became: Mapped[str] = mapped_column(String(32))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    sentence: Mapped[str] = mapped_column(Text, default="")  # of a named person, for everybody
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    until: Mapped[date | None] = mapped_column(default=None)
    goal: Mapped[int | None] = mapped_column(default=None)  # the votes that were asked for then
    public: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)
