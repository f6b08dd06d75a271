"""Words in byte order

Beginnings of words are a range of the index only where the index is sorted byte by byte. SQLite
sorts so; PostgreSQL sorts as its language does unless it is told otherwise.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _sort_by('"C"')


def downgrade() -> None:
    _sort_by('"default"')


def _sort_by(collation: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        words = "ALTER TABLE search_words ALTER COLUMN word TYPE VARCHAR(40)"
        op.execute(f"{words} COLLATE {collation}")
