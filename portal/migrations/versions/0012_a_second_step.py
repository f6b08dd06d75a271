"""A second step

Passkeys of staff and what they have to sign, apps that show codes, recovery codes, and who is half
way through signing in; whether the library asks for it, and where it was done.

The new columns are added by ALTER TABLE itself: SQLite would rebuild the tables otherwise.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FLAGS = (("libraries", "second_step"), ("devices", "second_step"), ("sign_ins", "by_operator"))
MOMENT = sa.DateTime(timezone=True)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id"))


def upgrade() -> None:
    for table, flag in FLAGS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {flag} BOOLEAN DEFAULT false NOT NULL")
    op.create_table(
        "half_sign_ins",
        _id(),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("next_path", sa.String(length=1000), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("waiting_id", sa.Integer(), nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        _person("half_sign_ins"),
        sa.ForeignKeyConstraint(
            ["waiting_id"], ["waiting.id"], name=op.f("fk_half_sign_ins_waiting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_half_sign_ins")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "passkeys",
        _id(),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _person("passkeys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "challenges",
        _id(),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        _person("challenges"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sa.UniqueConstraint("value", name=op.f("uq_challenges_value")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "code_apps",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _person("code_apps"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_code_apps")),
    )
    op.create_table(
        "recovery_codes",
        _id(),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _person("recovery_codes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sqlite_autoincrement=True,
    )
    for table in ("half_sign_ins", "passkeys", "challenges", "recovery_codes"):
        op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])
    for table in ("half_sign_ins", "challenges"):
        op.create_index(op.f(f"ix_{table}_expires_at"), table, ["expires_at"])
    op.create_index(op.f("ix_half_sign_ins_browser_hash"), "half_sign_ins", ["browser_hash"])


def downgrade() -> None:
    for table in ("recovery_codes", "code_apps", "challenges", "passkeys", "half_sign_ins"):
        op.drop_table(table)
    for table, flag in FLAGS:
        op.drop_column(table, flag)
