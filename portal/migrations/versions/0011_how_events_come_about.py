"""How events come about

How people get in (a seat here, just come, or the library's calendar elsewhere), and since when a
session is at its present time and place.

The new columns are added by ALTER TABLE itself: SQLite would rebuild the tables otherwise.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE programs ADD COLUMN admission VARCHAR(32) DEFAULT 'seats' NOT NULL "
        "CONSTRAINT ck_programs_admission CHECK (admission IN ('seats', 'open', 'elsewhere'))"
    )
    op.execute(
        "ALTER TABLE programs ADD COLUMN calendar_link VARCHAR(500) DEFAULT '' NOT NULL "
        "CONSTRAINT ck_programs_calendar_link "
        "CHECK (admission <> 'elsewhere' OR calendar_link LIKE 'https://%')"
    )
    op.add_column("sessions", sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "moved_at")
    op.drop_column("programs", "calendar_link")
    op.drop_column("programs", "admission")
