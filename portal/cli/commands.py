"""The group ``flask portal`` and everything in it. A command is loaded when somebody asks for it: a
process that serves needs none."""

from collections.abc import Mapping
from importlib import import_module

import click

from portal.cli.tables import Commands

MODULES: Mapping[str, str] = {  # where each command is kept, under its name
    "backup": "keeping",
    "check": "checking",
    "demo": "demonstrating",
    "import": "importing",
    "init": "beginning",
    "link": "link",
    "person": "person",
    "restore": "keeping",
    "serve": "serving",
    "worker": "working",
}


class Late(Commands):
    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(MODULES)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in MODULES:
            return None
        module = import_module(f"portal.cli.{MODULES[name]}")
        found: click.Command = getattr(module, "group" if name == "import" else name)
        return found


group = Late("portal", help="Run and look after this library's portal.")
