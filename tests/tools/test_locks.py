"""What is locked is exact, hashed, without an address, and what pyproject.toml asks for."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.M)


def project() -> dict[str, list[str]]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras: dict[str, list[str]] = told["optional-dependencies"]
    return extras | {"portal": told["dependencies"]}


def pins(file: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / file).read_text("utf-8")))


@pytest.mark.parametrize(
    ("file", "parts"),
    [
        ("requirements.txt", ["portal"]),
        ("requirements-dev.txt", ["portal", "dev"]),
        ("requirements-setup.txt", ["setup"]),
        ("requirements-node.txt", ["node"]),
    ],
)
def test_requirements_are_exact_and_hashed(file: str, parts: list[str]) -> None:
    """After a change in pyproject.toml: make lock"""
    text = (ROOT / file).read_text("utf-8")
    wanted = {re.split(r"[\[>=<]", one)[0].lower() for part in parts for one in project()[part]}

    assert wanted <= pins(file).keys()
    assert "://" not in text
    assert re.findall(r"^-.*", text, re.M) == []
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert [
        block for block in blocks if not PIN.match(block) or "--hash=sha256:" not in block
    ] == []


def test_the_tests_run_on_the_very_parts_that_the_portal_runs_on() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_web_parts_are_exact_sealed_and_without_an_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    wanted = package["dependencies"] | package["devDependencies"]
    own = lock.pop("")

    assert own["dependencies"] | own["devDependencies"] == wanted
    assert {name: lock[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, facts in lock.items() if "sha512-" not in facts["integrity"]] == []
    assert [name for name, facts in lock.items() if "resolved" in facts] == []
