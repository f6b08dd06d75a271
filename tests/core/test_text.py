"""People's words can do no harm on any page."""

import json
import random
import re
from cProfile import Profile
from html.parser import HTMLParser
from pathlib import Path

import pytest

from portal.core import text
from portal.core.text import excerpt, fold, one_line, render, slug

SHARED = Path(__file__).parents[3] / "shared" / "data" / "hostile-html"

OWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](http://tracker.example/pixel.gif)",
    '[x](http://a.example "onmouseover=alert(1)")',
    '[x](http://a.example"onmouseover="alert(1))',
    "[x]: javascript:alert(1)\n\n[x]",
    '<div data-hx-get="/ideas" data-hx-trigger="load">x</div>',
    "<p id=main class=site name=x style='position:fixed'>x</p>",
    "<form action=/sign-out method=post><button>x</button></form>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext></p><img src=x onerror=alert(1)>",
    "`<script>`\n\n    <script>\n\n```\n<script>\n```",
    "# <b onclick=alert(1)>x",
    "x\0<script>\0alert(1)",
]
PIECES = [
    *OWN,
    *"\n \t<>\"'&;()[]!`*_#-=:/\\\0",
    "\n\n",
    "    ",
    "](",
    "<!--",
    "-->",
    "<![CDATA[",
    "&#x6A",
    "&lt;",
    "hx-get=/x ",
    " onload=x ",
    "word",
]
SHAPES = [
    piece * (20_000 // len(piece))
    for piece in (
        *("[", "]", "(", "*", "_", "`", "<", "&", "\\", "#", ">", "-", "!["),
        *("[a](", "*a ", "**a*", "_a_", "`a", "<a ", "&amp", "a\n> ", "- a\n", "1. a\n", "[]()"),
        *("[a]: b\n", "<!--", "&#0;", "\t", " \n", "http://a.", "a@b."),
    )
] + [
    "[" * 10_000 + "]" * 10_000,
    "> " * 10_000,
    "*" * 10_000 + "a" + "*" * 9_999,
    "".join("`" * n + " " for n in range(1, 199)),
    "".join(" " * n + "- a\n" for n in range(140)),
]


class Outside(HTMLParser):
    """Finds what is not on the list of what may be in a text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = {"href", "rel"} if tag == "a" else set()
        if tag not in text._TAGS:
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name, _value in attrs if name not in allowed]
        for name, value in attrs:
            if name == "href" and not self._is_plain(value or ""):
                self.found.append(f"{tag} {name}={value!r}")

    @staticmethod
    def _is_plain(address: str) -> bool:
        """As a browser reads it: control characters around and inside are skipped."""
        read = re.sub(r"[\t\n\r]", "", address).strip("".join(map(chr, range(33))))
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", read)
        return scheme is None or scheme[1].lower() in {"http", "https", "mailto"}


def outside(source: str) -> list[str]:
    return Outside(render(source)).found


@pytest.mark.parametrize("source", OWN)
def test_nothing_but_what_is_on_the_list_comes_out(source: str) -> None:
    assert outside(source) == []


def test_nor_from_mixtures_of_it() -> None:
    chance = random.Random(8)  # noqa: S311
    for _ in range(4_000):
        source = "".join(chance.choices(PIECES, k=chance.randint(1, 12)))
        assert outside(source) == [], repr(source)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of hostile texts is not here")
def test_nor_from_what_others_collected() -> None:
    collected = (SHARED / "xss_payloads_even.txt").read_text("utf-8").splitlines()
    cases = json.loads((SHARED / "dompurify_cases_even.json").read_text("utf-8"))
    collected += [case["payload"] for case in cases]
    bad = [source for source in collected if outside(source) or outside(f"[x]({source})")]

    assert len(collected) > 3_000
    assert bad == []


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: repr(shape[:8]))
def test_the_work_for_a_text_grows_with_its_length_alone(shape: str) -> None:
    profile = Profile()
    profile.runcall(render, shape)

    calls = sum(one.callcount for one in profile.getstats())
    assert 0 < calls < 150 * len(shape)


def test_what_people_use_comes_out() -> None:
    source = "# Fix it\n\nBring *lamps* and **bikes**:\n\n- one\n- two\n\n> [us](https://a.example)"

    assert render(source) == (
        "<h3>Fix it</h3>\n<p>Bring <em>lamps</em> and <strong>bikes</strong>:</p>\n"
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<blockquote>\n"
        '<p><a href="https://a.example" rel="nofollow ugc noopener">us</a></p>\n</blockquote>\n'
    )


def test_what_looks_like_html_is_read_as_words() -> None:
    assert render("a <b>bold</b> & 1 < 2") == "<p>a &lt;b&gt;bold&lt;/b&gt; &amp; 1 &lt; 2</p>\n"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  two \t words\r\nand more ", "two words and more"),
        ("a\0b\x1bc\x85d\u2028e\u2029f", "a b c d e f"),
        ("safe\u202egnp.exe\u2066\u2069", "safegnp.exe"),
        ("\u200b\u2060\ufeff ", ""),
        ("שלום\u200f עולם", "שלום\u200f עולם"),
        ("👩\u200d🔧", "👩\u200d🔧"),
    ],
)
def test_one_line(typed: str, line: str) -> None:
    assert one_line(typed) == line


def test_an_excerpt_is_cut_between_words() -> None:
    assert excerpt("one two three", 13) == "one two three"
    assert excerpt("one two, three", 10) == "one two…"
    assert excerpt("o" * 20, 10) == "o" * 10 + "…"


@pytest.mark.parametrize(
    ("title", "made"),
    [
        ("Repair evenings, at the Café", "repair-evenings-at-the-cafe"),
        ("Straße & Øl", "strasse-l"),
        ("図書館", ""),
        ("../../etc/passwd?x=<y>", "etc-passwd-x-y"),
        ("word " * 30, "-".join(["word"] * 12)),
    ],
)
def test_a_slug_is_plain_letters(title: str, made: str) -> None:
    assert slug(title) == made


def test_two_spellings_of_a_word_fold_to_one() -> None:
    assert fold("CAFÉ") == fold("cafe\u0301") == "cafe"
