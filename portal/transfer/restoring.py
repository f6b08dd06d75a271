"""A backup becomes a library again: in an empty instance, all of it or nothing of it, on either
database, whichever it came from."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from portal.core import config, migrating, tables
from portal.core.database import db, measure
from portal.mail.models import MailState, Outgoing
from portal.transfer.archive import FORMAT, SECRET, UPLOADS, Backup, Manifest, Unfit
from portal.transfer.backing_up import Begin, fingerprint, secret_file


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    manifest: Manifest
    revision: str | None  # of the tables now
    same_secret: bool  # links in mails that were sent go on working
    waiting: int  # mails
    unreadable: int  # among them, invitations to surveys: their key is in no backup


def restore(path: Path, begin: Begin) -> Restored:
    """Read all of it first, then bring it in. Raises Unfit, and then nothing was changed."""
    with Backup(path) as backup:
        _refuse_later(backup)
        config.current().instance.mkdir(parents=True, exist_ok=True)
        _refuse_unless_empty()
        backup.verify(begin("Reading it", backup.manifest.rows))
        own = secret_file() if SECRET in backup.manifest.sums else None
        with _in_sentences(path), _files(backup, own) as place, migrating.changing() as connection:
            _bring_in(backup, connection, begin)
            place()
    same = own is not None or backup.manifest.secret == fingerprint()
    return _restored(backup.manifest, same_secret=same)


@contextmanager
def _in_sentences(path: Path) -> Iterator[None]:
    """What goes wrong was undone by then."""
    try:
        yield
    except OSError as error:
        reason = f"The files could not be brought in: {error.strerror} ({error.filename})."
    except OperationalError as error:
        reason = f"The database did not take it: {str(error.orig).strip()}."
    except (DBAPIError, LookupError, TypeError, ValueError, RuntimeError) as error:
        what = type(error).__name__
        reason = f"What is in {path} does not fit the tables of its version ({what})."
    else:
        return
    raise Unfit(f"{reason} Nothing was changed.")


def _refuse_later(backup: Backup) -> None:
    manifest = backup.manifest
    if manifest.format > FORMAT or not migrating.known(manifest.revision):
        raise Unfit(
            f"{backup.path} was made by a later version of Foreword ({manifest.version}, tables "
            f"{manifest.revision}). Nothing was changed. Install that version and restore it there."
        )


def _refuse_unless_empty() -> None:
    settings = config.current()
    if sa.inspect(db.engine).get_table_names():
        raise Unfit(
            "There are tables in this database already, and they stay as they are. Restore into a "
            "new one: PORTAL_INSTANCE=another-folder flask portal restore FILE, on PostgreSQL with "
            "an empty database in DATABASE_URL."
        )
    for folder in (settings.instance / UPLOADS, settings.survey_keys):
        if folder.is_dir() and any(folder.iterdir()):
            raise Unfit(
                f"There is something in {folder} already, and it stays as it is. Move it away, or "
                "restore into another folder: PORTAL_INSTANCE=another-folder"
            )


def _bring_in(backup: Backup, connection: sa.Connection, begin: Begin) -> None:
    manifest = backup.manifest
    step = begin("Restoring", manifest.rows)
    migrating.bring(connection, manifest.revision)
    there = {table.name: table for table in tables.there(connection)}
    with tables.in_any_order(connection):
        for name, table in manifest.tables.items():
            tables.fill(connection, there[name], table.columns, backup.rows(name, step))
    migrating.bring(connection, "head")
    tables.leap(connection, manifest.last_numbers)
    measure(connection)


@contextmanager
def _files(backup: Backup, secret: Path | None) -> Iterator[Callable[[], None]]:
    """Uploads and the secret lie ready; what is given puts them in their place. If the rows are not
    kept after all they are gone from there, and the secret is again the one before: never written
    anew, for the disk may be full."""
    instance = config.current().instance
    draft, uploads = instance / "restoring", instance / UPLOADS
    undo = ExitStack()
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)

    def place() -> None:
        if (draft / UPLOADS).exists():
            (draft / UPLOADS).replace(uploads)
            undo.callback(shutil.rmtree, uploads, ignore_errors=True)
        if secret:
            (draft / SECRET).chmod(0o600)
            before = draft / "before"
            before.hardlink_to(secret)
            undo.callback(before.replace, secret)
            (draft / SECRET).replace(secret)

    try:
        for name in [*backup.manifest.uploads, *([SECRET] if secret else [])]:
            backup.extract(name, draft / name)
        yield place
    except BaseException:
        undo.close()
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _restored(manifest: Manifest, *, same_secret: bool) -> Restored:
    queued = sa.select(sa.func.count()).where(Outgoing.state == MailState.QUEUED)
    invitations = queued.where(Outgoing.kind == "survey_invitation")
    made = Restored(
        manifest=manifest,
        revision=migrating.current(),
        same_secret=same_secret,
        waiting=db.session.scalar(queued) or 0,
        unreadable=db.session.scalar(invitations) or 0,
    )
    db.session.rollback()
    return made
