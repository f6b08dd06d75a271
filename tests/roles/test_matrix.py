"""Every address, as each of ten people, with what is theirs, another's and hidden: the portal does
what ``table.py`` states. An address that is not in it fails."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from portal.core import database
from portal.core.database import db
from portal.ideas.models import Idea
from tests import factories
from tests.roles.browsing import Browser
from tests.roles.table import KINDS, OF, SENT, TABLE
from tests.roles.things import LETTERS, Scene, Values, scene
from tests.test_holes import _acts

METHODS = {"GET", "POST"}
WORDS = {"slug": "x", "step": 1, "token": "x", "name": "x", "colour": "aa0000"}
PARTS = {part for parts in KINDS for part in parts.split()}
Row = tuple[str, str]  # the address with its method, and whose thing it is


@pytest.mark.usefixtures("on_one_database")
@pytest.mark.parametrize("of_staff", [False, True])
def test_everybody_may_what_the_table_says_and_nothing_else(
    app: Flask, monkeypatch: pytest.MonkeyPatch, of_staff: bool
) -> None:
    """Nothing that is done stays done, so that each cell begins with the same library; and no page
    is drawn, for only the answer counts."""
    set_up = scene()
    browsers = {letter: Browser(app, person) for letter, person in set_up.people.items()}
    monkeypatch.setattr(database, "_is_kept", lambda _answer: False)
    monkeypatch.setattr("flask.templating._render", lambda *_of: "")
    sent = _everything_sent(set_up)
    found: dict[Row, str] = {}
    for rule, method, of in _addresses(app):
        name = f"{_pattern(rule, of)} {method}"
        if _is_of_staff(name) is not of_staff:
            continue
        of["id"] = set_up.world.places.get(of.get("kind", ""), 0)
        for whose, values in set_up.kinds[_kind(rule)].items():
            data = sent.get(rule.endpoint, {}) if method == "POST" else None
            cells = [
                _letter(browsers[letter].sends(method, _path(rule, values(letter) | of), data))
                for letter in LETTERS
            ]
            found[name, whose] = "".join(cells)

    stated = {row: cells for row, cells in _stated().items() if _is_of_staff(row[0]) is of_staff}
    assert _told(found) == _told(stated)


def test_no_address_is_asked_in_a_way_that_the_table_does_not_know(app: Flask) -> None:
    known = METHODS | {"HEAD", "OPTIONS"}

    assert [rule for rule in app.url_map.iter_rules() if not (rule.methods or set()) <= known] == []


def _is_of_staff(name: str) -> bool:
    return name.startswith("/staff")


def _addresses(app: Flask) -> Iterator[tuple[Rule, str, Values]]:
    """Each rule with each method and each choice that stands in the address."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        choices = {
            name: sorted(one.items)
            for name, one in rule._converters.items()
            if isinstance(one, AnyConverter)
        }
        for method in sorted(METHODS & (rule.methods or set())):
            for chosen in product(*choices.values()):
                yield rule, method, dict(zip(choices, chosen, strict=True))


def _pattern(rule: Rule, of: Values) -> str:
    named = re.sub(r"<[^<>]*?(\w+)>", r"<\1>", rule.rule)
    for name, chosen in of.items():
        named = named.replace(f"<{name}>", str(chosen))
    return named


def _kind(rule: Rule) -> str:
    """Of what kind the thing is whose number stands in the address."""
    if rule.endpoint.startswith("wizard.") and rule.arguments:
        return "plan of an idea" if "idea_id" in rule.arguments else "plan"
    return OF.get(rule.endpoint) or KINDS[" ".join(sorted(rule.arguments & PARTS))]


def _path(rule: Rule, values: Values) -> str:
    filled = WORDS | values
    built = rule.build({name: filled[name] for name in rule.arguments}, append_unknown=False)
    assert built is not None
    return built[1]


def _everything_sent(set_up: Scene) -> dict[str, Values]:
    """What a form wants, so that nothing but who sends it stands in the way."""
    idea = db.session.get_one(Idea, set_up.world.idea)
    numbers = defaultdict(
        lambda: "1", branch=str(factories.branch().id), quiet=f"{idea.id}-{idea.version}"
    )
    acts = {name: values for name, (_path, values) in reversed(_acts(set_up.world).items())}
    return {
        name.split()[0]: {field: value.format_map(numbers) for field, value in values.items()}
        for name, values in (acts | SENT).items()
    }


def _stated() -> dict[Row, str]:
    rows = (re.split(r"  +", line) for line in TABLE.strip().splitlines()[1:])
    return {(name, whose): cells for name, whose, cells in rows}


def _told(table: Mapping[Row, str]) -> list[str]:
    """As it stands in the table, so that a row can be copied from what a failure says."""
    return [f"{name:72}  {whose:13}  {cells}" for (name, whose), cells in sorted(table.items())]


def _letter(answer: TestResponse) -> str:
    if answer.status_code == 303 and answer.location.startswith("/sign-in?"):
        return "s"
    if answer.status_code < 400:
        return "+"
    return {403: "-", 404: "0"}.get(answer.status_code, "!")
