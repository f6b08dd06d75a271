"""How a command is typed on this machine: what we print can be copied and run."""

import os
import shlex
import sys
from pathlib import Path


def typed(words: str) -> str:
    """``flask portal`` and these words, by the way that this process was called, for the same
    instance."""
    called = sys.argv
    of_flask = Path(called[0]).name == "flask" and "portal" in called
    program = shlex.join(called[: called.index("portal")]) if of_flask else "flask"
    instance = os.environ.get("PORTAL_INSTANCE")
    there = f"PORTAL_INSTANCE={shlex.quote(instance)} " if instance else ""
    return f"{there}{program} portal {words}"
