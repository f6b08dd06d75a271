"""What strangers did with ideas says so in plain words, on the page and in the mail."""

from portal.ideas.lifecycle import Publication
from tests import factories
from tests.conftest import Client


def test_a_vote_that_waits_names_its_idea(client: Client) -> None:
    idea = factories.idea(title="Chess <for> all")

    assert (
        "Your vote for “Chess &lt;for&gt; all” waits."
        in client.get(client.post(f"/ideas/{idea.id}/vote").location).text
    )


def test_but_not_once_it_was_hidden(client: Client) -> None:
    idea = factories.idea(title="Chess for all")
    address = client.post(f"/ideas/{idea.id}/vote").location
    idea.publication = Publication.HIDDEN

    page = client.get(address).text
    assert "A vote waits." in page
    assert "Chess" not in page


def test_who_sent_their_idea_in_another_browser_finds_it_after_signing_in(client: Client) -> None:
    told = {"title": "Seed swap", "happens": "We swap seeds.", "need": "Gardens are empty."}

    assert client.post("/ideas/new", data=told).location.endswith("next=/me")
