"""One file with what a library keeps: a zip that any tool opens.

    manifest.json         what is in it: versions, counts, and the SHA-256 of every other part
    tables/ideas.jsonl    a row on each line, in the order of the manifest's columns
    uploads/…             as they are
    secret_key            the installation's own secret, where it has one of its own

Never in it: the keys of running surveys. Who has this file has the sealed invitations in it,
and without their key nobody can tell which mail carried which token.
"""

import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

FORMAT = 1
MANIFEST, SECRET, UPLOADS = "manifest.json", "secret_key", "uploads/"
BLOCK = 1 << 16

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)

Step = Callable[[int], None]


class Unfit(Exception):
    """Why this cannot be done, in a sentence with the next step."""


@dataclass(kw_only=True, slots=True)
class Table:
    columns: list[str]
    rows: int


@dataclass(kw_only=True, slots=True)
class Manifest:
    version: str
    made_at: str
    database: str
    revision: str
    secret: str  # a fingerprint, to know it again
    last_numbers: dict[str, int]
    format: int = FORMAT
    tables: dict[str, Table] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def uploads(self) -> list[str]:
        return sorted(name for name in self.sums if name.startswith(UPLOADS))


class Writer:
    """A backup under way, whole when left without an error."""

    def __init__(self, file: IO[bytes], manifest: Manifest) -> None:
        self._file = file
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.manifest = manifest

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind:
            with suppress(OSError, ValueError):  # the first error is the one to tell
                self._zip.close()
            return
        self._zip.writestr(MANIFEST, json.dumps(asdict(self.manifest), indent=1))
        self._zip.close()
        self._file.flush()

    @contextmanager
    def part(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """Write this part through what is given, block by block."""
        digest = sha256()
        with self._zip.open(name, "w", force_zip64=True) as stream:

            def write(block: bytes) -> None:
                digest.update(block)
                stream.write(block)

            yield write
        self.manifest.sums[name] = digest.hexdigest()


class Backup:
    """A backup that is there. Raises Unfit where the file is none, or not whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._as_it_was("its list of contents"):
            self._zip = zipfile.ZipFile(path)
            self.manifest = _manifest(self._zip.read(MANIFEST))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def verify(self, step: Step) -> None:
        """Every part is there, says what it said when it was written, and nothing else is."""
        names = sorted(self._zip.namelist())
        if names != sorted([MANIFEST, *self.manifest.sums]):
            raise self._damaged("its list of contents")
        for name, wanted in self.manifest.sums.items():
            digest, lines = sha256(), 0
            for block in self.blocks(name):
                digest.update(block)
                lines += block.count(b"\n")
            if digest.hexdigest() != wanted:
                raise self._damaged(name)
            if name.startswith("tables/"):
                step(lines)

    def blocks(self, name: str) -> Iterator[bytes]:
        with self._as_it_was(name), self._zip.open(name) as stream:
            while block := stream.read(BLOCK):
                yield block

    def rows(self, table: str, step: Step) -> Iterator[list[Any]]:
        with self._zip.open(f"tables/{table}.jsonl") as stream:
            for line in stream:
                step(1)
                yield json.loads(line)

    def extract(self, name: str, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.writelines(self.blocks(name))

    @contextmanager
    def _as_it_was(self, part: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Unfit(f"{self.path} cannot be read: {error.strerror}.") from error
        except (AttributeError, KeyError, TypeError, *BROKEN) as error:
            raise self._damaged(part) from error

    def _damaged(self, part: str) -> Unfit:
        return Unfit(
            f"{self.path} is no backup of Foreword, or not whole ({part} is not as it was "
            "written). Nothing was changed. Take another copy of it, or an earlier one."
        )


def _manifest(text: bytes) -> Manifest:
    """Raises what says that it is none. What a later version says besides is left out, so that it
    can be named."""
    read: dict[str, Any] = json.loads(text)
    tables = {
        name: Table(columns=one["columns"], rows=one["rows"])
        for name, one in read.pop("tables").items()
    }
    known = {name: read[name] for name in Manifest.__dataclass_fields__.keys() & read.keys()}
    manifest = Manifest(**known, tables=tables)
    for name in manifest.sums:
        if ".." in PurePosixPath(name).parts or name.startswith("/") or "\\" in name:
            raise ValueError(name)
    return manifest
