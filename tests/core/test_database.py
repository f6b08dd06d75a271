"""One request, one transaction."""

import re
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from portal.app import create_app
from portal.core import config, database
from portal.core.database import after_answer, db, insert, keep_on_refusal, transaction
from portal.core.errors import Refused
from portal.settings.models import Branch, BranchKind
from tests.conftest import Probe


def rename(name: str = "Changed") -> str:
    db.session.execute(text("UPDATE libraries SET name = :name"), {"name": name})
    return "done"


def name() -> str:
    db.session.rollback()
    return str(db.session.scalar(text("SELECT name FROM libraries")))


def test_a_good_answer_commits(probe: Probe) -> None:
    assert probe.does(rename).client.post("/probe").status_code == 200
    assert name() == "Changed"


def test_the_database_refuses_a_write_in_a_safe_request(probe: Probe) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        probe.does(rename).client.get("/probe")

    assert name() == "Alder Creek Public Library"


def test_a_refused_request_leaves_nothing_behind(probe: Probe) -> None:
    def half_done() -> str:
        rename()
        raise Refused("On second thoughts, no.")

    assert probe.does(half_done).client.post("/probe").status_code == 409
    assert name() == "Alder Creek Public Library"


def test_an_answer_of_422_leaves_nothing_behind(probe: Probe) -> None:
    assert probe.does(lambda: (rename(), 422)).client.post("/probe").status_code == 422
    assert name() == "Alder Creek Public Library"


def test_what_is_marked_after_the_answer_is_kept_even_by_a_safe_request(probe: Probe) -> None:
    def read() -> str:
        after_answer(lambda: rename("Marked"))
        return "read"

    assert probe.does(read).client.get("/probe").text == "read"
    assert name() == "Marked"


def test_a_mark_that_fails_costs_neither_the_answer_nor_what_was_kept(probe: Probe) -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    runs: list[int] = []

    def fail() -> None:
        raise OperationalError("", None, Deadlock())

    def act() -> str:
        runs.append(1)
        after_answer(fail)
        return rename()

    assert probe.does(act).client.post("/probe").text == "done"
    assert (len(runs), name()) == (1, "Changed")


def test_what_is_spent_stays_spent_when_the_answer_is_a_refusal(probe: Probe) -> None:
    def spend() -> tuple[str, int]:
        keep_on_refusal()
        return rename(), 422

    assert probe.does(spend).client.post("/probe").status_code == 422
    assert name() == "Changed"


def test_nothing_is_kept_of_a_failure(probe: Probe) -> None:
    def fail() -> None:
        keep_on_refusal()
        rename()
        raise Refused("No.")

    assert probe.does(fail).client.post("/probe").status_code == 409
    assert name() == "Alder Creek Public Library"


def test_a_transaction_ended_for_another_is_run_again(probe: Probe) -> None:
    tries: list[int] = []

    class Deadlock(Exception):
        sqlstate = "40P01"

    def unlucky_at_first() -> str:
        tries.append(1)
        rename(f"Try {len(tries)}")
        if len(tries) < 3:
            raise OperationalError("", None, Deadlock())
        return "done"

    assert probe.does(unlucky_at_first).client.post("/probe").text == "done"
    assert (len(tries), name()) == (3, "Try 3")


def test_a_transaction_of_a_job_is_all_or_nothing(probe: Probe) -> None:
    def half_done() -> None:
        with transaction():
            rename()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    assert name() == "Alder Creek Public Library"


def test_a_second_insert_of_the_same_key_returns_nothing(probe: Probe) -> None:
    statement = (
        insert(Branch)
        .values(code="NEW", kind=BranchKind.BRANCH, position=0, address="")
        .on_conflict_do_nothing()
        .returning(Branch.id)
    )

    assert db.session.execute(statement).first() is not None
    assert db.session.execute(statement).first() is None


def test_while_somebody_else_holds_the_database_there_is_a_sentence_and_pages_are_read(
    probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's file, as a copy by another program may do for as long as it likes; on PostgreSQL a
    row that somebody forgot to let go."""
    sqlite = db.engine.dialect.name == "sqlite"
    probe.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    db.session.rollback()
    monkeypatch.setattr(database, "PATIENCE", 1)
    waits: list[str] = []
    with probe.client.application.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *sent: waits.append(sent[2]))
    holder = db.engine.raw_connection()
    holder.cursor().execute("BEGIN IMMEDIATE" if sqlite else "UPDATE libraries SET name = name")

    refused = probe.does(rename).client.post("/probe")

    tries = [one for one in waits if one.startswith(("BEGIN IMMEDIATE", "UPDATE"))]
    assert len(tries) == 1  # not once more for drawing the page
    assert refused.status_code == 503
    assert "does not answer at the moment. Nothing was lost." in unbroken(refused.text)
    assert probe.does(lambda: "read").client.get("/probe").text == "read"
    holder.rollback()
    holder.close()
    assert name() == "Alder Creek Public Library"
    assert probe.does(rename).client.post("/probe").status_code == 200
    assert name() == "Changed"


def test_on_a_full_disk_there_is_a_sentence_and_nothing_is_half_done(probe: Probe) -> None:
    """SQLite's file may not grow any more: to SQLite it is the same."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has a disk of its own")
    probe.client.application.config["PROPAGATE_EXCEPTIONS"] = False

    def write_much() -> str:
        rename()
        db.session.execute(text("PRAGMA max_page_count = 1"))  # no less than there are
        free, size = (
            db.session.scalars(text(f"PRAGMA {one}")).one()
            for one in ("freelist_count", "page_size")
        )
        return rename("x" * (free * size + 1_000_000))

    refused = probe.does(write_much).client.post("/probe")
    with probe.client.application.app_context():
        db.engine.dispose()  # there is room again

    assert refused.status_code == 503
    assert "does not answer at the moment. Nothing was lost." in unbroken(refused.text)
    assert name() == "Alder Creek Public Library"
    assert probe.does(rename).client.post("/probe").status_code == 200
    assert name() == "Changed"


def test_where_the_database_is_gone_there_is_a_sentence_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/no-such-folder/portal.db"
    app = create_app(config.read({"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": url}))

    for path in ("/", "/ideas/1"):
        refused = app.test_client().get(path)
        assert refused.status_code == 503
        assert "does not answer at the moment. Nothing was lost." in unbroken(refused.text)


def unbroken(page: str) -> str:
    """Its words, without tags and breaks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
