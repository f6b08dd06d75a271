from time import process_time

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.core.locale import short_date
from portal.ideas import deciding, voting, writing
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea, Revision
from portal.ideas.writing import Draft
from portal.mail import sending
from portal.mail.models import Outgoing
from portal.moderation.queries import PRIVATE
from portal.notifications import subscribing
from portal.notifications.models import Reason
from portal.policy import Actor, Role
from portal.settings.models import Reply
from portal.settings.queries import today
from tests import factories
from tests.conftest import Client
from tests.mail import conftest as mail
from tests.mail.conftest import Sink

sink = mail.sink
DRAFT = Draft(title="Seed swap", happens="We swap seeds.", need="Call me: 555 123 4567.")


def pending(author_id: int | None = None) -> Idea:
    idea = writing.propose(DRAFT, author=Actor(id=author_id or factories.person().id))
    db.session.commit()
    return idea


def judge(client: Client, idea: Idea, verdict: str, **values: str) -> int:
    data = {"verdict": verdict, "seen": str(idea.version)} | values
    return client.post(f"/staff/review/{idea.id}", data=data).status_code


def told() -> list[tuple[str, int | None]]:
    rows = db.session.execute(select(Outgoing.kind, Outgoing.person_id)).all()
    return [(kind, person) for kind, person in rows]


def test_the_queue_begins_with_the_oldest_and_hints_at_private_details(client: Client) -> None:
    idea = pending()
    pending()
    client.sign_in(factories.librarian())

    assert client.get("/staff/review").location == f"/staff/review/{idea.id}"
    page = client.get(f"/staff/review/{idea.id}").text
    assert "<mark>555 123 4567</mark>" in page
    assert "New person" in page


def test_a_published_idea_is_public_and_its_author_voted_and_hears(client: Client) -> None:
    idea = pending()
    client.sign_in(factories.librarian())

    assert judge(client, idea, "publish", topic=str(factories.topic().id)) == 303

    db.session.refresh(idea)
    assert (idea.publication, idea.votes) == (Publication.PUBLISHED, 1)
    assert idea.topic_id == factories.topic().id
    assert told() == [("idea_publish", idea.author_id)]


def test_after_publish_and_trust_the_next_idea_appears_at_once(client: Client) -> None:
    author = factories.person()
    client.sign_in(factories.librarian())
    judge(client, pending(author.id), "trust")

    assert pending(author.id).publication is Publication.PUBLISHED


@pytest.mark.parametrize(
    ("verdict", "became"),
    [("send_back", Publication.SENT_BACK), ("refuse", Publication.NOT_PUBLISHED)],
)
def test_a_no_needs_a_reason(client: Client, verdict: str, became: Publication) -> None:
    idea = pending()
    client.sign_in(factories.librarian())

    assert judge(client, idea, verdict) == 422
    assert judge(client, idea, verdict, message="Leave out the number.") == 303

    db.session.refresh(idea)
    assert idea.publication is became
    assert told() == [(f"idea_{verdict}", idea.author_id)]


def test_what_was_sent_back_comes_again_once_it_is_changed(client: Client) -> None:
    author = factories.person()
    idea = pending(author.id)
    client.sign_in(factories.librarian())
    judge(client, idea, "send_back", message="Leave out the number.")
    db.session.refresh(idea)

    writing.edit(
        idea.id,
        Draft(title="Seed swap", happens="We swap.", need="Gardens."),
        author=Actor(id=author.id),
        seen=idea.version,
    )

    assert (idea.publication, idea.need) == (Publication.PENDING, "Gardens.")


def test_a_press_that_is_none_decides_nothing(client: Client) -> None:
    idea = pending()
    client.sign_in(factories.librarian())

    assert [judge(client, idea, none) for none in ("", "everything")] == [422, 422]
    assert idea.publication is Publication.PENDING


def test_nobody_judges_their_own(client: Client) -> None:
    author = factories.person(Role.ADMINISTRATOR)
    own = writing.propose(
        Draft(title="Mine", happens="x", need="y", suspicious=True),
        author=Actor(id=author.id),
    )
    client.sign_in(author)

    assert "You wrote this yourself" in client.get(f"/staff/review/{own.id}").text
    assert judge(client, own, "publish") == 403


def test_the_second_of_two_librarians_is_told_and_loses_no_word(client: Client) -> None:
    idea = pending()
    faster = factories.librarian()
    client.sign_in(faster)
    seen = str(idea.version)
    assert judge(client, idea, "send_back", message="Why?") == 303
    client.sign_in(factories.librarian())
    reply = factories.kept(Reply(title="Thanks", words="Thank you for asking."))
    typed = {"verdict": "refuse", "seen": seen, "message": "Not <here>.", "reply": str(reply.id)}

    answer = client.post(f"/staff/review/{idea.id}", data=typed)

    assert answer.status_code == 409
    assert f"{faster.name} asked its author for changes" in answer.text
    assert f"{short_date(today())}, " in answer.text
    assert "Thank you for asking.\n\nNot &lt;here&gt;.</textarea>" in answer.text
    db.session.refresh(idea)
    assert idea.publication is Publication.SENT_BACK
    assert "What you typed" not in client.get(f"/staff/review/{idea.id}").text


def test_nobody_had_to_decide_on_what_its_author_took_back(client: Client) -> None:
    idea, author, _people = published(client)
    changed(idea, author)
    deciding.retire(idea.id, author=author)
    db.session.commit()

    answer = client.post(f"/staff/review/{idea.id}", data={"verdict": "publish", "seen": "1"})

    assert answer.status_code == 409
    assert "Nobody has to decide on it any more" in answer.text


def test_an_empty_queue_says_well_done(client: Client) -> None:
    client.sign_in(factories.librarian())

    assert "All caught up" in client.get("/staff/review").text


def test_residents_do_not_see_the_queue(client: Client) -> None:
    idea = pending()
    client.sign_in(factories.person())

    assert client.get("/staff/review").status_code == 403
    assert client.get(f"/staff/review/{idea.id}").status_code == 403


def test_the_second_of_two_librarians_is_told_that_somebody_was_faster(client: Client) -> None:
    idea = pending()
    client.sign_in(factories.librarian())
    seen = str(idea.version)
    assert judge(client, idea, "send_back", message="Say when.", seen=seen) == 303
    writing.edit(idea.id, DRAFT, author=Actor(id=idea.author_id), seen=idea.version)

    assert judge(client, idea, "publish", seen=seen) >= 400

    db.session.refresh(idea)
    assert idea.publication is Publication.PENDING


def test_no_text_makes_the_hints_slow() -> None:
    for piece in ("a", "a.", "a@", "1", "1 ", "+1 (", "@a.", "a@a"):
        begun = process_time()
        PRIVATE.findall(piece * (10_000 // len(piece)))
        assert process_time() - begun < 0.1, piece


CHANGED = Draft(title="Bee yard", happens="We keep bees.", need="Few bees are left.")


def changed(idea: Idea, author: Actor) -> Idea:
    """A public idea, with a newer text that its author sent."""
    writing.edit(idea.id, CHANGED, author=author, seen=idea.version)
    db.session.commit()
    return idea


def published(client: Client) -> tuple[Idea, Actor, list[int]]:
    """A public idea of a trusted author, with two voters and one who pressed Follow."""
    author = factories.person()
    idea = pending(author.id)
    client.sign_in(factories.librarian())
    judge(client, idea, "trust")
    db.session.refresh(idea)
    people = [factories.person().id for _ in range(3)]
    for person_id in people[:2]:
        voting.cast(idea.id, person_id=person_id)
    subscribing.follow(idea.id, person_id=people[2], reason=Reason.FOLLOWS)
    db.session.commit()
    return idea, Actor(id=author.id), people


def test_what_others_voted_for_waits_when_it_is_changed_whoever_wrote_it(client: Client) -> None:
    idea, author, _people = published(client)

    changed(idea, author)

    assert (idea.title, idea.revisions) == ("Seed swap", 2)
    assert "Bee yard" in client.get(f"/staff/review/{idea.id}").text


def test_before_anybody_else_voted_a_trusted_author_changes_at_once(client: Client) -> None:
    author = factories.person()
    client.sign_in(factories.librarian())
    judge(client, pending(author.id), "trust")
    idea = pending(author.id)

    assert changed(idea, Actor(id=author.id)).title == "Bee yard"


def test_a_changed_meaning_is_told_to_all_who_follow_but_its_author(
    client: Client, sink: Sink
) -> None:
    idea, author, people = published(client)
    changed(idea, author)
    sending.send_due()
    sink.mails.clear()

    assert judge(client, idea, "publish", meaning_changed="y") == 303

    hear = [person for kind, person in told() if kind == "idea_changed"]
    assert sorted(hear) == sorted(people)  # type: ignore[type-var]
    sending.send_due()
    by_subject = {str(one["Subject"]): one for one in sink.mails}
    assert set(by_subject) == {
        "Your change is public: Bee yard",
        "An idea that you follow has changed: Bee yard",
    }
    letter = by_subject["An idea that you follow has changed: Bee yard"]
    assert "take your vote back" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_change_of_words_alone_is_told_to_its_author_only(client: Client) -> None:
    idea, author, _people = published(client)
    changed(idea, author)

    assert judge(client, idea, "publish") == 303

    db.session.refresh(idea)
    assert idea.title == "Bee yard"
    assert "idea_changed" not in [kind for kind, _person in told()]


@pytest.mark.parametrize("verdict", ["send_back", "refuse"])
def test_a_change_that_does_not_appear_leaves_the_idea_and_says_so(
    client: Client, sink: Sink, verdict: str
) -> None:
    idea, author, _people = published(client)
    changed(idea, author)
    sending.send_due()
    sink.mails.clear()

    assert judge(client, idea, verdict, message="Why bees?") == 303

    sending.send_due()
    words = sink.mails[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Your idea stays as it was." in words
    db.session.refresh(idea)
    assert (idea.publication, idea.title) == (Publication.PUBLISHED, "Seed swap")


def test_no_mail_calls_an_idea_public_that_is_not_any_more(client: Client, sink: Sink) -> None:
    idea = pending()
    client.sign_in(factories.librarian())
    judge(client, idea, "publish")
    deciding.retire(idea.id, author=Actor(id=idea.author_id))
    db.session.commit()

    sending.send_due()

    assert sink.mails == []


def rewritten() -> Idea:
    """A public idea with a newer text that waits."""
    idea = factories.idea(author_id=factories.person().id, title="Old <title>")
    writing_anew = Draft(title="New title", happens="We swap bulbs.", need="Bare gardens.")
    first = Revision(idea_id=idea.id, n=1, title=idea.title, happens="x", need="y")
    factories.kept(first).approved_at = clock.now()
    idea.revisions = 1
    writing.edit(idea.id, writing_anew, author=Actor(id=idea.author_id), seen=idea.version)
    db.session.commit()
    return idea


def test_a_change_is_read_beside_the_text_that_is_public(client: Client) -> None:
    idea = rewritten()
    page = client.sign_in(factories.librarian()).get(f"/staff/review/{idea.id}").text

    assert "The text that is public now" in page
    assert "Old &lt;title&gt;" in page
    assert "We swap bulbs." in page
    assert "New person" not in page


def test_a_text_that_changed_while_it_was_read_comes_with_what_was_typed(client: Client) -> None:
    idea = pending()
    seen = str(idea.version)
    newer = Draft(title="Seed swap", happens="We swap bulbs, too.", need="Gardens.")
    writing.edit(idea.id, newer, author=Actor(id=idea.author_id), seen=idea.version)
    db.session.commit()
    client.sign_in(factories.librarian())

    data = {"verdict": "send_back", "seen": seen, "message": "Leave out the <number>."}
    answer = client.post(f"/staff/review/{idea.id}", data=data)

    assert answer.status_code == 422
    assert "Leave out the &lt;number&gt;." in answer.text
    assert "We swap bulbs, too." in answer.text
    db.session.refresh(idea)
    assert f'name="seen" type="hidden" value="{idea.version}"' in answer.text
    assert idea.publication is Publication.PENDING


def test_after_a_verdict_comes_the_next_one(client: Client) -> None:
    first, second, third = pending(), pending(), pending()
    client.sign_in(factories.librarian())
    data = {"verdict": "publish", "seen": str(second.version)}

    answer = client.post(f"/staff/review/{second.id}", data=data)

    assert answer.location == f"/staff/review/{third.id}"
    answer = client.post(f"/staff/review/{third.id}", data=data | {"seen": str(third.version)})
    assert answer.location == f"/staff/review/{first.id}"


def test_the_queue_begins_with_what_this_reader_may_decide(client: Client) -> None:
    author = factories.person(Role.LIBRARIAN)
    own = Draft(title="Mine", happens="x", need="y", suspicious=True)
    mine = writing.propose(own, author=Actor(id=author.id))
    db.session.commit()
    assert "1 text waits for a colleague." in client.sign_in(author).get("/staff/review").text
    other = pending()
    assert client.get("/staff/review").location == f"/staff/review/{other.id}"

    mine.branch_id = factories.branch("MAIN").id
    db.session.commit()
    elsewhere = factories.person(Role.LIBRARIAN, branch_id=factories.branch("EAST").id)
    page = client.sign_in(elsewhere).get(f"/staff/review/{mine.id}").text
    assert "This is for another branch" in page
    assert "You wrote this yourself" not in page
