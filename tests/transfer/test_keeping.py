"""A backup taken while others write becomes the same library elsewhere; what is no backup, or not
whole, is said in a sentence and changes nothing."""

import contextvars
import errno
import json
import os
import resource
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal.app import create_app
from portal.core import config, migrating
from portal.core.database import Rows, db, transaction
from portal.ideas.models import Idea, Vote
from portal.mail import sending
from portal.mail.models import MailState, Outgoing
from portal.programs import registering
from portal.programs.registering import Party
from portal.surveys import asking, instruments, keys
from portal.transfer.archive import Backup, Writer
from tests import factories
from tests.addresses import World, world
from tests.cli.test_checking import an_idea
from tests.cluster import Cluster
from tests.mail.conftest import Sink, changed
from tests.serving import until
from tests.surveys import conftest as surveys
from tests.surveys.conftest import held

sink = surveys.sink

Instances = Callable[..., Flask]


class Filled(NamedTuple):
    app: Flask
    made: World


VOTING = """
import itertools, os, sys
from portal.accounts.models import Person
from portal.app import create_app
from portal.core.database import db, transaction
from portal.ideas import voting
from tests import factories

app = create_app()
with app.app_context():
    for n in itertools.count():
        with transaction():
            voter = factories.kept(Person(email=f"{os.getpid()}-{n}@example.org"))
            voting.cast(int(sys.argv[1]), person_id=voter.id)
        db.session.remove()
"""


@pytest.fixture
def instances(cluster: Cluster | None, tmp_path: Path) -> Iterator[Instances]:
    """Makes an instance with an empty folder and an empty database of its own."""
    with ExitStack() as stack:

        def make(*, sqlite: bool = False, **environ: str) -> Flask:
            name = f"instance_{uuid4().hex}"
            url = cluster.url(name) if cluster and not sqlite else ""
            own = {"PORTAL_INSTANCE": str(tmp_path / name), "PORTAL_BASE_URL": "http://localhost"}
            named = {"DATABASE_URL": url} if url else {}
            app = create_app(config.read(own | named | environ), TESTING=True)
            stack.callback(_end, app)
            return app

        yield make


def _end(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def filled(cluster: Cluster | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """A library with something in nearly every table. Nobody changes it."""
    environ = {
        "PORTAL_INSTANCE": str(tmp_path_factory.mktemp("filled") / "instance"),
        "PORTAL_BASE_URL": "http://localhost",
    }
    if cluster:
        environ["DATABASE_URL"] = cluster.url("filled")
    app = create_app(config.read(environ), TESTING=True)
    yield Filled(app, fill(app))
    _end(app)


@pytest.fixture(scope="module")
def whole(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup to be spoiled."""
    return backed_up(filled.app, tmp_path_factory.mktemp("whole"))


@contextmanager
def inside(app: Flask) -> Iterator[config.Config]:
    with app.app_context():
        yield config.current()
        db.session.rollback()


def run(app: Flask, *words: str | Path) -> tuple[int, str]:
    """In a context of its own, for a command runs in the application whose context it finds."""
    invoke = app.test_cli_runner().invoke
    done = contextvars.Context().run(invoke, args=["portal", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


def begin(settings: config.Config) -> None:
    """A library with two branches."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    migrating.upgrade()
    factories.library()


def fill(app: Flask) -> World:
    """Something in nearly every table, not all of it in order, and an upload."""
    with inside(app) as settings:
        begin(settings)
        made = world()
        db.session.commit()
        picture = settings.instance / "uploads" / "marks" / "ours.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(b"\x89PNG a picture")
        settings.survey_keys.mkdir()
        (settings.survey_keys / "1.key").write_bytes(b"k" * 32)
    return made


def rows(app: Flask) -> dict[str, list[str]]:
    with inside(app):
        return {
            table.name: sorted(map(repr, db.session.execute(sa.select(table))))
            for table in Rows.metadata.sorted_tables
        }


def is_untouched(app: Flask) -> bool:
    """Whether there is nothing here but the secret that every installation draws."""
    with inside(app) as settings:
        files = {path.name for path in settings.instance.rglob("*")}
        databases = {"portal.db", "portal.db-wal", "portal.db-shm"}
        return not sa.inspect(db.engine).get_table_names() and files - databases == {"secret_key"}


def backed_up(app: Flask, folder: Path) -> Path:
    target = folder / f"{uuid4().hex}.zip"
    status, said = run(app, "backup", target)
    assert status == 0, said
    return target


@pytest.mark.parametrize("across", [False, True])
def test_what_was_kept_is_the_same_library_elsewhere(
    instances: Instances,
    filled: Filled,
    whole: Path,
    cluster: Cluster | None,
    tmp_path: Path,
    across: bool,
) -> None:
    if across and not cluster:
        pytest.skip("from PostgreSQL to SQLite and back needs --db postgresql")
    first, made = filled
    second = instances(sqlite=across)

    status, said = run(second, "restore", whole)

    assert status == 1
    assert set(run(first, "check")[1].splitlines()) < set(said.splitlines())
    assert rows(second) == rows(first)
    with inside(first) as before, inside(second) as after:
        picture = Path("uploads", "marks", "ours.png")
        for name in (picture, picture.with_name(made.mark), Path("secret_key")):
            assert (after.instance / name).read_bytes() == (before.instance / name).read_bytes()
        assert not after.survey_keys.exists()
        again = create_app(after, TESTING=True)
    assert again.test_client().get(f"/ideas/{made.idea}", follow_redirects=True).status_code == 200
    _end(again)
    if across:
        back = instances()
        run(back, "restore", backed_up(second, tmp_path))
        assert rows(back) == rows(first)


def test_no_number_is_given_out_again(instances: Instances, tmp_path: Path) -> None:
    first = instances()
    with inside(first) as settings:
        begin(settings)
        last = factories.idea().id
        with transaction():
            db.session.execute(sa.delete(Idea).where(Idea.id == last))
    file = backed_up(first, tmp_path)
    with inside(first):
        after_the_backup = factories.idea().id
        db.session.commit()
    second = instances()
    run(second, "restore", file)

    with inside(second):
        assert factories.idea().id > after_the_backup > last


def test_a_backup_is_one_moment_while_others_write(instances: Instances, tmp_path: Path) -> None:
    app = instances()
    with inside(app) as settings:
        begin(settings)
        idea_id = an_idea().id
        db.session.commit()
        environ = {
            "PORTAL_INSTANCE": str(settings.instance),
            "DATABASE_URL": settings.database_url,
        }
    votes = sa.select(sa.func.count()).select_from(Vote)

    def counted(app: Flask) -> int:
        with inside(app):
            return db.session.scalar(votes) or 0

    at_first = counted(app)
    program = [sys.executable, "-c", VOTING, str(idea_id)]
    writers = [subprocess.Popen(program, env=environ) for _ in range(2)]
    try:
        assert until(lambda: counted(app) > at_first)
        files = [backed_up(app, tmp_path) for _ in range(3)]
        assert all(writer.poll() is None for writer in writers)
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()

    found = []
    for file in files:
        copy = instances()
        status, said = run(copy, "restore", file)
        assert (status, "all hold" in said) == (0, True), said
        found.append(counted(copy))
    assert at_first < found[0] < found[1] < found[2] <= counted(app)


def test_the_file_is_for_its_owner_and_says_what_is_in_it(filled: Filled, whole: Path) -> None:
    assert whole.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(whole) as opened:
        names = opened.namelist()
        manifest = json.loads(opened.read("manifest.json"))
    assert not [name for name in names if "survey-keys" in name or name.endswith(".key")]
    assert manifest["tables"]["ideas"]["rows"] == len(rows(filled.app)["ideas"])
    assert set(names) == {"manifest.json", *manifest["sums"]}


def test_a_secret_from_outside_stays_outside_and_is_missed(
    instances: Instances, tmp_path: Path
) -> None:
    first = instances(PORTAL_SECRET_KEY="s" * 40)
    with inside(first) as settings:
        begin(settings)
        db.session.commit()
    file = backed_up(first, tmp_path)

    with zipfile.ZipFile(file) as opened:
        assert "secret_key" not in opened.namelist()
    assert "The secret of this installation is another" in run(instances(), "restore", file)[1]
    same = instances(PORTAL_SECRET_KEY="s" * 40)
    assert "is another" not in run(same, "restore", file)[1]


def test_an_older_backup_is_brought_forward(instances: Instances, tmp_path: Path) -> None:
    first = instances()
    fill(first)
    with inside(first):
        migrating.downgrade("0001")
    file = backed_up(first, tmp_path)
    second = instances()

    status, said = run(second, "restore", file)

    assert "The tables were brought from 0001 to " in said, (status, said)
    with inside(second):
        assert not migrating.pending()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Idea))


def test_nothing_is_overwritten(filled: Filled, tmp_path: Path) -> None:
    file = tmp_path / "there.zip"
    file.write_text("mine")

    status, said = run(filled.app, "backup", file)

    assert (status, file.read_text()) == (1, "mine")
    assert "is there already and stays as it is" in said
    assert list(tmp_path.glob("*.part")) == []


def test_what_a_broken_off_backup_left_is_no_hindrance(
    instances: Instances, filled: Filled, tmp_path: Path
) -> None:
    (tmp_path / "new.zip.part").write_bytes(b"x" * 1_000_000)

    assert run(filled.app, "backup", tmp_path / "new.zip")[0] == 0
    assert "are restored" in run(instances(), "restore", tmp_path / "new.zip")[1]


def test_on_a_full_disk_there_is_a_sentence_and_no_half_file(
    filled: Filled, tmp_path: Path
) -> None:
    with inside(filled.app) as settings:
        environ = {
            "PORTAL_INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url
        }  # fmt: skip
    environ["PYTHONDONTWRITEBYTECODE"] = "1"  # it would be cut off, too, and stay
    target = tmp_path / "too-big.zip"
    command = [sys.executable, "-m", "flask", "portal", "backup", str(target)]

    done = subprocess.run(
        command,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )

    assert done.returncode == 1
    assert "The backup could not be made: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.glob("too-big*")) == []


def test_without_tables_there_is_nothing_to_back_up(instances: Instances, tmp_path: Path) -> None:
    status, said = run(instances(), "backup", tmp_path / "new.zip")

    assert status == 1
    assert "There are no tables in this database yet" in said


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flip(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    file.write_bytes(whole)


def other_zip(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as other:
        other.writestr("holiday.txt", "sun")


def rewritten(file: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> None:
    """The same backup with another content, and a list of contents that fits the old one."""
    with zipfile.ZipFile(file) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    change(manifest, parts)
    with zipfile.ZipFile(file, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
        made.writestr("manifest.json", json.dumps(manifest))


def other_words(file: Path) -> None:
    rewritten(file, lambda _manifest, parts: parts.update({"tables/ideas.jsonl": b"[]\n"}))


def one_less(file: Path) -> None:
    rewritten(file, lambda _manifest, parts: parts.__delitem__("tables/ideas.jsonl"))


def one_more(file: Path) -> None:
    rewritten(file, lambda _manifest, parts: parts.update({"uploads/new.html": b"<script>"}))


def climbing(file: Path) -> None:
    def change(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
        parts["uploads/../../out"] = parts["uploads/marks/ours.png"]
        manifest["sums"]["uploads/../../out"] = manifest["sums"]["uploads/marks/ours.png"]

    rewritten(file, change)


def no_manifest(file: Path, words: str) -> None:
    with zipfile.ZipFile(file, "w") as other:
        other.writestr("manifest.json", words)


@pytest.mark.parametrize(
    "spoil",
    [
        cut,
        flip,
        other_zip,
        other_words,
        one_less,
        one_more,
        climbing,
        *(lambda file, words=words: no_manifest(file, words) for words in ("[1]", "null", "sun")),
        lambda file: file.write_text("a letter"),
        lambda file: file.write_bytes(b""),
    ],
)
def test_what_is_no_whole_backup_is_refused(
    instances: Instances, whole: Path, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    app, file = instances(), Path(shutil.copy(whole, tmp_path / "spoiled.zip"))
    spoil(file)

    status, said = run(app, "restore", file)

    assert status == 1
    assert "is no backup of Foreword, or not whole" in said
    assert is_untouched(app)


def test_a_file_that_is_not_there_is_named(instances: Instances, tmp_path: Path) -> None:
    status, said = run(instances(), "restore", tmp_path / "none.zip")

    assert status == 1
    assert "none.zip cannot be read: No such file" in said


def test_a_later_version_is_named(instances: Instances, whole: Path, tmp_path: Path) -> None:
    app, file = instances(), Path(shutil.copy(whole, tmp_path / "later.zip"))
    later: dict[str, Any] = {"revision": "9999", "version": "9.1", "format": 2, "new": []}
    rewritten(file, lambda manifest, _parts: manifest.update(later))

    status, said = run(app, "restore", file)

    assert status == 1
    assert "was made by a later version of Foreword (9.1, tables 9999)" in said
    assert is_untouched(app)


def test_rows_that_do_not_fit_leave_nothing_behind(
    instances: Instances, whole: Path, tmp_path: Path
) -> None:
    """Whole, by its sums, but a vote in it is for an idea that is not."""
    second, file = instances(), tmp_path / "made-up.zip"
    with (
        Backup(whole) as backup,
        file.open("wb") as target,
        Writer(target, backup.manifest) as writer,
    ):
        for name in sorted(backup.manifest.sums):
            content = b"".join(backup.blocks(name))
            if name == "tables/votes.jsonl":
                content = content.replace(b"[", b"[99999", 1)
            with writer.part(name) as write:
                write(content)
    with inside(second) as settings:
        secret = (settings.instance / "secret_key").read_bytes()

    status, said = run(second, "restore", file)

    assert status == 1
    assert "does not fit the tables of its version" in said
    assert is_untouched(second)
    assert (settings.instance / "secret_key").read_bytes() == secret


def test_where_the_last_step_fails_the_secret_is_the_one_before_also_on_a_full_disk(
    instances: Instances, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, really = instances(), migrating.changing
    with inside(second) as settings:
        secret = (settings.instance / "secret_key").read_bytes()

    @contextmanager
    def not_kept() -> Iterator[sa.Connection]:
        with really() as connection:
            yield connection
            raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(migrating, "changing", not_kept)
    monkeypatch.setattr(Path, "write_bytes", full)
    status, said = run(second, "restore", whole)

    assert status == 1
    assert "did not take it: the disk is full. Nothing was changed." in said
    assert is_untouched(second)
    assert (settings.instance / "secret_key").read_bytes() == secret


def test_only_an_empty_instance_is_filled(
    instances: Instances, filled: Filled, whole: Path
) -> None:
    first = filled.app
    before = rows(first)

    status, said = run(first, "restore", whole)

    assert status == 1
    assert "There are tables in this database already" in said
    assert rows(first) == before

    other = instances()
    with inside(other) as settings:
        settings.survey_keys.mkdir()
        (settings.survey_keys / "3.key").write_bytes(b"k" * 32)
    status, said = run(other, "restore", whole)
    assert status == 1
    assert f"There is something in {settings.survey_keys} already" in said


def test_invitations_whose_key_is_gone_are_called_off_and_the_rest_leaves(
    app: Flask, sink: Sink, instances: Instances, tmp_path: Path
) -> None:
    instruments.seed()
    held(6)
    asking.ask_due()
    later = factories.session(factories.program(), capacity=9, number=1)
    registering.register(later.id, Party(name="Ada", email="ada@example.org"))
    db.session.commit()
    file = backed_up(app, tmp_path)
    for survey_id in keys.kept():
        keys.destroy(survey_id)
    second = instances()

    _status, said = run(second, "restore", file)

    assert "Invitations to surveys that waited: 6." in said
    second.extensions["portal"] = changed(
        second.extensions["portal"], smtp_host="127.0.0.1", smtp_port=sink.port
    )
    with inside(second):
        sending.send_due()
        left = db.session.execute(sa.select(Outgoing.kind, Outgoing.state, Outgoing.sealed)).all()
        asking.forget_tokens()
    assert [mail["To"] for mail in sink.mails] == ["ada@example.org"]
    invitations = [row for row in left if row.kind == "survey_invitation"]
    assert invitations == [("survey_invitation", MailState.CANCELLED, None)] * 6
    assert MailState.QUEUED not in {row.state for row in left}
