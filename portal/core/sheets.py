"""Tables for programs that calculate, which take a cell that begins like a formula for one."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The rows under their header, each word as it is and none a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def _plain(cell: Any) -> Any:
    """A word that would be calculated gets an apostrophe before it, which says: this is text."""
    if not isinstance(cell, str):
        return cell
    begins = unicodedata.normalize("NFKC", cell.lstrip(" ")[:1])
    return f"'{cell}" if begins in FORMULAS else cell
