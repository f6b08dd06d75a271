"""Every word that people read goes through gettext, and the committed catalogue has them all."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import Environment

from tools import catalogue

TEMPLATES = sorted(Path("templates").rglob("*.html"))
CODE = sorted(path for path in Path("portal").rglob("*.py") if "migrations" not in path.parts)
SAID_TO_PEOPLE = {"Refused", "Forbidden", "Missing", "TooMany", "flash", "Need", "up_to"}
READ_ALOUD = re.compile(r'\s(?:aria-label|alt|title|placeholder)="([^"]*)"')
NAMES = {"OpenStreetMap", "iCal", "QR", "Foreword"}


def test_the_catalogue_is_that_of_the_code() -> None:
    """After changed words: python -m tools.catalogue"""
    code, kept = catalogue.extract(), catalogue.committed()

    assert {message.id for message in kept} == {message.id for message in code}


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_a_template_says_nothing_past_gettext(template: Path) -> None:
    said = _bare_words(template.read_text("utf-8"))

    assert said == [], f"{template}: put these into _() or {{% trans %}}"


@pytest.mark.parametrize("module", CODE, ids=str)
def test_code_says_nothing_past_gettext(module: Path) -> None:
    bare = [
        f"line {call.lineno}: {call.args[0].value!r}"
        for call in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in SAID_TO_PEOPLE
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]

    assert bare == []


def _bare_words(source: str) -> list[str]:
    """What a template would print that no gettext call gave: text and attributes read aloud."""
    html = _outside_trans(source)
    spoken = [found for found in READ_ALOUD.findall(html) if _has_words(found)]
    text = re.sub(r"<!--.*?-->|<svg.*?</svg>|<[^>]*>", "\n", html, flags=re.S)
    return spoken + [line.strip() for line in text.splitlines() if _has_words(line)]


def _outside_trans(source: str) -> str:
    inside, kept = False, []
    for _line, kind, value in Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).lex(
        source
    ):
        if kind == "name" and value in ("trans", "endtrans"):
            inside = value == "trans"
        elif kind == "data" and not inside:
            kept.append(value)
        elif kind == "variable_begin":
            kept.append("\0")
    return "".join(kept)


def _has_words(text: str) -> bool:
    plain = re.sub(r"&[a-z]+;|\0", " ", text)
    return any(word not in NAMES for word in re.findall(r"[^\W\d_]{2,}", plain))
