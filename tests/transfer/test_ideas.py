"""Ideas from elsewhere: all or nothing, once, with every refused row named."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, text

from portal.core.database import db, measure, transaction
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea, Vote
from portal.search import index
from portal.transfer import ideas
from portal.transfer.tables import Unreadable

OWN = Path(__file__).parents[1] / "data" / "polis.csv"
REAL = Path("../shared/data/ideas-polis/bowling-green/comments.csv")
HOSTILE = Path("../shared/data/hostile-csv")


def bring(path: Path, *, publish: bool = False, **columns: str) -> ideas.Report:
    with transaction():
        report = ideas.look(path, columns=columns)
        ideas.add(report, publish=publish)
    return report


def run(app: Flask, path: Path, *options: str) -> Result:
    arguments = ["portal", "import", "ideas", str(path), *options]
    return app.test_cli_runner().invoke(args=arguments)


def states() -> dict[Publication, int]:
    rows = db.session.execute(select(Idea.publication, func.count()).group_by(Idea.publication))
    return {row[0]: row[1] for row in rows}


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_polis_statements_keep_their_state_and_their_support(app: Flask) -> None:
    report = bring(OWN, publish=True)

    assert (report.read, report.added, report.known, report.refused) == (4, 4, 0, [])
    assert states() == {
        Publication.PUBLISHED: 2,
        Publication.PENDING: 1,
        Publication.NOT_PUBLISHED: 1,
    }
    assert db.session.scalars(select(Idea.imported_votes).order_by(Idea.id)).all() == [48, 27, 5, 0]
    assert db.session.scalar(select(func.count()).select_from(Vote)) == 0
    assert len(index.find("idea", "lending tools")) == 1


def test_without_publish_nothing_is_public(app: Flask) -> None:
    bring(OWN)

    assert states() == {Publication.PENDING: 3, Publication.NOT_PUBLISHED: 1}


def test_the_second_time_adds_nothing(app: Flask) -> None:
    bring(OWN)
    report = bring(OWN)

    assert (report.added, report.known) == (0, 4)
    assert sum(states().values()) == 4


def test_a_dry_run_says_what_would_happen_and_changes_nothing(app: Flask) -> None:
    done = run(app, OWN, "--dry-run", "--publish")

    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[1:] == [
        "Read as UTF-8, columns parted by ,: happens is “comment-body”, votes is “agrees”, "
        "id is “comment-id”, state is “moderated”.",
        "New: 2 public, 1 for the review queue, 1 not published.",
        "4 rows read, 4 would be added, 0 already there, 0 refused.",
    ]
    assert states() == {}


def test_with_a_refused_row_nothing_is_added(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "title,votes\nChess,12\nBikes,many\n" + "x" * 300 + ",1\n")
    report = bring(path)

    assert report.refused == [
        (3, "“many” is no number of votes"),
        (4, "its title has 300 letters, more than 250"),
    ]
    assert (report.added, states()) == (0, {})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_found(
    app: Flask, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    text = f"Title{delimiter}Description\r\nCafé réparation{delimiter}“Mend” lamps\r\n"
    report = bring(written(tmp_path / "a.csv", text, encoding))

    told = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
    assert report.table.encoding == told.get(encoding, encoding.upper())
    assert db.session.scalars(select(Idea.title)).all() == ["Café réparation"]
    assert db.session.scalars(select(Idea.happens)).all() == ["“Mend” lamps"]


def test_columns_can_be_named(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "Vorschlag,Stimmen\nSchach,7\n")
    with pytest.raises(Unreadable, match="--map title=COLUMN"):
        bring(path)
    db.session.rollback()
    bring(path, title="Vorschlag", votes="Stimmen")

    assert db.session.execute(select(Idea.title, Idea.imported_votes)).all() == [("Schach", 7)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"\n \n", "The file is empty"),
        (b"\x00\x01\x02", "is no text"),
        (b"title\nab\0c\n", "is no text"),
        (b"\xd0\xcf\x11\xe0\x81\0\0", "is no text"),
        ("title\nChess\n".encode("utf-16-le"), "is no text"),
        ("title\nChess\n".encode("utf-32"), "is no text"),
        (b"\xff\xfe\x00", "begins as Unicode but is not"),
        (b"PK\x03\x04 a spreadsheet", "Which column holds the title?"),
        (b"Chess,12\nBikes,4\n", "Which column holds the title?"),
        (b"title\n\xc3\xa9\n\xe9\n", "two encodings: line 2 is UTF-8, line 3 is not"),
        (b"title\nChess\n\x81\n", "Line 3 is neither UTF-8 nor Windows-1252"),
        (b'title\nChess\n"Bikes\nBooks\n', "A quotation mark of the row in line 3 is never closed"),
        (b'title\n"' + b"x" * 200_001, "The row in line 2 cannot be read: field larger than"),
    ],
)
def test_what_is_no_table_is_told(app: Flask, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    with pytest.raises(Unreadable, match=re.escape(said)):
        ideas.look(path)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be read: Is a directory"):
        ideas.look(tmp_path)
    with pytest.raises(Unreadable, match="cannot be read: No such file"):
        ideas.look(tmp_path / "none.csv")
    with pytest.raises(Unreadable, match="is larger than 50 MB"):
        ideas.look(Path("/dev/zero"))


def test_a_row_is_named_by_the_line_where_it_begins(app: Flask, tmp_path: Path) -> None:
    text = '\n\ntitle,body,votes\nA,"one\ntwo",1\n\nB,"three\nfour",many\nC,,1,2\n'

    assert ideas.look(written(tmp_path / "a.csv", text)).refused == [
        (7, "“many” is no number of votes"),
        (9, "it has more cells than there are columns"),
    ]


def test_a_column_that_comes_twice_can_be_told_apart(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "title,title,,\nChess,Bikes,,\n")
    bring(path)
    bring(path, title="title (2)")

    assert db.session.scalars(select(Idea.title).order_by(Idea.id)).all() == ["Chess", "Bikes"]


@pytest.mark.parametrize(
    ("typed", "votes"),
    [
        ("", 0),
        ("7", 7),
        ("1,234", 1234),
        ("1 234 567", 1234567),
        ("1\u00a0234", 1234),
        ("12.0", 12),
    ],
)
def test_numbers_of_votes(app: Flask, tmp_path: Path, typed: str, votes: int) -> None:
    (row,) = ideas.look(written(tmp_path / "a.csv", f'title,votes\nChess,"{typed}"\n')).new

    assert row.votes == votes


@pytest.mark.parametrize("typed", ["-3", "1,5", "12.5", "1e3", "٣", "123456789", "12,34"])
def test_what_is_no_number_of_votes(app: Flask, tmp_path: Path, typed: str) -> None:
    report = ideas.look(written(tmp_path / "a.csv", f'title,votes\nChess,"{typed}"\n'))

    assert report.refused == [(2, f"“{typed}” is no number of votes")]


def test_the_command_sums_up_in_its_last_line(app: Flask) -> None:
    for added, known in ((4, 0), (0, 4)):
        done = run(app, OWN)

        assert done.exit_code == 0, done.output
        last = done.output.splitlines()[-1]
        assert last == f"4 rows read, {added} added, {known} already there, 0 refused."


def test_rows_that_say_the_same_are_named_and_count_once(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "title,votes\nChess,12\nBikes,3\nChess,12\n")
    for added, known in ((2, 0), (0, 2)):
        said = run(app, path).output.splitlines()

        assert "Line 4 says the same as line 2 and counts once." in said
        assert said[-1] == (
            f"3 rows read, {added} added, {known} already there, 1 again in the file, 0 refused."
        )


def test_refused_rows_are_named_and_end_with_1(app: Flask, tmp_path: Path) -> None:
    done = run(app, written(tmp_path / "a.csv", "title,votes\nChess,12\nBikes,many\n"))

    assert done.exit_code == 1
    assert done.output.splitlines()[2:] == [
        "Line 3 is refused: “many” is no number of votes.",
        "Nothing was added. Mend these lines, or leave them out, and run it again.",
        "2 rows read, 0 added, 0 already there, 1 refused.",
    ]
    assert states() == {}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--map", "title"), "Write it as title=COLUMN. Known: title, happens, need, votes, id,"),
        (("--map", "title="), "Write it as title=COLUMN."),
        (("--map", "king=agrees"), "Write it as title=COLUMN."),
        (("--map", "title=a", "--map", "title=b"), "There can be one column for title."),
        (("--map", "title=nowhere"), "There is no column nowhere. There are: timestamp,"),
        (("--format", "excel"), "is not one of 'polis', 'csv'"),
    ],
)
def test_wrong_options_are_said(app: Flask, options: tuple[str, ...], said: str) -> None:
    done = run(app, OWN, *options)

    assert isinstance(done.exception, SystemExit)
    assert (done.exit_code in (1, 2), said in done.output) == (True, True), done.output


@pytest.mark.skipif(not REAL.exists(), reason="the shared data is not here; tests/data is used")
def test_the_896_statements_of_bowling_green(app: Flask) -> None:
    report = bring(REAL, publish=True)

    assert (report.read, report.added, report.refused) == (896, 896, [])
    assert states() == {Publication.PUBLISHED: 607, Publication.NOT_PUBLISHED: 289}
    assert bring(REAL).known == 896


@pytest.mark.skipif(not HOSTILE.exists(), reason="the shared data is not here")
def test_the_planner_knows_of_them_at_once(app: Flask, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite plans without figures")
    with transaction():
        measure(db.session.connection())
    bring(OWN, publish=True)
    known = db.session.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'ideas'"))
    assert known == db.session.scalar(select(func.count(Idea.id)))


def test_hostile_tables_are_read_or_refused_in_a_sentence(app: Flask) -> None:
    for path in sorted(HOSTILE.rglob("*")):
        if path.is_file():
            with suppress(Unreadable):
                assert ideas.look(path).read >= 0
    db.session.rollback()
