"""What else the library chooses

Its mark, and how long it is known who voted. A newer text of an idea keeps where its author says that
it belongs, and the story how many votes were asked for when they were reached.

The new columns are added by ALTER TABLE itself: SQLite would rebuild the tables otherwise. Where a text
belongs refers to other tables, and SQLite rebuilds its table to forget that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WHERE_THE_IDEA_IS = """
UPDATE revisions SET
    topic_id = (SELECT ideas.topic_id FROM ideas WHERE ideas.id = idea_id),
    branch_id = (SELECT ideas.branch_id FROM ideas WHERE ideas.id = idea_id),
    age_group = (SELECT ideas.age_group FROM ideas WHERE ideas.id = idea_id)
WHERE approved_at IS NULL AND refused_at IS NULL
"""
CHOSEN = (
    "vote_months INTEGER DEFAULT 12 NOT NULL "
    "CONSTRAINT ck_libraries_vote_months CHECK (vote_months BETWEEN 1 AND 12)",
    "mark VARCHAR(40) DEFAULT '' NOT NULL",
    "mark_width INTEGER DEFAULT 0 NOT NULL",
)


def upgrade() -> None:
    for column in CHOSEN:
        op.execute(f"ALTER TABLE libraries ADD COLUMN {column}")
    op.add_column("story_lines", sa.Column("goal", sa.Integer(), nullable=True))
    for column in (
        "topic_id INTEGER CONSTRAINT fk_revisions_topic_id REFERENCES topics (id)",
        "branch_id INTEGER CONSTRAINT fk_revisions_branch_id REFERENCES branches (id)",
        "age_group VARCHAR(32) CONSTRAINT ck_revisions_agegroup "
        "CHECK (age_group IN ('0-5', '6-11', '12-18', '19+', 'general'))",
    ):
        op.execute(f"ALTER TABLE revisions ADD COLUMN {column}")
    op.execute(WHERE_THE_IDEA_IS)


def downgrade() -> None:
    op.drop_column("revisions", "age_group")
    with op.batch_alter_table("revisions") as revisions:
        revisions.drop_column("topic_id")
        revisions.drop_column("branch_id")
    op.drop_column("story_lines", "goal")
    for column in CHOSEN:
        op.drop_column("libraries", column.split()[0])
