"""Run by Alembic through ``portal.core.migrating``, on the connection given there."""

from typing import Any, Literal

from alembic import context

import portal.app  # noqa: F401  so that every table is known
from portal.core.database import Moment, Rows


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Rows.metadata,
    render_item=render_item,
    render_as_batch=True,
    compare_type=True,
    include_name=lambda name, kind, _parents: (
        not (kind == "table" and str(name).startswith("search_index"))
    ),
)
context.run_migrations()
