"""Files of rows as people have them: whatever their encoding and delimiter."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

DELIMITERS = ",;\t|"
LARGEST_FILE = 50_000_000  # bytes
LONGEST_CELL = 200_000  # letters
END = "\0"  # follows the last row; a quotation mark that is still open there takes it in
BOMS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
SAVE_AGAIN = _l("Save it as CSV in UTF-8 and try again.")


class Unreadable(ValueError):
    """The file is no table that we can read; ``str`` says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row under its header's names. ``number`` is where it begins in the file; ``spare`` cells
    stand beyond the header."""

    number: int
    cells: dict[str, str]
    spare: int


@dataclass(frozen=True, slots=True)
class Table:
    encoding: str
    delimiter: str
    columns: list[str]
    lines: list[Line]


def read(path: Path) -> Table:
    """The rows of a file with a header. Raises Unreadable."""
    return parse(_bytes(path))


def parse(raw: bytes) -> Table:
    """The same, of what a file holds."""
    text, encoding = decoded(raw)
    delimiter = _delimiter(text)
    rows = _rows(text, delimiter)
    _number, header = next(rows, (1, []))
    if not header:
        raise Unreadable(
            _("The file is empty: it needs a first line with the names of its columns.")
        )
    columns = _told_apart(header)
    return Table(encoding, delimiter, columns, [_line(*row, columns) for row in rows])


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
    if len(raw) > LARGEST_FILE:
        raise Unreadable(f"{path} is larger than {LARGEST_FILE // 1_000_000} MB.")
    return raw


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Those with a word in them, each with the number of the line where it begins."""
    csv.field_size_limit(LONGEST_CELL)
    lines = chain(io.StringIO(text, newline=""), [END])
    reader: Any = csv.reader(lines, delimiter=delimiter)
    begins = 1
    try:
        for cells in reader:
            if cells != [END] and END in "".join(cells):
                raise Unreadable(
                    _("A quotation mark of the row in line %(n)s is never closed.", n=begins)
                )
            if cells != [END] and any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        reason = _(
            "The row in line %(n)s cannot be read: %(error)s. Is a quotation mark never closed?",
            n=begins,
            error=error,
        )
        raise Unreadable(reason) from error


def _told_apart(header: list[str]) -> list[str]:
    """A name that comes again is numbered."""
    names: list[str] = []
    for name in (cell.strip() for cell in header):
        again = 1 + sum(1 for one in header[: len(names)] if one.strip() == name)
        names.append(f"{name} ({again})" if name and again > 1 else name)
    return names


def _line(number: int, cells: list[str], columns: list[str]) -> Line:
    filled = cells + [""] * (len(columns) - len(cells))
    spare = sum(1 for cell in cells[len(columns) :] if cell.strip())
    return Line(number, dict(zip(columns, filled, strict=False)), spare)


def decoded(raw: bytes) -> tuple[str, str]:
    """The text of a file, and its encoding. Raises Unreadable."""
    text, encoding = _decoded(raw) if _is_text(raw) else (END, "")
    if END in text:
        raise _unreadable(_("The file is no text."))
    return text, encoding


def _unreadable(reason: str) -> Unreadable:
    return Unreadable(f"{reason} {SAVE_AGAIN}")


def _is_text(raw: bytes) -> bool:
    """Only the Unicode of two bytes a letter, which says so, has zeros among them."""
    return b"\0" not in raw or raw.startswith(tuple(BOMS))


def _decoded(raw: bytes) -> tuple[str, str]:
    for mark, encoding in BOMS.items():
        if raw.startswith(mark):
            try:
                return raw.decode(encoding), encoding.removesuffix("-sig").upper()
            except UnicodeDecodeError as error:
                raise _unreadable(_("The file begins as Unicode but is not.")) from error
    try:
        return raw.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        return _western(raw, broken=raw.count(b"\n", 0, error.start) + 1), "Windows-1252"


def _western(raw: bytes, *, broken: int) -> str:
    """What is not UTF-8 in line ``broken`` is that of Windows in the west, if all of it is."""
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line.isascii() and _is_utf8(line):
            raise _unreadable(
                _(
                    "The file has two encodings: line %(n)s is UTF-8, line %(other)s is not.",
                    n=number,
                    other=broken,
                )
            )
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        reason = _("Line %(n)s is neither UTF-8 nor Windows-1252.", n=broken)
        raise _unreadable(reason) from error


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    """The one that stands most often in the header, outside quotes."""
    header = text.lstrip().partition("\n")[0]
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


FORMULAS = ("=", "+", "-", "@", "\t")


def written(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A file of rows that spreadsheets open as it is meant: no cell is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULAS) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULAS) else cell
