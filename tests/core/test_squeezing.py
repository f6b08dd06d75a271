"""Compressed where that is safe and the browser can read it."""

import gzip

import pytest

from tests import factories
from tests.conftest import Client

GZIP = {"Accept-Encoding": "gzip, br"}


def test_a_stranger_s_page_is_the_same_but_shorter(client: Client) -> None:
    plain, squeezed = client.get("/help"), client.get("/help", headers=GZIP)

    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.data) == plain.data
    assert int(squeezed.headers["Content-Length"]) == len(squeezed.data) < len(plain.data) / 2


def test_a_page_with_a_forgery_token_is_never_squeezed(client: Client) -> None:
    page = client.sign_in(factories.person()).get("/help", headers=GZIP)

    assert "csrf_token" in page.text
    assert "Content-Encoding" not in page.headers


@pytest.mark.parametrize("accepts", ["", "br", "gzip;q=0"])
def test_a_browser_that_does_not_want_it_does_not_get_it(client: Client, accepts: str) -> None:
    page = client.get("/help", headers={"Accept-Encoding": accepts})

    assert "Content-Encoding" not in page.headers
    assert "Accept-Encoding" in page.headers["Vary"]


def test_a_few_bytes_stay_as_they_are(client: Client) -> None:
    assert "Content-Encoding" not in client.get("/healthz", headers=GZIP).headers
