"""A backup while the portal serves: everything as it was at one moment, in one file that is there
whole or not at all, and that was read back before anybody relies on it."""

import fcntl
import json
import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy.engine import Connection

from portal.core import clock, config, migrating, tables
from portal.core.tokens import keyed
from portal.transfer.archive import (
    BLOCK,
    SECRET,
    UPLOADS,
    Backup,
    Manifest,
    Step,
    Table,
    Unfit,
    Writer,
)

Begin = Callable[[str, int], Step]  # what is done now, and how many rows it is


def back_up(target: Path, begin: Begin) -> Manifest:
    """Make the backup. Raises Unfit, and then leaves nothing behind; and Newer, for what this
    version does not know would be missing."""
    migrating.refuse_newer()
    revision = migrating.current()
    if revision is None:
        raise Unfit("There are no tables in this database yet, so there is nothing to back up.")
    with _beside(target) as (draft, file):
        with tables.snapshot() as connection:
            manifest = _begun(connection, revision)
            with Writer(file, manifest) as writer:
                _write_tables(connection, writer, begin)
                _write_files(writer)
        with Backup(draft) as written:
            written.verify(begin("Reading it back", manifest.rows))
    return manifest


def secret_file() -> Path | None:
    """The installation's own secret, where it was not given from outside."""
    settings = config.current()
    path = settings.instance / SECRET
    own = path.exists() and path.read_text("utf-8") == settings.secret_key
    return path if own else None


def fingerprint() -> str:
    """Of the secret that this installation uses."""
    return keyed("installation", "")


def _begun(connection: Connection, revision: str) -> Manifest:
    project = Path(__file__).parents[2] / "pyproject.toml"
    return Manifest(
        version=tomllib.loads(project.read_text("utf-8"))["project"]["version"],
        made_at=clock.now().isoformat(timespec="seconds"),
        database=connection.dialect.name,
        revision=revision,
        secret=fingerprint(),
        last_numbers=tables.last_numbers(connection),
    )


def _write_tables(connection: Connection, writer: Writer, begin: Begin) -> None:
    there = tables.there(connection)
    for table in there:
        writer.manifest.tables[table.name] = Table(
            columns=[column.name for column in table.columns], rows=tables.count(connection, table)
        )
    step = begin("Writing", writer.manifest.rows)
    for table in there:
        with writer.part(f"tables/{table.name}.jsonl") as write:
            for row in tables.read(connection, table):
                write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
                step(1)


def _write_files(writer: Writer) -> None:
    instance = config.current().instance
    folder = instance / UPLOADS
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        _copy(path, f"{UPLOADS}{path.relative_to(folder).as_posix()}", writer)
    if secret := secret_file():
        _copy(secret, SECRET, writer)


def _copy(path: Path, name: str, writer: Writer) -> None:
    with path.open("rb") as file, writer.part(name) as write:
        while block := file.read(BLOCK):
            write(block)


@contextmanager
def _beside(target: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A file that takes the target's place at the end, or goes."""
    draft = target.with_name(f"{target.name}.part")
    _refuse_to_overwrite(target)
    try:
        with _claimed(draft) as file:
            try:
                yield draft, file
                file.flush()
                os.fsync(file.fileno())
                _refuse_to_overwrite(target)
                draft.rename(target)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise Unfit(
            f"The backup could not be made: {error.strerror} ({error.filename or draft}). Nothing "
            "was left behind. Mend that, or name a file elsewhere."
        ) from error


@contextmanager
def _claimed(draft: Path) -> Iterator[IO[bytes]]:
    """What a backup that was broken off left there is written over; one under way is left alone."""
    with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT, 0o600), "w+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unfit(f"{draft} is being written by another backup. Wait for it.") from error
        file.truncate()
        yield file


def _refuse_to_overwrite(target: Path) -> None:
    if target.exists():
        raise Unfit(f"{target} is there already and stays as it is. Name another file.")
