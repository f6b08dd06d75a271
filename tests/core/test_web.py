"""What may be trusted of a request."""

import random
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import request

from portal.core.web import LARGEST_ID, id_argument, leave_for, local_path
from tests.conftest import Probe

STRINGS = Path(__file__).parents[3] / "shared" / "data" / "hostile-strings" / "blns.txt"

PIECES = [
    *("/", "//", "///", "////", "\\", "/\\", "\\\\", "/.", "/..", "/%2e", "/./", "/;/", "."),
    *("evil.example", "localhost", "@", ":", ":80", "[::1]", "127.1", "xn--", "a", "ideas"),
    *("http:", "https:", "http:/", "http:///", "javascript:", "data:", "//evil.example"),
    *("\t", "\n", "\r", "\0", "\x0b", "\x1f", "\x7f", " ", "\u00a0", "\ufeff", "\u200b"),
    *("%2f", "%5c", "%09", "%0a", "%00", "?", "#", ";", "&", "=", "|", "^", '"', "<", "'"),
    *("\u3002", "\uff0f", "\uff3c", "\u2044", "\u2215", "\ud7ff", "é"),
]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ideas",
        "/ideas/131-repair-evenings",
        "/ideas?q=kayak&branch=2&after=WzEsMl0",
        "/events/3/1#seats",
        "/ideas?q=caf%C3%A9+night",
    ],
)
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "ideas",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "http://evil.example",
        "HTTPS:evil.example",
        "javascript:alert(1)",
        "/ideas\r\nSet-Cookie: a=b",
        "/ideas\n",
        "/idées",
        "/" + "a" * 1000,
    ],
)
def test_anything_else_is_the_home_page(address: str | None) -> None:
    assert local_path(address) == "/"
    assert local_path(address, default="/me") == "/me"


def test_no_mixture_leads_away() -> None:
    chance = random.Random(18)  # noqa: S311
    typed = ["".join(chance.choices(PIECES, k=chance.randint(1, 7))) for _ in range(50_000)]
    if STRINGS.exists():
        typed += STRINGS.read_text("utf-8").splitlines()
    kept = [path for path in typed if local_path(path) == path]

    assert len(kept) > 500
    assert [path for path in kept if not _stays(path)] == []


def _stays(path: str) -> bool:
    """As a browser reads it: it skips tabs and line ends, and takes \\ for /."""
    read = re.sub(r"[\t\n\r]", "", path).strip().replace("\\", "/")
    whole = urlsplit(urljoin("http://library.example/sign-in", read))
    return not read.startswith("//") and whole.netloc == "library.example"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("5", 5),
        (str(LARGEST_ID), LARGEST_ID),
        (str(LARGEST_ID + 1), None),
        ("9" * 5000, None),
        ("0", None),
        ("-5", None),
        ("x", None),
        ("", None),
        ("5;--", None),
    ],
)
def test_an_id_in_an_address_is_one_that_a_database_holds(
    probe: Probe, typed: str, number: int | None
) -> None:
    probe.does(lambda: repr(id_argument("id")))

    assert probe.client.get("/probe", query_string={"id": typed}).text == repr(number)


def test_a_number_too_large_in_a_path_is_no_address(probe: Probe) -> None:
    assert probe.client.get(f"/sign-in/waiting/{LARGEST_ID}").status_code == 303
    assert probe.client.get(f"/sign-in/waiting/{LARGEST_ID + 1}").status_code == 404
    assert probe.client.get("/sign-in/waiting/" + "9" * 500).status_code == 404


def test_leaving_changes_the_whole_page(probe: Probe) -> None:
    probe.does(lambda: leave_for("/ideas"))
    whole, part = (
        probe.client.get("/probe"),
        probe.client.get("/probe", headers={"HX-Request": "true"}),
    )

    assert (whole.status_code, whole.location) == (303, "/ideas")
    assert (part.status_code, part.text, part.headers["HX-Redirect"]) == (200, "", "/ideas")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil", ""])
def test_another_host_is_refused(probe: Probe, host: str) -> None:
    answer = probe.client.get("/probe", headers={"Host": host})

    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_nobody_is_believed_about_the_way_they_came(probe: Probe) -> None:
    probe.does(lambda: f"{request.remote_addr} {request.scheme} {request.host}")
    headers = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
    }

    assert probe.client.get("/probe", headers=headers).text == "127.0.0.1 http localhost"
