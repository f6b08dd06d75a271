"""Write the migration that brings an up-to-date database to what the models now say.

    python -m tools.migration "what it does"
    python -m tools.migration --first       the first one, made anew

Alembic compares on a scratch SQLite database. Read what it wrote: it sees no changed CHECK.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from portal.app import create_app
from portal.core import config, migrating
from portal.core.database import db

VERSIONS = Path("portal/migrations/versions")
FIRST = "0001"


def main(what: str) -> None:
    if what == "--first":
        aside = [file.rename(file.with_suffix(".aside")) for file in _versions()]
        try:
            _write("first tables", FIRST)
            next(VERSIONS.glob(f"{FIRST}_*.aside")).unlink()
        finally:
            for file in aside:
                if file.exists():
                    file.rename(file.with_suffix(".py"))
    else:
        _write(what, f"{1 + max(int(file.name[:4]) for file in _versions()):04d}")


def _versions() -> list[Path]:
    return sorted(VERSIONS.glob("[0-9]*.py"))


def _write(what: str, number: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        app = create_app(config.read({"PORTAL_INSTANCE": scratch}))
        with app.app_context():
            migrating.upgrade()
            with db.engine.connect() as connection:
                settings = migrating.config(connection)
                settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
                command.revision(settings, what, autogenerate=True, rev_id=number)
            db.engine.dispose()
    written = next(VERSIONS.glob(f"{number}_*.py"))
    text = re.sub(r"\s*# ### .*", "", written.read_text("utf-8"))
    written.write_text(text.replace("sa.JSON(none_as_null=True)", "sa.JSON()"), "utf-8")
    for polish in (["format", "-q"], ["check", "-q", "--fix"]):
        subprocess.run([sys.executable, "-m", "ruff", *polish, written], check=False)
    sys.stdout.write(f"{written}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
