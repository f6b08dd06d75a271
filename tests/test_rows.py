"""What is read past the ORM has its columns in the order of the names they are given."""

from typing import Any

import pytest

from portal.agreements import queries as agreements
from portal.ideas import queries as ideas
from portal.programs import queries as programs


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        (programs.Sitting, programs._SITTING),
        (agreements.Offered, agreements._OFFERED),
        (ideas.Told, ideas._TOLD),
    ],
)
def test_columns_stand_in_the_order_of_their_names(kind: Any, columns: tuple[Any, ...]) -> None:
    assert tuple(one.key for one in columns) == kind._fields
