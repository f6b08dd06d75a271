"""What was written stays

The database itself sees to it: entries of the audit log, the words of
agreements and the signatures under them are not changed and do not go.

Left open is what the product needs. People are blanked, so their link or typed name may be taken
out and never be put in. An entry of the audit log may go after three years, reckoned from the
newest entry, for the portal's clock is not the database's.

SQLite drops a table's triggers when it rebuilds the table: a migration that does so makes them anew.
"""

from dataclasses import dataclass

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("audit_entries", "agreement_versions", "signatures")
CHANGED = "What is in {table} is kept as it was written, it cannot be changed."
GONE = "What is in {table} is kept, it cannot be deleted."
NEWEST = "(SELECT at FROM audit_entries ORDER BY id DESC LIMIT 1)"


@dataclass(frozen=True)
class Refusal:
    table: str
    event: str
    when: str = "1 = 1"

    @property
    def sentence(self) -> str:
        return (GONE if self.event == "DELETE" else CHANGED).format(table=self.table)


SAME_ON_BOTH = (
    Refusal("audit_entries", "UPDATE OF id, action, thing_kind, thing_id, details, at"),
    Refusal("audit_entries", "UPDATE OF actor_id", "NEW.actor_id IS NOT NULL"),
    Refusal("agreement_versions", "UPDATE OF agreement_id, n, words, html, made_at"),
    Refusal("agreement_versions", "UPDATE OF made_by", "NEW.made_by IS NOT NULL"),
    Refusal("agreement_versions", "DELETE"),
    Refusal("signatures", "UPDATE OF agreement_id, n, side, person_id, signed_at"),
    Refusal("signatures", "UPDATE OF name, title", "NEW.name <> '—' OR NEW.title <> ''"),
    Refusal("signatures", "DELETE"),
)
ON_SQLITE = Refusal("audit_entries", "DELETE", f"OLD.at >= datetime({NEWEST}, '-3 years')")
ON_POSTGRESQL = Refusal("audit_entries", "DELETE", "audit_entry_is_kept(OLD.at)")

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
END $$
"""
IS_KEPT = f"""
CREATE FUNCTION audit_entry_is_kept(at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT $1 >= {NEWEST} - interval '3 years'
$$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _refuse_on_sqlite()
    else:
        _refuse_on_postgresql()


def _refuse_on_sqlite() -> None:
    for n, refusal in enumerate((*SAME_ON_BOTH, ON_SQLITE)):
        op.execute(
            f"CREATE TRIGGER keep_{refusal.table}_{n} BEFORE {refusal.event} ON {refusal.table} "
            f"WHEN {refusal.when} BEGIN SELECT RAISE(ABORT, '{refusal.sentence}'); END"
        )


def _refuse_on_postgresql() -> None:
    op.execute(REFUSE)
    op.execute(IS_KEPT)
    for n, refusal in enumerate((*SAME_ON_BOTH, ON_POSTGRESQL)):
        op.execute(
            f"CREATE TRIGGER keep_{refusal.table}_{n} BEFORE {refusal.event} ON {refusal.table} "
            f"FOR EACH ROW WHEN ({refusal.when}) "
            f"EXECUTE FUNCTION refuse_change('{refusal.sentence}')"
        )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER keep_{table}_all BEFORE TRUNCATE ON {table} "
            f"EXECUTE FUNCTION refuse_change('{GONE.format(table=table)}')"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for n, refusal in enumerate((*SAME_ON_BOTH, ON_SQLITE)):
            op.execute(f"DROP TRIGGER keep_{refusal.table}_{n}")
    else:
        op.execute("DROP FUNCTION refuse_change CASCADE")
        op.execute("DROP FUNCTION audit_entry_is_kept")
