"""Static files as a browser gets them: hashed, kept for good, compressed, and nothing beside."""

import gzip
from pathlib import Path

import brotli
import pytest

from portal.core import assets
from portal.core.headers import OF_A_FILE
from tests.conftest import Client

FONTS = ("atkinson-next-400-700.woff2", "besley-600.woff2")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("css/app.css", 'text/css; charset="utf-8"'),
        ("js/app.js", 'text/javascript; charset="utf-8"'),
        ("vendor/htmx.min.js", 'text/javascript; charset="utf-8"'),
        ("vendor/icons.svg", "image/svg+xml"),
        ("vendor/fonts/besley-600.woff2", "font/woff2"),
        ("vendor/notices.txt", 'text/plain; charset="utf-8"'),
    ],
)
def test_a_file_is_kept_for_good_and_never_asked_for_again(
    client: Client, name: str, kind: str
) -> None:
    answer = client.get(assets.asset(name))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert {name: answer.headers[name] for name in OF_A_FILE} == OF_A_FILE


def test_a_file_comes_compressed_as_the_browser_likes_it(client: Client) -> None:
    address = assets.asset("css/app.css")
    plain = client.get(address, headers={"Accept-Encoding": ""}).data

    small = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    older = client.get(address, headers={"Accept-Encoding": "gzip"})

    assert small.headers["Content-Encoding"] == "br"
    assert brotli.decompress(small.data) == plain
    assert older.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(older.data) == plain
    assert "Accept-Encoding" in small.headers["Vary"]


def test_the_style_sheet_brings_only_files_that_are_there(client: Client) -> None:
    css = client.get(assets.asset("css/app.css")).text
    named = {part.partition(")")[0] for part in css.split("url(")[1:]}

    assert {assets.asset(f"vendor/fonts/{name}") for name in FONTS} <= named
    assert [client.get(address).status_code for address in named] == [200] * len(named)


@pytest.mark.parametrize(
    "address",
    [
        "/static/",
        "/static/css/app.css",
        "/static/css/app.000000000000.css",
        "/static/../pyproject.toml",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
    ],
)
def test_what_is_not_published_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_file_can_only_be_read(client: Client) -> None:
    assert client.post(assets.asset("css/app.css")).status_code == 405


def test_without_web_parts_a_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "MANIFEST", tmp_path / "none.json")
    assets.manifest.cache_clear()

    with pytest.raises(assets.NotBuilt, match="Run: make run"):
        assets.asset("css/app.css")
