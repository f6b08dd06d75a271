"""What the tests need of the system: Chromium, letters for it to draw, and PostgreSQL."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts")
NEEDS: dict[str, Callable[[], bool]] = {  # by Debian's package
    "chromium-headless-shell": lambda: any(shutil.which(name) for name in CHROMIUM),
    "fonts-dejavu-core": lambda: any(any(Path(place).rglob("*.tt[fc]")) for place in FONTS),
    "postgresql": lambda: (
        bool(shutil.which("initdb")) or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    ),
}


def meet() -> list[str]:
    """Install what is missing where this is root on Debian or Ubuntu. What is missing still."""
    wanted = _missing()
    apt_get = shutil.which("apt-get")
    if wanted and apt_get and os.geteuid() == 0:
        print(f"Installing {', '.join(wanted)} for the tests …", flush=True)
        _say_if_it_fails(apt_get, "update")
        for package in wanted:  # one by one: not every system has them all
            _say_if_it_fails(apt_get, "install", "-y", "--no-install-recommends", package)
        wanted = _missing()
    return wanted


def _missing() -> list[str]:
    return [package for package, is_met in NEEDS.items() if not is_met()]


def _say_if_it_fails(apt_get: str, *arguments: str) -> None:
    done = subprocess.run(
        [apt_get, "-qq", *arguments],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stderr[-800:], file=sys.stderr)


def main() -> str | None:
    """What is missing still, as ``sys.exit`` takes it: even an empty text would be a failure."""
    return ", ".join(meet()) or None


if __name__ == "__main__":
    sys.exit(main())
