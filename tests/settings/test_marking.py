"""The library's mark, from the file that somebody brings to the top of every page."""

import errno
import struct
import zlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.audit.models import Entry
from portal.core import clock, config
from portal.core.database import db
from portal.policy import Role
from portal.settings import due, marking
from portal.settings.models import Library
from tests import factories
from tests.conftest import Client

MARK = "/staff/settings/mark"


@pytest.fixture
def administrator(client: Client) -> Client:
    for path in marking._folder().glob("*"):
        path.unlink()
    return client.sign_in(factories.person(Role.ADMINISTRATOR))


def bring(client: Client, file: bytes) -> TestResponse:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="mark.png"\r\n\r\n'
    sent = {
        "data": head + file + b"\r\n--b--\r\n",
        "content_type": "multipart/form-data; boundary=b",
    }
    return client.post(MARK, **sent)


def tried(client: Client, file: bytes) -> str:
    """The name under which it can be looked at."""
    return str(bring(client, file).location.partition("=")[2])


def worn() -> tuple[str, int]:
    row = db.session.execute(select(Library.mark, Library.mark_width)).one()
    db.session.rollback()
    return row[0], row[1]


def test_a_mark_is_looked_at_then_taken_and_taken_off(administrator: Client) -> None:
    name = tried(administrator, factories.picture())
    page = administrator.get(f"{MARK}?tried={name}").text
    assert f'href="{MARK}/{name}"' in page
    assert administrator.get(f"{MARK}/{name}").mimetype == "image/webp"
    assert (worn(), administrator.get(f"/mark/{name}").status_code) == (("", 0), 404)

    assert administrator.post(f"{MARK}/wear", data={"tried": name}).status_code == 303
    stranger = administrator.application.test_client()
    answer = stranger.get(f"/mark/{name}")
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    shown = f'src="/mark/{name}" width="80" height="40" alt=""'
    for page in (stranger.get("/").text, administrator.get("/staff").text):
        assert shown in page

    administrator.post(f"{MARK}/take-off")
    assert worn() == ("", 0)
    assert "/mark/" not in stranger.get("/").text
    assert stranger.get(f"/mark/{name}").status_code == 404
    assert db.session.scalars(select(Entry.action)).all() == ["settings.mark"] * 2


@pytest.mark.parametrize(
    ("size", "wide"), [((300, 150), 80), ((50, 50), 40), ((4000, 400), 120), ((40, 400), 4)]
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_mark_is_as_high_and_small_enough_for_any_page(
    administrator: Client, kind: str, size: tuple[int, int], wide: int
) -> None:
    name = tried(administrator, factories.picture(kind, size))

    mark = Image.open(BytesIO(marking.read(name)))
    assert (mark.format, mark.height, marking.width(name)) == ("WEBP", 80, wide)


def test_a_mark_of_noise_is_small_too(administrator: Client) -> None:
    assert len(marking.read(tried(administrator, factories.noise()))) <= marking.LIGHT


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_a_picture_of_any_make_is_drawn(administrator: Client, mode: str) -> None:
    kind, file = "JPEG" if mode == "CMYK" else "PNG", BytesIO()
    Image.new(mode, (60, 60)).save(file, kind)

    assert marking.width(tried(administrator, file.getvalue())) == 40


def test_nothing_of_the_file_is_kept_but_what_is_seen(administrator: Client) -> None:
    """Also which side is up, which only its data says."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Taken at home"  # a quarter turn; a description
    file = factories.picture("JPEG", (100, 200), exif=exif, comment="secret")
    assert b"secret" in file

    name = tried(administrator, file + b"<script>")
    mark = marking.read(name)

    assert marking.width(name) == 80
    assert not any(words in mark for words in (b"EXIF", b"Taken", b"secret", b"<script>", b"ICCP"))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9))


def animated_gif() -> bytes:
    return factories.picture("GIF")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "This is no picture that can be read."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Choose a PNG, JPEG or WebP file."),
        (b"\x89PNG\r\n\x1a\n", "This is no picture that can be read."),
        (factories.picture()[:200], "This is no picture that can be read."),
        (animated_gif(), "Choose a PNG, JPEG or WebP file."),
        (bomb(4001, 4000), "This picture has too many points."),
        (bomb(50_000, 50_000), "This picture has too many points."),
        (bytes(marking.LARGEST + 1), "The file is larger than 2 MB."),
    ],
)
def test_what_is_no_mark_is_refused_in_a_sentence(
    administrator: Client, file: bytes, said: str
) -> None:
    answer = bring(administrator, file)

    assert (answer.status_code, said in answer.text) == (422, True)
    assert '<div class="errors" role="alert" tabindex="-1" id="errors" autofocus>' in answer.text
    assert worn() == ("", 0)
    assert list(marking._folder().glob("*")) == []


def test_without_a_file_the_page_asks_for_one(administrator: Client) -> None:
    answer = administrator.post(MARK, data={})

    assert (answer.status_code, "Choose a file" in answer.text) == (422, True)


def test_more_than_a_page_takes_is_refused_before_it_is_looked_at(administrator: Client) -> None:
    answer = bring(administrator, bytes(3_100_000))

    assert answer.status_code == 413
    assert "That was more than we can take at once." in answer.text


def test_on_a_full_disk_nothing_is_changed_and_a_sentence_says_why(
    administrator: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    answer = bring(administrator, factories.picture())

    assert answer.status_code == 422
    assert "the disk of the portal is full" in answer.text
    assert [line.message for line in caplog.records] == ["mark not written"]
    assert list(marking._folder().glob("*")) == []


@pytest.mark.parametrize("name", ["../../portal.db", "0" * 24 + ".webp", "x", ""])
def test_no_other_file_is_ever_a_mark(administrator: Client, name: str) -> None:
    answer = administrator.post(f"{MARK}/wear", data={"tried": name})
    assert (answer.status_code, worn()) == (404, ("", 0))
    assert administrator.get(f"{MARK}/{name}").status_code in (200, 404, 308)
    assert "This picture is not here any more." in answer.text


def test_what_is_not_worn_goes_after_a_day(administrator: Client) -> None:
    first, second, third = (
        tried(administrator, factories.picture(colour=colour)) for colour in ("red", "blue", "lime")
    )
    administrator.post(f"{MARK}/wear", data={"tried": second})

    def there() -> set[str]:
        due.forget_marks()
        return {path.name for path in marking._folder().iterdir()}

    assert there() == {first, second, third}
    clock.move(timedelta(days=1, minutes=1))
    assert there() == {second}


def test_marks_lie_where_a_backup_finds_them(administrator: Client) -> None:
    name = tried(administrator, factories.picture())

    assert Path(config.current().instance, "uploads", "marks", name).is_file()
