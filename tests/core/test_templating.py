"""What stands in a template is looked up once, and only that."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from jinja2 import DictLoader, Environment
from markupsafe import Markup

from portal.core.templating import fixed, kept

Calls = list[str]


@pytest.fixture
def calls(app: Flask) -> Iterator[Calls]:
    """What was asked of ``told``, a fixed function of every template."""
    made: Calls = []

    @fixed
    def told(word: str, *, again: int = 1) -> str:
        made.append(word)
        return f"<{word}>" * again

    app.jinja_env.globals["told"] = told
    yield made
    del app.jinja_env.globals["told"]


@pytest.fixture
def drawn(app: Flask) -> Callable[[str], str]:
    """What a template of these words says, drawn twice."""

    def draw(source: str, name: str = "page.html") -> str:
        environment = app.jinja_env.overlay(loader=DictLoader({name: source}), cache_size=1)
        template = environment.get_template(name)
        assert template.render(word="b") == template.render(word="b")
        return template.render(word="b")

    return draw


def test_a_fixed_call_is_made_when_the_template_is_compiled(
    calls: Calls, drawn: Callable[[str], str]
) -> None:
    assert drawn("{{ told('a', again=2) }}") == "&lt;a&gt;&lt;a&gt;"
    assert calls == ["a"]


def test_what_depends_on_the_page_is_asked_each_time(
    calls: Calls, drawn: Callable[[str], str]
) -> None:
    assert drawn("{{ told(word) }}") == "&lt;b&gt;"
    assert calls == ["b"] * 3


def test_words_with_values_are_put_together_for_the_page(drawn: Callable[[str], str]) -> None:
    assert drawn("{{ _('Hello, %(name)s', name=word) }} {{ _('100%%') }}") == "Hello, b 100%"


def test_markup_stays_markup_in_a_page_and_is_plain_in_a_mail(
    drawn: Callable[..., str], app: Flask
) -> None:
    icon = app.jinja_env.globals["icon"]("check")  # type: ignore[operator]
    assert drawn("{{ icon('check') }}") == icon
    assert drawn("{{ _('a') ~ ' & ' ~ word }}", "mail.txt") == "a & b"
    assert drawn("{{ _('a') ~ ' & ' ~ word }}") == "a &amp; b"


def test_a_part_is_kept_by_its_values_alone() -> None:
    environment = Environment(autoescape=True)
    made: list[str] = []

    def note(word: str) -> str:
        made.append(word)
        return word

    environment.globals["note"] = note
    module = environment.from_string(
        "{% macro part(word) %}{{ note(word) }}{% endmacro %}"
    ).make_module()
    part = module.part  # type: ignore[attr-defined]
    assert [kept(part, one) for one in ("a", "<b>", "a")] == ["a", "&lt;b&gt;", "a"]
    assert made == ["a", "<b>"]
    assert isinstance(kept(part, "a"), Markup)
