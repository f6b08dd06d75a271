"""The survey on a phone: what it shows, what it never touches, and what a mistake costs."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.surveys import guessing, tickets
from portal.surveys.models import Answer
from tests import factories
from tests.conftest import Client
from tests.surveys.conftest import Asked, held

TICKS = {"tick_knowledge": "4", "tick_confidence": "3", "words_0": "The soup", "quotable": "y"}


def answers() -> list[object]:
    db.session.rollback()
    return list(db.session.scalars(select(Answer.answers)))


def test_from_the_link_to_thank_you(client: Client, ask: Asked) -> None:
    token = ask(held(5))[0]
    first = client.get("/s/")
    assert first.status_code == 200
    assert "/static/js/survey" in first.text

    page = client.post("/s/", data={"ticket": token})
    assert page.status_code == 200
    assert "I learned something by participating in this library activity" in page.text
    assert page.text.count('type="radio"') == 25

    sent = client.post("/s/answer", data=TICKS | {"ticket": token})
    assert (sent.status_code, sent.location) == (303, "/s/thanks")
    assert client.get("/s/thanks").status_code == 200
    assert answers() == [
        {
            "ticks": {"knowledge": 4, "confidence": 3},
            "words": ["The soup", ""],
            "quotable": True,
        }
    ]


def test_the_second_answer_gets_the_one_fixed_page(client: Client, ask: Asked) -> None:
    token = ask(held(5))[0]
    client.post("/s/answer", data=TICKS | {"ticket": token})
    again = client.post("/s/answer", data=TICKS | {"ticket": token})
    shown = client.post("/s/", data={"ticket": token})

    assert again.status_code == shown.status_code == 410
    assert again.data == shown.data
    assert "This link has been used." in again.text
    assert "If you have just sent your answers: thank you, we have them." in again.text
    assert len(answers()) == 1


def test_letters_that_nobody_was_sent_cost_a_sentence(client: Client, ask: Asked) -> None:
    ask(held(5))
    page = client.post("/s/", data={"ticket": "K7M4-P2GX-9QRT"})

    assert page.status_code == 422
    assert "We do not know these letters, or they have been used." in page.text
    assert 'value="K7M4-P2GX-9QRT"' in page.text
    assert client.post("/s/", data={"ticket": "  "}).status_code == 422


def test_what_is_too_long_is_said_and_nothing_is_lost(client: Client, ask: Asked) -> None:
    token = ask(held(5))[0]
    long = "soup " * 401
    page = client.post("/s/answer", data=TICKS | {"ticket": token, "words_1": long})

    assert page.status_code == 422
    assert "Make this shorter: up to 2,000 letters" in page.text
    assert "The soup" in page.text
    assert long.strip() in page.text
    assert page.text.count(" checked") == 3
    assert answers() == []
    assert client.post("/s/answer", data=TICKS | {"ticket": token}).status_code == 303


@pytest.mark.parametrize("place", ["5", "-1", "4.0", "x"])
def test_a_place_that_is_not_on_the_scale_is_refused(
    client: Client, ask: Asked, place: str
) -> None:
    token = ask(held(5))[0]
    page = client.post("/s/answer", data={"ticket": token, "tick_knowledge": place})

    assert page.status_code == 422
    assert "Choose one of the answers that are here." in page.text
    assert answers() == []


def test_nothing_at_all_is_not_an_answer(client: Client, ask: Asked) -> None:
    token = ask(held(5))[0]
    page = client.post("/s/answer", data={"ticket": token, "tick_knowledge": "", "words_0": " "})

    assert page.status_code == 422
    assert "Answer any one question, then send it" in page.text


def test_a_survey_that_has_closed_says_so(client: Client, ask: Asked) -> None:
    token = ask(held(5))[0]
    clock.move(timedelta(days=15))
    page = client.post("/s/", data={"ticket": token})

    assert page.status_code == 410
    assert "This survey has closed." in page.text


def test_who_is_signed_in_is_neither_read_nor_written(
    client: Client, ask: Asked, statements: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    token = ask(held(5))[0]
    client.sign_in(factories.person())
    clock.move(timedelta(hours=1))  # so that a look at the device would be marked
    statements.clear()
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        pages = [
            client.get("/s/"),
            client.post("/s/", data={"ticket": token}),
            client.post("/s/answer", data={"ticket": token}),
            client.post("/s/answer", data=TICKS | {"ticket": token}),
            client.get("/s/thanks"),
        ]

    assert [page.status_code for page in pages] == [200, 200, 422, 303, 200]
    assert not [one for one in statements if "devices" in one or " people " in one]
    written = [one.split()[:3] for one in statements if not one.startswith("SELECT")]
    assert written == [["DELETE", "FROM", "survey_tickets"], ["INSERT", "INTO", "survey_answers"]]
    assert [page.headers.getlist("Set-Cookie") for page in pages] == [[]] * 5
    assert {page.headers["Cache-Control"] for page in pages} == {"no-store"}
    assert caplog.records == []


def test_another_site_cannot_answer_for_anybody(client: Client, ask: Asked) -> None:
    token = ask(held(5))[0]
    page = client.post(
        "/s/answer", data=TICKS | {"ticket": token}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert page.status_code == 400
    assert answers() == []


def test_guesses_at_letters_are_few_and_links_are_never_held_back(
    client: Client, ask: Asked
) -> None:
    token = ask(held(5))[0]
    for _ in range(guessing.MISSES):
        assert client.post("/s/", data={"ticket": "K7M4-P2GX-9QRT"}).status_code == 422
    typed = {"ticket": tickets.letters(token)}

    assert client.post("/s/", data=typed).status_code == 429
    assert client.post("/s/answer", data=TICKS | typed).status_code == 429
    assert client.post("/s/", data={"ticket": token}).status_code == 200
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.post("/s/", data=typed, environ_base=elsewhere).status_code == 200
    clock.move(timedelta(minutes=1))
    assert client.post("/s/", data=typed).status_code == 200


def test_two_hundred_phones_may_answer_from_one_address(client: Client, ask: Asked) -> None:
    codes = [tickets.letters(token) for token in ask(held(60))]
    sent = [client.post("/s/answer", data=TICKS | {"ticket": code}) for code in codes]

    assert {page.status_code for page in sent} == {303}
    assert len(answers()) == 60
