"""Lists stay quick: indexes for what pages ask for"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_idea_id"), ["idea_id"], unique=False)

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.create_index("ix_organisations_named", ["name", "id"], unique=False)

    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_revisions_undecided",
            ["idea_id"],
            unique=False,
            sqlite_where=sa.text("approved_at IS NULL AND refused_at IS NULL"),
            postgresql_where=sa.text("approved_at IS NULL AND refused_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_revisions_undecided",
            sqlite_where=sa.text("approved_at IS NULL AND refused_at IS NULL"),
            postgresql_where=sa.text("approved_at IS NULL AND refused_at IS NULL"),
        )

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_index("ix_organisations_named")

    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offers_idea_id"))
