"""Guests say no

To mail that they did not ask for: kept under a fingerprint of the mailbox.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guest_stops",
        sa.Column("mailbox", sa.String(length=22), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_guest_stops")),
    )


def downgrade() -> None:
    op.drop_table("guest_stops")
