"""A second look at what was not published: once, and by somebody else."""

import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.core.database import db
from portal.ideas import writing
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea
from portal.ideas.writing import Draft
from portal.mail import sending
from portal.policy import Actor, Role
from tests import factories
from tests.conftest import Client
from tests.mail import conftest as mail
from tests.mail.conftest import Sink

pytestmark = pytest.mark.usefixtures("app")
sink = mail.sink

DRAFT = Draft(title="Seed swap", happens="We swap seeds.", need="Gardens are empty.")


def judge(client: Client, by: Person, idea: Idea, verdict: str) -> int:
    db.session.commit()
    db.session.refresh(idea)
    data = {"verdict": verdict, "seen": str(idea.version), "message": "It sells seeds."}
    return client.sign_in(by).post(f"/staff/review/{idea.id}", data=data).status_code


def refused(client: Client) -> tuple[Idea, Person, Person]:
    """An idea that a librarian did not publish, its author, the librarian."""
    author, librarian = factories.person(), factories.librarian()
    idea = writing.propose(DRAFT, author=Actor(id=author.id))
    db.session.commit()
    assert judge(client, librarian, idea, "refuse") == 303
    return idea, author, librarian


def appeal(client: Client, by: Person, idea: Idea, sentence: str = "We give them away.") -> int:
    data = {"sentence": sentence}
    return client.sign_in(by).post(f"/ideas/{idea.id}/appeal", data=data).status_code


def now(idea: Idea) -> Publication:
    db.session.rollback()
    db.session.refresh(idea)
    return idea.publication


def words(sink: Sink) -> str:
    """The text of the latest mail."""
    body = sink.mails[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_its_author_asks_with_a_sentence_and_a_colleague_decides(client: Client) -> None:
    idea, author, first = refused(client)
    colleague = factories.librarian()
    client.sign_in(author)
    assert "Ask for a second look" in client.get(f"/ideas/{idea.id}-seed-swap").text
    assert "It sells seeds." in client.get(f"/ideas/{idea.id}/appeal").text
    assert appeal(client, author, idea, "") == 422
    assert appeal(client, author, idea) == 303
    assert now(idea) is Publication.PENDING

    assert judge(client, first, idea, "publish") == 403
    assert now(idea) is Publication.PENDING
    assert "You decided on this text before" in client.get(f"/staff/review/{idea.id}").text
    client.sign_in(colleague)
    assert "We give them away." in client.get(f"/staff/review/{idea.id}").text
    assert judge(client, colleague, idea, "publish") == 303
    assert now(idea) is Publication.PUBLISHED
    page = client.application.test_client().get(f"/ideas/{idea.id}-seed-swap").text
    assert "We give them away." not in page


def test_where_there_is_nobody_else_the_same_librarian_reads_it(client: Client) -> None:
    idea, author, alone = refused(client)
    factories.person(Role.LIBRARIAN, branch_id=factories.branch("EAST").id)
    idea.branch_id = factories.branch().id
    db.session.commit()
    assert appeal(client, author, idea) == 303

    assert judge(client, alone, idea, "publish") == 303


def test_once_is_all(client: Client, sink: Sink) -> None:
    idea, author, _first = refused(client)
    sending.send_due()
    assert "ask once for a second look" in words(sink)
    appeal(client, author, idea)
    assert judge(client, factories.librarian(), idea, "refuse") == 303
    sending.send_due()
    assert "ask once for a second look" not in words(sink)

    assert appeal(client, author, idea) == 409
    assert "Ask for a second look" not in client.get(f"/ideas/{idea.id}-seed-swap").text
    assert now(idea) is Publication.NOT_PUBLISHED


def test_nobody_asks_for_another_nor_for_what_was_not_refused(client: Client) -> None:
    idea, author, first = refused(client)
    assert appeal(client, first, idea) == 404
    assert appeal(client, author, factories.idea(author_id=author.id)) == 409

    assert now(idea) is Publication.NOT_PUBLISHED
    lines = db.session.scalars(select(Idea.story_lines).where(Idea.id == idea.id)).one()
    assert lines == 2
