"""Every test runs on a real database, with real commits.

SQLite in a temporary file by default; ``pytest --db postgresql`` runs the same tests on a
PostgreSQL cluster of its own, ``--db <URL>`` on the database named.
"""

import contextvars
import gc
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Blueprint, Flask, has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from playwright.sync_api import Browser
from sqlalchemy import Insert, event, text
from werkzeug.test import TestResponse

from portal.accounts.models import Person
from portal.app import create_app
from portal.core import clock, config, migrating, sharing
from portal.core.database import Rows, db
from portal.core.web import open_to_all
from portal.settings import queries as settings_queries
from tests import factories
from tests.chromium import launched
from tests.cluster import Cluster

DATABASE = {"cluster", "database_url", "empty_database_url", "fresh_database_url"}
Fresh = Callable[[str, Path], str]
Acts = list[Callable[[], Any]]
DRAWN = "drawn by lot"  # a signed-in person's forgery token


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", default=None, help="postgresql, or a database URL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``--db``, what asks for no database is left to the run without."""
    if not config.getoption("--db"):
        return
    left = [one for one in items if DATABASE.isdisjoint(getattr(one, "fixturenames", ()))]
    config.hook.pytest_deselected(items=left)
    items[:] = [one for one in items if one not in left]


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster | None]:
    """This run's own PostgreSQL, where it was asked for."""
    if request.config.getoption("--db") != "postgresql":
        yield None
        return
    started = Cluster()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def fresh(cluster: Cluster | None, tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """Gives this name, in this folder, to a new database with every table and no row."""
    folder = tmp_path_factory.mktemp("pattern")
    file = folder / "pattern.db"
    url = cluster.url("pattern") if cluster else f"sqlite:///{file}"
    app = create_app(config.read({"PORTAL_INSTANCE": str(folder), "DATABASE_URL": url}))
    with app.app_context():
        migrating.upgrade()
        db.engine.dispose()

    def copied(name: str, where: Path) -> str:
        if cluster:
            return cluster.url(name, like="pattern")
        return f"sqlite:///{shutil.copy(file, where / f'{name}.db')}"

    return copied


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, fresh: Fresh, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The database of this run."""
    named: str | None = request.config.getoption("--db")
    if named and named != "postgresql":
        return named
    return fresh("portal", tmp_path_factory.mktemp("db"))


@pytest.fixture
def empty_database_url(cluster: Cluster | None, tmp_path: Path) -> str:
    """A database of this test's own, without a table in it."""
    if cluster:
        return cluster.url(f"empty_{uuid4().hex}")
    return f"sqlite:///{tmp_path}/empty.db"


@pytest.fixture
def fresh_database_url(fresh: Fresh, tmp_path: Path) -> str:
    """A database of this test's own, with every table and no row."""
    return fresh(f"fresh_{uuid4().hex}", tmp_path)


class Client(FlaskClient):
    """A browser that sends from our own pages. What a test arranged is committed
    before each request, and the request gets a session of its own, as in life."""

    token = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():  # not so when a redirect is followed
            db.session.commit()
        own = {"Sec-Fetch-Site": "same-origin", "X-CSRFToken": self.token}
        kwargs["headers"] = own | dict(kwargs.get("headers") or {})
        kwargs.setdefault("buffered", True)
        return contextvars.Context().run(super().open, *args, **kwargs)

    def sign_in(self, person: Person) -> "Client":
        key = factories.device(person)
        db.session.commit()
        with self.session_transaction() as session:
            session["_user_id"] = key
            session["csrf_token"] = DRAWN
        secret = str(self.application.secret_key)
        self.token = str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(DRAWN))
        return self


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> config.Config:
    environ = {
        "PORTAL_INSTANCE": str(tmp_path_factory.mktemp("instance")),
        "PORTAL_BASE_URL": "http://localhost",
        "DATABASE_URL": database_url,
    }
    return config.read(environ)


@pytest.fixture(scope="session")
def whole_app(settings: config.Config) -> Iterator[Flask]:
    app = create_app(settings, TESTING=True)
    app.test_client_class = Client
    with app.app_context():
        migrating.upgrade()
    gc.collect()
    gc.freeze()  # as wsgi.py does
    yield app
    with app.app_context():
        db.engine.dispose()


@dataclass
class Beginning:
    """A library as it was founded: its rows, and what the portal keeps of them."""

    rows: list[tuple[Insert, list[dict[str, Any]]]]
    kept: dict[str, Any]

    def again(self) -> None:
        for statement, rows in self.rows:
            db.session.execute(statement, rows)
        db.session.commit()
        settings_queries._kept.clear()
        settings_queries._kept.update(self.kept)


@pytest.fixture(scope="session")
def beginning(whole_app: Flask) -> Beginning:
    """An empty library with two branches, a room and two topics."""
    with whole_app.app_context():
        factories.library()
        db.session.commit()
        settings_queries.current()
        found = ((one, db.session.execute(one.select()).mappings().all()) for one in TABLES)
        rows = [(one.insert(), [dict(row) for row in there]) for one, there in found if there]
        empty()
        return Beginning(rows, dict(settings_queries._kept))


@pytest.fixture
def app(whole_app: Flask, beginning: Beginning) -> Iterator[Flask]:
    """The portal on that library."""
    with whole_app.app_context():
        beginning.again()
        yield whole_app
        db.session.rollback()
        empty()


TABLES = Rows.metadata.sorted_tables
TRIGGERS = text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
FILLED = text(
    " UNION ALL ".join(
        f"SELECT '{one.name}' WHERE EXISTS (SELECT 1 FROM {one.name})"  # noqa: S608  our own tables
        for one in TABLES
    )
)


EMPTIED = "; ".join(  # no trigger is asked, nor any foreign key
    (
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {one.name}" for one in reversed(TABLES)),  # noqa: S608  our own tables, by their names in the code
    )
)


def empty() -> None:
    """Every table, also those whose rows are only ever added to."""
    if db.engine.dialect.name == "sqlite":
        _empty_sqlite()
    else:
        db.session.connection().exec_driver_sql(EMPTIED)
    db.session.commit()


def _empty_sqlite() -> None:
    run = db.session.execute
    filled = set(run(FILLED).scalars())
    kept = [one for one in run(TRIGGERS) if one.tbl_name in filled]
    for one in kept:
        run(text(f"DROP TRIGGER {one.name}"))  # a name of ours, as SQLite tells it
    for table in reversed(TABLES):
        if table.name in filled:
            run(table.delete())
    for one in kept:
        run(text(one.sql))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One a run: there cannot be two."""
    with launched() as browser:
        yield browser


@pytest.fixture
def on_one_database(request: pytest.FixtureRequest) -> None:
    """For what is the same on either: looking at it once is enough."""
    if request.config.getoption("--db"):
        pytest.skip("it is the same on either database")


@pytest.fixture
def on_the_second_database(request: pytest.FixtureRequest) -> None:
    """The same, where the first has enough to do."""
    if not request.config.getoption("--db"):
        pytest.skip("it is looked at with --db")


@pytest.fixture
def client(app: Flask) -> Client:
    client = app.test_client()
    assert isinstance(client, Client)
    return client


@pytest.fixture
def statements(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements sent to the database, in order, but for those about transactions. Pages are
    made anew for every stranger."""
    monkeypatch.setattr(sharing, "LONGEST", timedelta(0))
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET TRANSACTION")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture(autouse=True)
def _the_clock_is_right_again() -> Iterator[None]:
    with clock.moved_to(clock.now()):
        yield


@dataclass
class Probe:
    """The portal with one more address, /probe, that does what a test tells it to."""

    client: Client
    acts: Acts

    def does(self, act: Callable[[], Any]) -> "Probe":
        self.acts[0] = act
        return self


@pytest.fixture(scope="session")
def probed_app(settings: config.Config) -> tuple[Flask, Acts]:
    """That portal, and in a list what its address does."""
    blueprint = Blueprint("probe", __name__)
    other = create_app(settings, TESTING=True)
    other.test_client_class = Client
    acts: Acts = []

    @blueprint.route("/probe", methods=["GET", "POST"])
    @open_to_all
    def act() -> Any:
        return acts[0]()

    other.register_blueprint(blueprint)
    return other, acts


@pytest.fixture
def probe(app: Flask, probed_app: tuple[Flask, Acts]) -> Iterator[Probe]:
    other, acts = probed_app
    acts[:] = [lambda: "done"]
    client = other.test_client()
    assert isinstance(client, Client)
    before = dict(other.config)
    yield Probe(client, acts)
    other.config.update(before)
    with other.app_context():
        db.engine.dispose()
