"""What is kept for good: the database itself refuses to change it or to let it go."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Executable, Table, delete, select, text, update
from sqlalchemy.exc import IntegrityError

from portal.agreements.models import Agreement, AgreementVersion, Side, Signature
from portal.audit.models import Entry
from portal.audit.recording import record
from portal.core import clock
from portal.core.database import Rows, db
from tests import factories
from tests.conftest import empty

KEPT: list[Any] = [Entry.__table__, AgreementVersion.__table__, Signature.__table__]
COLUMNS = [column for table in KEPT for column in table.c]
OPEN = [  # a table, what may be taken out of it, and what can never be put in
    (Entry, {"actor_id": None}, {"actor_id": 1}),
    (AgreementVersion, {"made_by": None}, {"made_by": 1}),
    (Signature, {"name": "—", "title": ""}, {"name": "Eve"}),
    (Signature, {"name": "—", "title": ""}, {"title": "Director"}),
]


@pytest.fixture(autouse=True)
def _one_row_in_each(app: Flask) -> None:
    person = factories.person()
    agreement = factories.kept(
        Agreement(program_id=factories.program().id, organisation_id=factories.organisation().id)
    )
    words = AgreementVersion(agreement_id=agreement.id, n=1, words="We mend.", html="<p>We mend.")
    words.made_by = person.id
    factories.kept(words)
    signature = Signature(
        agreement_id=agreement.id, n=1, side=Side.PARTNER, person_id=person.id, name="Ada Menders"
    )
    factories.kept(signature)
    record("agreement.send", actor_id=person.id, thing=("agreement", agreement.id), n=1)
    db.session.commit()


@pytest.fixture
def rows() -> Iterator[None]:
    """They are afterwards what they were."""
    before = everything()
    yield
    assert everything() == before


def everything() -> list[list[str]]:
    db.session.rollback()
    return [[str(row) for row in db.session.execute(select(table))] for table in KEPT]


def refusal(statement: Executable) -> str:
    with pytest.raises(IntegrityError) as refused:
        db.session.execute(statement)
    db.session.rollback()
    return str(refused.value.orig)


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_no_column_is_written_again(column: Column[Any]) -> None:
    change = column.table.update().values({column: column})

    wanted = f"What is in {column.table} is kept as it was written, it cannot be changed."
    assert wanted in refusal(change)


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("table", KEPT, ids=str)
def test_no_row_goes(table: Table) -> None:
    wanted = f"What is in {table} is kept, it cannot be deleted."

    assert wanted in refusal(table.delete())
    if db.engine.dialect.name == "postgresql":
        assert wanted in refusal(text(f"TRUNCATE {table} CASCADE"))
    else:
        again = table.insert().prefix_with("OR REPLACE").from_select(list(table.c), select(table))
        assert wanted in refusal(again)


@pytest.mark.parametrize(("model", "nobody", "somebody"), OPEN)
def test_a_name_can_be_taken_out_and_never_put_in(
    model: type[Rows], nobody: dict[str, Any], somebody: dict[str, Any]
) -> None:
    db.session.execute(update(model).values(nobody))
    db.session.commit()

    assert "cannot be changed" in refusal(update(model).values(somebody))


def test_an_entry_of_the_audit_log_may_go_after_three_years() -> None:
    clock.move(timedelta(days=3 * 366))
    record("audit.clear", actor_id=None, thing=("library", 1))
    db.session.commit()
    db.session.execute(delete(Entry).where(Entry.action == "agreement.send"))
    db.session.commit()

    assert db.session.scalars(select(Entry.action)).all() == ["audit.clear"]
    assert "cannot be deleted" in refusal(delete(Entry))


def test_emptied_for_the_next_test_they_are_kept_again() -> None:
    empty()
    assert everything() == [[], [], []]
    record("agreement.send", actor_id=None, thing=("agreement", 1))
    db.session.commit()

    assert "cannot be deleted" in refusal(delete(Entry))
