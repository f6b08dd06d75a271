"""Results are owed since

A program keeps since when it owes results, so that what is owed is found without a look at all that is over. What
is promised is found by its day.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OWED = """
UPDATE programs SET results_owed_since = (
    SELECT max(sessions.ends_at) FROM sessions WHERE sessions.program_id = programs.id
)
WHERE stage = 'done'
AND (
    announced_at IS NOT NULL
    OR EXISTS (SELECT 1 FROM program_ideas WHERE program_ideas.program_id = programs.id)
)
AND NOT EXISTS (
    SELECT 1 FROM results WHERE results.program_id = programs.id AND published_at IS NOT NULL
)
"""


def upgrade() -> None:
    since = sa.Column("results_owed_since", sa.DateTime(timezone=True), nullable=True)
    op.add_column("programs", since)
    op.execute(OWED)
    op.create_index(op.f("ix_programs_results_owed_since"), "programs", ["results_owed_since"])
    op.create_index("ix_ideas_stage_due", "ideas", ["stage", "answer_due_on", "id"])


def downgrade() -> None:
    op.drop_index("ix_ideas_stage_due", "ideas")
    op.drop_index(op.f("ix_programs_results_owed_since"), "programs")
    op.drop_column("programs", "results_owed_since")
