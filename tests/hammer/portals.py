"""What is hammered: an empty library on each database."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from portal.app import create_app
from portal.core import config, migrating
from portal.core.database import db, transaction
from tests import factories
from tests.cluster import Cluster
from tests.conftest import Client


def both() -> Iterator[str]:
    """The address of a fresh database on SQLite, then on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/hammer.db"
    cluster = Cluster()
    yield cluster.url("hammer")
    cluster.stop()


@contextmanager
def portal(url: str) -> Iterator[Flask]:
    """An empty library in this database."""
    with tempfile.TemporaryDirectory() as instance:
        environ = {"PORTAL_INSTANCE": instance, "DATABASE_URL": url}
        app = create_app(config.read(environ | {"PORTAL_BASE_URL": "http://localhost"}))
        app.test_client_class = Client
        with app.app_context():
            migrating.upgrade()
            with transaction():
                factories.library()
            yield app
            db.session.rollback()
            db.engine.dispose()
