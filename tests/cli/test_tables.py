"""Every command says in a sentence that the database cannot be used, or is not ready for it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from portal.app import create_app
from portal.cli.commands import MODULES
from portal.core import config
from portal.core.database import db
from portal.settings.models import Library
from tests.serving import free_port
from tests.transfer.test_ideas import OWN

ARGUMENTS = {
    "backup": ("nowhere/backup.zip",),
    "check": (),
    "demo": (),
    "import": ("ideas", str(OWN)),
    "init": (),
    "link": ("ada@example.org",),
    "person": ("ada@example.org", "--role", "administrator"),
    "serve": (),
    "worker": (),
}
READS_ITS_FILE_FIRST = {"restore"}  # tests/transfer/test_keeping.py
MAKE_THEIR_TABLES = {"demo", "init", "serve"}
TAKES_OLDER_TABLES = {"backup"}  # before an update, as it should be


def run(app: Flask, command: str, *options: str) -> Result:
    arguments = ["portal", command, *ARGUMENTS[command], *options]
    if command == "serve":
        arguments += ["--port", str(free_port())]
    return app.test_cli_runner().invoke(args=arguments)


@pytest.fixture
def bare(tmp_path: Path, empty_database_url: str) -> Iterator[Flask]:
    """The portal on a database without a table."""
    environ = {"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": empty_database_url}
    app = create_app(config.read(environ))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_every_command_is_tried_here() -> None:
    assert set(ARGUMENTS) | READS_ITS_FILE_FIRST == set(MODULES)


@pytest.mark.parametrize("command", sorted(set(ARGUMENTS) - MAKE_THEIR_TABLES - TAKES_OLDER_TABLES))
def test_without_tables_it_says_what_to_run_first(bare: Flask, command: str) -> None:
    result = run(bare, command)

    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert result.output == ("Error: The tables wait for an update. Run first: flask portal init\n")


@pytest.mark.parametrize("command", sorted(ARGUMENTS))
def test_a_database_that_cannot_be_used_is_named(tmp_path: Path, command: str) -> None:
    (tmp_path / "words").write_text("This is no database. " * 100)
    url = f"sqlite:///{tmp_path}/words"
    app = create_app(config.read({"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": url}))

    result = run(app, command)

    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert f"The database {url} cannot be used: file is not a database\nCheck" in result.output
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("command", sorted(ARGUMENTS))
def test_tables_of_a_later_version_are_left_alone(bare: Flask, command: str) -> None:
    with bare.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES ('9999')"))

    result = run(bare, command)

    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert "are of a later version of Foreword (9999)" in result.output


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    url = "postgresql://somebody:secret@127.0.0.1:1/x?password=secret"
    app = create_app(config.read({"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": url}))

    said = run(app, "check").output

    assert "The database 127.0.0.1:1/x cannot be used: connection" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Pine Hollow Public Library", "Pine Hollow Public Library"),
        ("The Free Library of Pine Hollow-on-Hudson", "The Free Library of Pine…"),
        ("x" * 120, "x" * 39 + "…"),
    ],
)
def test_a_library_begins_with_its_name(bare: Flask, name: str, short: str) -> None:
    assert run(bare, "init", "--name", f" {name}\n").exit_code == 0

    with bare.app_context():
        assert db.session.execute(sa.select(Library.name, Library.short_name)).all() == [
            (name, short)
        ]


@pytest.mark.parametrize("name", ["", " \n", "x" * 121])
def test_a_library_needs_a_name_that_fits(bare: Flask, name: str) -> None:
    result = run(bare, "init", "--name", name)

    assert (result.exit_code, "Write a name of 1 to 120 letters." in result.output) == (2, True)


def test_what_is_kept_is_for_its_own_account_only(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    environ = {"PORTAL_INSTANCE": str(instance), "DATABASE_URL": f"sqlite:///{instance}/portal.db"}
    command = [sys.executable, "-m", "flask", "portal", "init"]
    subprocess.run(command, env=os.environ | environ, check=True, stdout=subprocess.DEVNULL)

    kept = [instance, *instance.iterdir()]
    assert {path.name for path in kept} >= {"instance", "portal.db", "secret_key"}
    assert {path.name: path.stat().st_mode & 0o077 for path in kept} == {
        path.name: 0 for path in kept
    }
