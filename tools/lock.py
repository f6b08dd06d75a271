"""Write the requirements files anew from pyproject.toml: exact, hashed, without an address.

    python -m tools.lock                what is locked stays where it still fits
    python -m tools.lock --upgrade      everything as new as it may be

uv does it, from an environment that is gone afterwards.
"""

import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    "-m", "uv", "pip", "compile", "-q", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-header", "--no-annotate",
]  # fmt: skip


def main(*options: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    portal, extras = project["dependencies"], project["optional-dependencies"]
    with tempfile.TemporaryDirectory() as scratch:
        venv.create(scratch, with_pip=True)
        python = f"{scratch}/bin/python"
        subprocess.run([python, "-m", "pip", "install", "-q", "uv"], check=True)
        for wanted, target, limits in (
            (portal, "requirements.txt", []),
            ([*portal, *extras["dev"]], "requirements-dev.txt", ["-c", "requirements.txt"]),
            (extras["setup"], "requirements-setup.txt", []),
            (extras["node"], "requirements-node.txt", []),
        ):
            subprocess.run(
                [python, *COMPILE, *limits, *options, "-", "-o", target],
                input="\n".join(wanted),
                text=True,
                cwd=ROOT,
                check=True,
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
