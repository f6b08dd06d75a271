"""What docs/operating.md, the unit and the Containerfile name is there."""

import json
import re
from pathlib import Path

import click
import pytest

from portal.cli.commands import MODULES, group
from portal.core import config

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/operating.md").read_text("utf-8")
UNIT = (ROOT / "docs/foreword.service").read_text("utf-8")
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
SETTINGS = set(config.Config.__dataclass_fields__)


def test_every_setting_is_explained_and_no_other() -> None:
    explained = re.findall(r"^\| (`.+?) \|", PAGE, re.MULTILINE)
    names = {name.lower() for cell in explained for name in re.findall(r"`(\w+)`", cell)}

    assert {name.removeprefix("portal_") for name in names} == SETTINGS


@pytest.mark.parametrize("text", [PAGE, UNIT, CONTAINERFILE])
def test_every_variable_is_a_setting(text: str) -> None:
    named = {name.removesuffix("_FILE").lower() for name in re.findall(r"PORTAL_([A-Z_]+)\b", text)}

    assert named
    assert named <= SETTINGS


def test_every_command_is_there() -> None:
    named = set(re.findall(r"(?:flask portal|^    portal|foreword portal) ([a-z]+)", PAGE, re.M))

    assert named >= {"init", "link", "backup", "restore", "serve", "worker"}
    assert named <= set(MODULES)


def test_the_settings_that_it_shows_are_taken(tmp_path: Path) -> None:
    shown = PAGE.split("# /var/lib/foreword/portal.toml\n")[1].split("\n\n")[0]
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "portal.toml").write_text(re.sub(r"^ +", "", shown, flags=re.MULTILINE), "utf-8")

    settings = config.read({}, root=tmp_path)

    assert (settings.https, settings.proxies, settings.smtp_tls) == (True, 1, True)


@pytest.mark.parametrize(
    "line",
    [
        re.findall(r"^ExecStart=.*?/flask (.*)$", UNIT, re.MULTILINE)[0].split(),
        json.loads(re.findall(r"^CMD (.*)$", CONTAINERFILE, re.MULTILINE)[0]),
    ],
)
def test_what_is_started_is_a_command_with_options_that_it_has(line: list[str]) -> None:
    name, *options = line[1:]
    command = group.get_command(click.Context(group), name)

    assert line[0] == group.name
    assert command
    assert command.make_context(name, options).params["port"] == 8000
