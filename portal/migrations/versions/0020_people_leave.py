"""People leave, and come to the desk

When an account is to be blanked, and whether its ideas go along; which ideas and seats were entered
at the desk for somebody without an e-mail.

The new columns are added by ALTER TABLE itself: SQLite would rebuild the tables otherwise.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0003"
branch_labels = None
depends_on = None

FLAGS = (("people", "withdraws_ideas"), ("ideas", "at_desk"), ("registrations", "at_desk"))


def upgrade() -> None:
    op.add_column("people", sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_people_leaves_at"), "people", ["leaves_at"])
    for table, flag in FLAGS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {flag} BOOLEAN DEFAULT false NOT NULL")


def downgrade() -> None:
    for table, flag in FLAGS:
        op.drop_column(table, flag)
    op.drop_index(op.f("ix_people_leaves_at"), "people")
    op.drop_column("people", "leaves_at")
