"""Staff verify organisations and answer offers; what is refused stands beside what was typed."""

import pytest

from portal.agreements.lifecycle import OfferState
from portal.agreements.models import Offer
from portal.core.database import db
from portal.organisations.lifecycle import Standing
from portal.organisations.models import Organisation
from tests import factories
from tests.conftest import Client


def offer() -> Offer:
    return factories.offer(factories.idea(), factories.organisation())


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"move": "decline", "sentence": ""}, "Say why, in a sentence"),
        ({"move": "decline", "sentence": "so far " * 200}, "1,000 letters at most"),
        ({"move": "withdraw", "sentence": "Mine <b>"}, "Only the organization takes"),
        ({"move": "eat", "sentence": "Mine <b>"}, "Choose one of the buttons."),
        ({"move": "accept", "sentence": "Yes", "seen": "7"}, "Somebody changed this"),
    ],
)
def test_an_answer_that_cannot_be_given_comes_back_as_it_was_typed(
    client: Client, values: dict[str, str], said: str
) -> None:
    made = offer()
    client.sign_in(factories.librarian())

    answer = client.post(f"/staff/partners/offers/{made.id}", data={"seen": "1"} | values)

    assert answer.status_code == 422
    assert said in answer.text
    assert values["sentence"].replace("<", "&lt;").replace(">", "&gt;").strip() in answer.text
    assert f'href="#s-offer-{made.id}"' in answer.text
    assert db.session.get_one(Offer, made.id, populate_existing=True).state is OfferState.MADE


def test_an_offer_is_accepted_with_a_sentence(client: Client) -> None:
    made = offer()
    client.sign_in(factories.librarian())
    data = {"move": "accept", "sentence": "Come in March.", "seen": "1"}

    assert client.post(f"/staff/partners/offers/{made.id}", data=data).status_code == 303

    kept = db.session.get_one(Offer, made.id, populate_existing=True)
    assert (kept.state, kept.answer) == (OfferState.ACCEPTED, "Come in March.")
    late = client.post(f"/staff/partners/offers/{made.id}", data=data)
    assert late.status_code == 422
    assert "You typed: “Come in March.”" in late.text


@pytest.mark.parametrize(
    ("standing", "where", "there"),
    [
        (Standing.APPLIED, {}, "/staff/partners"),
        (Standing.VERIFIED, {"after": ""}, "/staff/partners/all"),
    ],
)
def test_a_no_to_an_organisation_needs_a_sentence_on_either_page(
    client: Client, standing: Standing, where: dict[str, str], there: str
) -> None:
    one = factories.organisation(standing=standing, name="Zyzzyva Guild")
    client.sign_in(factories.librarian())
    no = "decline" if standing is Standing.APPLIED else "pause"
    path, data = f"/staff/partners/{one.id}", {"move": no, "seen": "1"} | where

    refused = client.post(path, data=data)
    assert refused.status_code == 422
    assert "Say why, in a sentence" in refused.text
    assert "Zyzzyva Guild" in refused.text
    assert client.post(path, data=data | {"sentence": "We wait."}).location == there

    kept = db.session.get_one(Organisation, one.id, populate_existing=True)
    assert (kept.standing is standing, kept.reason) == (False, "We wait.")


def test_an_offer_that_cannot_be_accepted_yet_says_why_and_leads_to_what_comes_first(
    client: Client,
) -> None:
    new = factories.organisation(standing=Standing.APPLIED)
    factories.offer(factories.idea(), new)
    client.sign_in(factories.librarian())

    page = client.get("/staff/partners").text

    assert f'<a href="#org-{new.id}">Verify it first, then accept.</a>' in page
    assert f'id="org-{new.id}"' in page
    assert 'value="accept"' not in page
    client.post(f"/staff/partners/{new.id}", data={"move": "verify", "seen": "1"})
    assert 'value="accept"' in client.get("/staff/partners").text
