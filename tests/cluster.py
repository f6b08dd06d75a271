"""A PostgreSQL cluster of the tests' own: an unprivileged user, scratch folders, socket only. The
socket lies in /tmp, for its path has to be short; the rows where other files for a while do.

A guard process removes it: when it is stopped, and when the tests end without stopping it.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OPTIONS = (
    "listen_addresses=''",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "deadlock_timeout=100ms",
)
NOBODY = "nobody"  # PostgreSQL refuses to run as root


class Cluster:
    """Started when made. ``url(name)`` is a new database, ``like`` another that nobody is
    connected to; ``stop()`` removes everything."""

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="foreword-pg-", dir="/tmp"))
        data = Path(tempfile.mkdtemp(prefix="foreword-pg-"))
        self._guard = subprocess.Popen(
            [sys.executable, __file__, self._root, data],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        if os.geteuid() == 0:
            nobody = pwd.getpwnam(NOBODY)
            for folder in (self._root, data):
                os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        run(self._root, "initdb", "-D", str(data), "-U", "portal", "-A", "trust",
            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        settings = " ".join(f"-c {option}" for option in OPTIONS)
        run(self._root, "pg_ctl", "-D", str(data), "-w", "-s", "-l", f"{self._root}/log",
            "-o", f"-k {self._root} {settings}", "start")  # fmt: skip

    def url(self, name: str, *, like: str = "template1") -> str:
        run(self._root, "createdb", "-h", str(self._root), "-U", "portal", "-T", like, name)
        return f"postgresql+psycopg://portal@/{name}?host={self._root}"

    def stop(self) -> None:
        self._guard.communicate()


def guard(root: Path, data: Path) -> None:
    """Wait until whoever started this is done or gone, then leave nothing behind."""
    while os.read(0, 1):
        pass
    if (data / "postmaster.pid").exists():
        run(root, "pg_ctl", "-D", str(data), "-s", "-m", "immediate", "stop")
    for folder in (root, data):
        shutil.rmtree(folder, ignore_errors=True)


def run(root: Path, program: str, *arguments: str) -> None:
    folder = _programs()
    if folder is None:
        raise RuntimeError("PostgreSQL is not installed. Run: make test")
    as_root = os.geteuid() == 0
    subprocess.run(
        [str(folder / program), *arguments],
        check=True,
        cwd=root,
        stdout=subprocess.DEVNULL,
        user=NOBODY if as_root else None,
        group=pwd.getpwnam(NOBODY).pw_gid if as_root else None,
        extra_groups=[] if as_root else None,
    )


def installed() -> bool:
    return _programs() is not None


def _programs() -> Path | None:
    """Where PostgreSQL's programs are; they are seldom on PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb")
    return Path(found if isinstance(found, str) else found[-1]).parent if found else None


if __name__ == "__main__":
    guard(*map(Path, sys.argv[1:]))
