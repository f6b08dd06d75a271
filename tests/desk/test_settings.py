"""The rest of the settings: saved replies where they are used, mail, and the first steps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from portal.accounts.models import Person
from portal.core import clock
from portal.core.database import db
from portal.ideas import writing
from portal.ideas.writing import Draft
from portal.mail.models import Outgoing
from portal.policy import Actor, Role
from portal.programs.lifecycle import SessionStage
from portal.settings.models import Library, Reply, Room
from tests import factories
from tests.conftest import Client

REPLY = {"title": "Too long", "words": "Make it shorter, for everybody to read."}


@pytest.fixture
def administrator(client: Client) -> Client:
    return client.sign_in(factories.person(Role.ADMINISTRATOR))


def waiting() -> tuple[str, dict[str, str]]:
    """Where a text is read that waits, and what says which version of it was read."""
    draft = Draft(title="Seed swap", happens="We swap seeds.", need="Gardens are empty.")
    idea = writing.propose(draft, author=Actor(id=factories.person().id))
    return f"/staff/review/{idea.id}", {"seen": str(idea.version)}


def message() -> str:
    owed = select(Outgoing).where(Outgoing.kind.in_(("idea_send_back", "idea_refuse")))
    return str((db.session.scalars(owed).one().context or {})["message"])


def test_a_saved_reply_is_sent_before_the_librarian_s_own_words(administrator: Client) -> None:
    review, seen = waiting()
    assert "Saved reply" not in administrator.get(review).text
    administrator.post("/staff/settings/replies/new", data=REPLY)
    reply = db.session.scalars(select(Reply)).one()
    assert REPLY["words"] in administrator.get(review).text

    sent = seen | {"reply": str(reply.id), "message": "Two lines will do."}
    answer = administrator.post(review, data=sent | {"verdict": "send_back"})
    assert answer.status_code == 303
    assert message() == "Make it shorter, for everybody to read.\n\nTwo lines will do."


def test_a_saved_reply_is_reason_enough(administrator: Client) -> None:
    review, seen = waiting()
    reply = factories.kept(Reply(**REPLY))

    empty = seen | {"verdict": "refuse", "message": ""}
    assert administrator.post(review, data=empty).status_code == 422
    sent = empty | {"reply": str(reply.id)}
    assert administrator.post(review, data=sent).status_code == 303
    assert message() == REPLY["words"]


def test_both_together_are_not_longer_than_one_may_be(administrator: Client) -> None:
    reply = factories.kept(Reply(title="Long", words="a" * 900))
    review, seen = waiting()
    sent = seen | {"verdict": "refuse", "reply": str(reply.id), "message": "b" * 100}

    answer = administrator.post(review, data=sent)

    assert answer.status_code == 422
    assert "Make your message shorter: 1,000 letters at most" in answer.text


def test_replies_are_changed_and_dropped_and_have_names_of_their_own(
    administrator: Client,
) -> None:
    one, other = (factories.kept(Reply(title=title, words="…")) for title in ("One", "Other"))
    there = f"/staff/settings/replies/{one.id}"

    taken = administrator.post(there, data={"title": "Other", "words": "New words"})
    assert taken.status_code == 422
    assert "There is a reply with this name already." in taken.text
    assert "New words" in taken.text
    administrator.post(there, data={"title": "One", "words": "New words"})
    administrator.post(f"/staff/settings/replies/{other.id}/drop")
    rows = db.session.execute(select(Reply.title, Reply.words)).all()
    assert [tuple(row) for row in rows] == [("One", "New words")]
    assert administrator.get("/staff/settings/replies/999").status_code == 404


def test_a_test_mail_is_owed_to_whoever_asks_and_its_fate_is_told(administrator: Client) -> None:
    answer = administrator.post("/staff/settings/mail")

    owed = db.session.scalars(select(Outgoing)).one()
    me = db.session.scalars(select(Person.id)).one()
    assert (owed.kind, owed.person_id) == ("settings_test", me)
    assert "Your test mail waits" in administrator.get(answer.location).text, "no server is named"
    for values, said in (
        ({"last_error": "550 <b>no</b> such user"}, "550 &lt;b&gt;no&lt;/b&gt; such user"),
        ({"last_error": "SMTPAuthenticationError: (535, b'')"}, "take this user and password"),
        ({"state": "sent", "last_error": ""}, "Your test mail was sent"),
    ):
        db.session.execute(update(Outgoing).values(values))
        assert said in administrator.get(answer.location).text


def test_test_mails_are_few(administrator: Client) -> None:
    statuses = [administrator.post("/staff/settings/mail").status_code for _ in range(6)]

    assert statuses == [303] * 5 + [429]


def test_the_page_about_mail_never_shows_a_password(administrator: Client) -> None:
    app = administrator.application
    outside = replace(
        app.extensions["portal"],
        smtp_host="mail.example.org",
        smtp_user="portal",
        smtp_password="s3cret-words",
    )
    before, app.extensions["portal"] = app.extensions["portal"], outside
    try:
        page = administrator.get("/staff/settings/mail").text
    finally:
        app.extensions["portal"] = before

    assert "mail.example.org:25" in page
    assert "s3cret-words" not in page


def first_steps(client: Client) -> str:
    page = client.get("/staff").text
    return page[page.index("Your first steps") :][:400] if "Your first steps" in page else ""


def test_first_steps_tick_themselves_off_and_go(administrator: Client) -> None:
    assert "2 of 5 done" in first_steps(administrator)  # places and topics are there

    administrator.post("/staff/settings/look", data={"brand_colour": "#0f5147"})
    assert "3 of 5 done" in first_steps(administrator)
    factories.idea()
    assert "3 of 5 done" in first_steps(administrator), "somebody else's idea is not your own"
    factories.idea(author_id=db.session.scalars(select(Person.id).order_by(Person.id)).first())
    assert "4 of 5 done" in first_steps(administrator)
    administrator.post(
        "/staff/settings/people", data={"email": "lena@example.org", "role": "librarian"}
    )
    assert first_steps(administrator) == ""


def test_first_steps_go_with_the_first_event_for_who_works_alone(administrator: Client) -> None:
    me = db.session.scalars(select(Person.id)).one()
    held, program = SessionStage.HELD, factories.program(planner_id=me)
    ago = clock.now() - timedelta(days=2)
    factories.session(program, starts=ago, stage=held, head_count=9)
    assert first_steps(administrator) == ""

    db.session.execute(delete(Room))
    db.session.execute(update(Library).values(version=Library.version + 1))
    assert "1 of 5 done" in first_steps(administrator), "without a room it has not begun"


def test_first_steps_are_for_whoever_can_take_them(client: Client) -> None:
    client.sign_in(factories.librarian())
    assert first_steps(client) == ""


def test_the_demo_says_how_to_begin_a_library_of_one_s_own(administrator: Client) -> None:
    assert "Start your own library" not in administrator.get("/staff").text
    db.session.execute(update(Library).values(demo=True))

    page = administrator.get("/staff").text
    assert "Start your own library" in page
    assert "flask portal init --name" in page
    assert "flask portal link you@example.org" in page
    assert "Your first steps" not in page


def test_today_costs_the_same_with_first_steps(
    administrator: Client, statements: list[str]
) -> None:
    administrator.get("/staff")
    statements.clear()
    administrator.get("/staff")

    assert sum("audit_entries" in one for one in statements) == 1
