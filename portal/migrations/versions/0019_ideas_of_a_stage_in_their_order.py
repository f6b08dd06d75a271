"""Ideas of a stage in their order

Those of several stages are the first of each, by an index of its own: newest, or latest answered.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLE, NEWEST, SINCE = "ideas", "ix_ideas_stage_newest", "ix_ideas_stage_since"


def upgrade() -> None:
    op.create_index(NEWEST, TABLE, ["stage", "published_at", "id"])
    op.drop_index(SINCE, TABLE)
    op.create_index(SINCE, TABLE, ["stage", "stage_since", "id"])


def downgrade() -> None:
    op.drop_index(SINCE, TABLE)
    op.create_index(SINCE, TABLE, ["publication", "stage_since", "id"])
    op.drop_index(NEWEST, TABLE)
