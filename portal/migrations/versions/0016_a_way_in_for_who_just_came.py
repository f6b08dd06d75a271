"""A way in for who just came

How people come into a survey: invited by mail, or by a code on the wall. A plan may know that people
sign up elsewhere and not yet where.

A changed CHECK changes no row, so SQLite need not rebuild its table: the words of its schema are
replaced, as its manual says (ALTER TABLE, "removing or adding CHECK constraints").
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LINK = ("programs", "ck_programs_calendar_link")
LINK_ALWAYS = "admission <> 'elsewhere' OR calendar_link LIKE 'https://%'"
LINK_ONCE_PUBLIC = "admission <> 'elsewhere' OR stage IN ('planning', 'cancelled') OR calendar_link LIKE 'https://%'"
WAY = ("survey_answers", "ck_survey_answers_wayin")
BY_MAIL = "way IN ('invited')"
BOTH = "way IN ('invited', 'wall')"
DROP = (
    "DELETE FROM survey_answers WHERE way = 'wall'",
    "DELETE FROM survey_tickets WHERE survey_id IN (SELECT id FROM surveys WHERE way = 'wall')",
    "DELETE FROM surveys WHERE way = 'wall'",
)


def upgrade() -> None:
    op.execute(
        "ALTER TABLE surveys ADD COLUMN way VARCHAR(32) DEFAULT 'invited' NOT NULL "
        f"CONSTRAINT ck_surveys_wayin CHECK ({BOTH})"
    )
    _reword(*WAY, BY_MAIL, BOTH)
    _reword(*LINK, LINK_ALWAYS, LINK_ONCE_PUBLIC)


def downgrade() -> None:
    op.execute(
        "UPDATE programs SET admission = 'seats' WHERE admission = 'elsewhere' AND calendar_link = ''"
    )
    _reword(*LINK, LINK_ONCE_PUBLIC, LINK_ALWAYS)
    for statement in DROP:
        op.execute(statement)
    _reword(*WAY, BOTH, BY_MAIL)
    op.drop_column("surveys", "way")


def _reword(table: str, name: str, was: str, now: str) -> None:
    """Give a CHECK other words."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({now})"
        )
        return
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    words = sa.text(
        "UPDATE sqlite_master SET sql = replace(sql, :was, :now) WHERE type = 'table' AND name = :of"
    )
    op.execute(words.bindparams(was=f"CHECK ({was})", now=f"CHECK ({now})", of=table))
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")
