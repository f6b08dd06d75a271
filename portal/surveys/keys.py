"""One key for each survey that is being sent, in a file beside the database and never in it.

What is sealed with it, the token in a mail that has not left yet, can be read by nobody once
the file is gone: not from the outbox, not from a backup of it.
"""

import os
import secrets
from pathlib import Path

from portal.core import config

_BYTES = 32


def draw(survey_id: int) -> bytes:
    """A new key, kept until it is destroyed. What an attempt that failed left is overwritten."""
    key = secrets.token_bytes(_BYTES)
    path = _path(survey_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(path, key)
    return key


def find(survey_id: int) -> bytes | None:
    try:
        return _path(survey_id).read_bytes()
    except FileNotFoundError:
        return None


def destroy(survey_id: int) -> None:
    path = _path(survey_id)
    if path.exists():
        _write(path, bytes(_BYTES))
        path.unlink(missing_ok=True)


def kept() -> list[int]:
    """The surveys whose key is still there."""
    folder = config.current().survey_keys
    return sorted(int(path.stem) for path in folder.glob("*.key") if path.stem.isdecimal())


def _path(survey_id: int) -> Path:
    return config.current().survey_keys / f"{survey_id}.key"


def _write(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.write(file, content)
        os.fsync(file)
    finally:
        os.close(file)
