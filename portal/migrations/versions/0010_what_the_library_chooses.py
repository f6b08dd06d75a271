"""What the library chooses

Hours and closed days of branches, saved replies, house rules in the library's own words, and how long
names of guests are kept. What is not offered any more is closed and keeps its row.

The new columns are added by ALTER TABLE itself: SQLite would rebuild the tables otherwise.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0020"
branch_labels = None
depends_on = None

CLOSABLE = ("branches", "rooms", "topics")


def upgrade() -> None:
    op.create_table(
        "house_texts",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("kind", "lang", name=op.f("pk_house_texts")),
    )
    op.create_table(
        "replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("title", name=op.f("uq_replies_title")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "branch_hours",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("closes > opens", name=op.f("ck_branch_hours_closes")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_branch_hours_weekday")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branches.id"], name=op.f("fk_branch_hours_branch_id")
        ),
        sa.PrimaryKeyConstraint("branch_id", "weekday", name=op.f("pk_branch_hours")),
    )
    op.create_table(
        "closed_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=80), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("last >= first", name=op.f("ck_closed_days_last")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branches.id"], name=op.f("fk_closed_days_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_days")),
        sqlite_autoincrement=True,
    )
    for table in CLOSABLE:
        op.execute(f"ALTER TABLE {table} ADD COLUMN closed BOOLEAN DEFAULT false NOT NULL")
    op.execute(
        "ALTER TABLE libraries ADD COLUMN guest_days INTEGER DEFAULT 30 NOT NULL "
        "CONSTRAINT ck_libraries_guest_days CHECK (guest_days BETWEEN 1 AND 30)"
    )


def downgrade() -> None:
    op.drop_column("libraries", "guest_days")
    for table in CLOSABLE:
        op.drop_column(table, "closed")
    for table in ("closed_days", "branch_hours", "replies", "house_texts"):
        op.drop_table(table)
