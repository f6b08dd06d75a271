"""The library's mark. Somebody brings a picture, it is drawn anew, small, and looked at; then it is
taken or not. Nothing of the file that was brought is kept but what is seen."""

import logging
import re
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from itertools import product
from pathlib import Path
from uuid import uuid4

from flask_babel import gettext as _
from PIL import Image, ImageOps

from portal.core import config
from portal.core.errors import Missing, Refused
from portal.policy import Actor, Permission, require
from portal.settings.changes import hold, noted

log = logging.getLogger("portal")

LARGEST = 2_000_000  # bytes of a file
MOST_POINTS = 16_000_000
SHOWN = 40  # points that it is high, and three times as wide at most
HEIGHTS, QUALITIES = (80, 60, 40), (85, 65, 40, 20)  # as it is drawn: the sharpest first
LIGHT = 2_000  # bytes of a mark, which every page carries
TRIED = timedelta(days=1)  # how long a mark stays that nobody wears
NAME = re.compile(r"[0-9a-f]{24}\.webp")

Image.MAX_IMAGE_PIXELS = MOST_POINTS  # twice as many are refused before they are counted here


def draw(file: bytes, *, by: Actor) -> str:
    """Draw the picture as a mark that can be looked at, and give its name. The same picture has the
    same name."""
    require(by, Permission.SETTINGS_CHANGE)
    if len(file) > LARGEST:
        raise Refused(_("The file is larger than 2 MB."), _("Choose a smaller one."))
    mark = _encoded(_opened(file))
    name = f"{sha256(mark).hexdigest()[:24]}.webp"
    _write(name, mark)
    return name


def wear(name: str, *, by: Actor) -> None:
    """From the next page on this mark stands beside the library's name."""
    require(by, Permission.SETTINGS_CHANGE)
    library = hold()
    library.mark_width, library.mark = width(name), name
    noted("mark", by=by)


def take_off(*, by: Actor) -> None:
    """The usual mark again."""
    require(by, Permission.SETTINGS_CHANGE)
    library = hold()
    library.mark_width, library.mark = 0, ""
    noted("mark", by=by)


def read(name: str) -> bytes:
    """The file of a mark."""
    try:
        return _place(name).read_bytes()
    except OSError as error:
        raise _gone() from error


def width(name: str) -> int:
    """How wide a mark is shown."""
    with Image.open(BytesIO(read(name)), formats=("WEBP",)) as mark:
        return (mark.width * SHOWN + mark.height - 1) // mark.height


def forget(worn: str, *, now: datetime) -> None:
    """What is not worn goes a day after it was drawn: the pages of before may still show it."""
    for path in _folder().glob("*"):
        with suppress(FileNotFoundError):  # another worker was faster
            if path.name != worn and path.stat().st_mtime < (now - TRIED).timestamp():
                path.unlink()


def _opened(file: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(file), formats=("PNG", "JPEG", "WEBP")) as picture:
            if picture.width * picture.height <= MOST_POINTS:
                ImageOps.exif_transpose(picture, in_place=True)
                return picture.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pass
    except Exception as error:  # whatever a decoder trips over, it is no picture
        raise Refused(
            _("This is no picture that can be read."), _("Choose a PNG, JPEG or WebP file.")
        ) from error
    raise Refused(
        _("This picture has too many points."), _("Save it smaller: 4,000 points wide are plenty.")
    )


def _encoded(picture: Image.Image) -> bytes:
    """As good as it may be in few bytes: of its last drawing even noise has a fifth of them."""
    drawings = (_drawn(picture, *how) for how in product(HEIGHTS, QUALITIES))
    return next(one for one in drawings if len(one) <= LIGHT)


def _drawn(picture: Image.Image, height: int, quality: int) -> bytes:
    """On white, in the middle of a field that is always as high, so that a page knows its place
    before it is there."""
    fitted = ImageOps.contain(picture, (3 * height, height), Image.Resampling.LANCZOS)
    field = Image.new("RGB", (fitted.width, height), "white")
    field.paste(fitted, (0, (height - fitted.height) // 2), fitted)
    out = BytesIO()
    field.save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()


def _write(name: str, mark: bytes) -> None:
    """There as a whole, or not at all."""
    folder = _folder()
    draft = folder / f"{uuid4().hex}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(mark)
        draft.replace(folder / name)
    except OSError as error:
        draft.unlink(missing_ok=True)
        log.exception("mark not written")
        raise Refused(
            _("The picture could not be kept: the disk of the portal is full or closed to it."),
            _("Tell whoever looks after the machine. Nothing was changed."),
        ) from error


def _place(name: str) -> Path:
    if not NAME.fullmatch(name):
        raise _gone()
    return _folder() / name


def _folder() -> Path:
    return config.current().instance / "uploads" / "marks"


def _gone() -> Missing:
    return Missing(_("This picture is not here any more."), _("Choose the file again."))
