"""Hostile texts and addresses: known ones, where the collections are there, and made of them."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

DATA = Path(__file__).parents[3] / "shared" / "data"
LONGEST = 3000

OWN = [
    "<script>__hit()</script>",
    "<img src=x onerror=__hit()>",
    '"><svg onload=__hit()>',
    "[x](javascript:__hit())",
    "[x](java\nscript:__hit())",
    "[x](&#106;avascript:__hit())",
    '![x](x" onerror=__hit() y=")',
    "<javascript:__hit()>",
    "[x]: javascript:__hit()\n[x]",
    "[a](<javascript:__hit()>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    '<a href="&#x6a;avascript:__hit()">x</a>',
    "[x](//evil.example)",
    'http://a">\n<script>__hit()</script>',
    "</textarea><script>__hit()</script>",
    "</title></style></script><script>__hit()</script>",
    "<!--<script>--><img src=x onerror=__hit()>",
    "{{ 7654321 * 7 }}{% raw %}<script>__hit()</script>",
    "<math><mtext><table><mglyph><style><img src=x onerror=__hit()>",
    '<noscript><p title="</noscript><img src=x onerror=__hit()>">',
    '<svg></p><style><a id="</style><img src=1 onerror=__hit()>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=__hit()>",
    "`<svg onload=__hit()>`",
    "<base href=//evil.example/><meta http-equiv=refresh content=0;//evil.example>",
]
INTO = ["\n", "\t", "\0", "\\", "<", ">", '"', "'", "&#10;", "\u200b", "\r", "/*", "-->", "<!--"]
BETWEEN = ["\n\n", " ", "", "**", "`", "> ", "\0", "\u2028"]
AROUND = ["svg", "math", "noscript", "style", "title", "textarea", "template", "select", "p"]
STEPS = [
    *("/", "//", "\\", "/\\", "\\\\", "evil.com", "localhost", "@", ":", "http:", "https:", "\t"),
    *("javascript:", "\n", "\r", "\0", " ", "%2f", "%5c", "%09", ".", "..", "?", "#", ";", "a"),
    *("\u3002", "\uff0f", "\u2044", "[::1]", "xn--", "///", "/.", "/%2e", "data:", "http:/", "&"),
    *("\x0b", "\x1f", "\xa0", "\ufeff", "/ideas", "?next=", "=", "+", ",", "~", "!", "'", "(", ")"),
]


def known() -> list[str]:
    """Texts that others met, where the collections are there, and our own."""
    found = list(OWN)
    if (payloads := DATA / "hostile-html" / "xss_payloads_even.txt").exists():
        found += payloads.read_text("utf-8", "replace").splitlines()
        cases = json.loads((DATA / "hostile-html" / "dompurify_cases_even.json").read_text("utf-8"))
        found += [case["payload"] for case in cases]
    if (strings := DATA / "hostile-strings" / "blns.json").exists():
        found += json.loads(strings.read_text("utf-8"))
    return [text for text in found if text]


def texts(number: int, *, seed: int = 7) -> Iterator[str]:
    """So many, the same for the same seed: known ones, and what comes of cutting them together."""
    draw, seeds = random.Random(seed), known()  # noqa: S311
    for _ in range(number):
        change = draw.choice(CHANGES)
        yield change(draw, draw.choice(seeds), draw.choice(seeds))[:LONGEST]


def _at(draw: random.Random, text: str, more: str) -> str:
    place = draw.randrange(len(text) + 1)
    return text[:place] + more + text[place:]


def _wrapped(draw: random.Random, text: str, _more: str) -> str:
    return f"<{draw.choice(AROUND)}>{text}</{draw.choice(AROUND)}>"


CHANGES: list[Callable[[random.Random, str, str], str]] = [
    lambda _draw, text, _more: text,
    lambda draw, text, more: text + draw.choice(BETWEEN) + more,
    lambda _draw, text, more: f"[{text}]({more})",
    _at,
    lambda draw, text, _more: "".join(c.upper() if draw.random() < 0.5 else c for c in text),
    lambda draw, text, _more: _at(draw, text, draw.choice(INTO)),
    lambda _draw, text, more: "\n".join(f"- {word}" for word in text.split()) + f"\n\n{more}",
    _wrapped,
]


def addresses(number: int, *, seed: int = 3) -> Iterator[str]:
    """What might stand in ``next``."""
    draw = random.Random(seed)  # noqa: S311
    for _ in range(number):
        yield "".join(draw.choice(STEPS) for _ in range(draw.randint(1, 7)))
