"""A word is looked up by its thing

Which of the wanted words a thing has stands in one index, and the table is not asked.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_search_words_thing", "search_words"


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["kind", "thing_id", "word", "weight"])


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["kind", "thing_id"])
