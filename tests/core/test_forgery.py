"""No other site may act in a person's name."""

import pytest
from flask.testing import FlaskClient

from tests import factories
from tests.conftest import Probe

OURS = "http://localhost"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OURS}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Sec-Fetch-Site": "none"}, 400),
        ({"Sec-Fetch-Site": ""}, 400),
    ],
)
def test_a_stranger_sends_from_our_page(probe: Probe, headers: dict[str, str], status: int) -> None:
    assert probe.client.post("/probe", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": OURS}, 200),
        ({"Origin": "http://localhost.evil.example"}, 400),
        ({"Origin": "https://localhost"}, 400),
        ({"Origin": "http://localhost:8080"}, 400),
        ({"Origin": "null"}, 400),
        ({"Referer": OURS + "/ideas"}, 400),
        ({}, 400),
    ],
)
def test_an_older_browser_says_so_by_its_origin(
    probe: Probe, headers: dict[str, str], status: int
) -> None:
    app = probe.client.application
    plain = FlaskClient(app, app.response_class)  # adds no headers of its own

    assert plain.post("/probe", headers=headers).status_code == status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_person_signed_in_sends_the_token(probe: Probe, method: str) -> None:
    client = probe.client.sign_in(factories.person())

    for forged in ("", "x", client.token + "x"):
        headers = {"X-CSRFToken": forged}
        assert client.open("/probe", method=method, headers=headers).status_code == 400
    expected = 200 if method == "POST" else 405
    assert client.open("/probe", method=method).status_code == expected


def test_the_token_of_another_session_is_worth_nothing(probe: Probe) -> None:
    other = probe.client.application.test_client()
    with other.session_transaction() as session:
        session["csrf_token"] = "another"
    client = probe.client.sign_in(factories.person())
    with client.session_transaction() as session:
        session["csrf_token"] = "somebody else's draw"

    assert client.post("/probe").status_code == 400


def test_a_refusal_says_what_to_do(probe: Probe) -> None:
    answer = probe.client.post("/probe", headers={"Sec-Fetch-Site": "cross-site"})

    assert "This did not come from our page" in answer.text
    assert "Open the page again and send it from there." in answer.text


def test_reading_needs_no_proof(probe: Probe) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    assert probe.client.get("/probe", headers=headers).status_code == 200
