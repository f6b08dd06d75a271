import csv
import io

import pytest

from portal.core import sheets

WIDE = [f"{chr(ord(sign) + 0xFEE0)}1" for sign in "=+-@"]  # as a Japanese keyboard writes them


@pytest.mark.parametrize(
    "begins",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", *WIDE],
)
def test_no_word_becomes_a_formula(begins: str) -> None:
    (cell,) = next(csv.reader(io.StringIO(sheets.as_csv([begins], []), newline="")))
    ((written,),) = list(csv.reader(io.StringIO(sheets.as_csv(["x"], [[begins]]), newline="")))[1:]

    assert (cell, written) == (begins, f"'{begins}")


def test_all_else_stays_as_it_is() -> None:
    row = ["Ada, “x”\nline", -5, None, True, "", "a=b", "' quoted"]
    read = list(csv.reader(io.StringIO(sheets.as_csv(["a"] * 7, [row]), newline="")))

    assert read[1] == ["Ada, “x”\nline", "-5", "", "True", "", "a=b", "' quoted"]
