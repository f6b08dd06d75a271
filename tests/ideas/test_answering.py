"""The library's answer: it stands in the story, and everybody who asked hears it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.core.errors import Forbidden, Refused
from portal.ideas import answering, deciding, due, owed, queries, voting
from portal.ideas.answering import Answer
from portal.ideas.lifecycle import Decision, Publication, Stage
from portal.ideas.models import Idea, Life
from portal.mail.letters import Envelope, Letter, renderers
from portal.mail.models import Outgoing
from portal.notifications import subscribing
from portal.notifications.models import Reason
from portal.policy import Actor, Role
from portal.settings.models import Library
from portal.settings.queries import today
from tests import factories
from tests.conftest import Client

pytestmark = pytest.mark.usefixtures("app")

NOT_NOW = Answer(move=Decision.POSTPONE, sentence="The room is being built.", until=date.max)


def staff() -> Actor:
    return Actor(id=factories.librarian().id, grants=frozenset({(Role.LIBRARIAN, None)}))


def said(idea: Idea, answer: Answer = NOT_NOW) -> Idea:
    return answering.answer(idea.id, answer, by=staff(), seen=idea.version)


def told(idea: Idea) -> list[int | None]:
    mails = select(Outgoing.person_id).where(Outgoing.kind == "idea_answered")
    return sorted(db.session.scalars(mails), key=lambda one: one or 0)


def voted(idea: Idea) -> int:
    voter = factories.person()
    voting.cast(idea.id, person_id=voter.id)
    return voter.id


def goal(votes: int) -> None:
    library = db.session.get_one(Library, 1)
    library.vote_goal, library.version = votes, library.version + 1
    db.session.commit()


def test_an_answer_is_a_line_of_the_story_and_each_voter_hears_it_once() -> None:
    idea = factories.idea()
    voters = sorted([voted(idea), voted(idea)])

    said(idea)

    line = queries.story(idea.id)[-1]
    assert (line.became, line.sentence, line.until) == (
        Stage.NOT_NOW, "The room is being built.", date.max
    )  # fmt: skip
    assert told(idea) == voters


def test_who_said_no_to_mail_about_it_is_not_told() -> None:
    idea = factories.idea()
    subscribing.stop(idea.id, person_id=voted(idea))

    said(idea)

    assert told(idea) == []


def test_a_note_changes_nothing_and_tells_nobody() -> None:
    idea = factories.idea(stage=Stage.UNDER_REVIEW, answer_due_on=date(2026, 12, 1))
    voted(idea)

    said(idea, Answer(move=None, sentence="We asked the fire service."))

    line = queries.story(idea.id)[-1]
    assert (line.life, line.sentence) == (Life.NOTE, "We asked the fire service.")
    assert (idea.stage, idea.answer_due_on) == (Stage.UNDER_REVIEW, date(2026, 12, 1))
    assert told(idea) == []


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (Answer(move=Decision.POSTPONE, sentence="", until=date.max), "sentence"),
        (Answer(move=Decision.POSTPONE, sentence="Later."), "needs a date"),
        (Answer(move=Decision.POSTPONE, sentence="Later.", until=date(2020, 1, 1)), "to come"),
        (Answer(move=Decision.DECLINE, sentence="No."), "needs a reason"),
        (Answer(move=Decision.POINT_TO, sentence="Here."), "needs a link"),
        (Answer(move=Decision.REOPEN, sentence="Again."), "does not fit"),
        (Answer(move=Decision.SCHEDULE, sentence="Done."), "does not fit"),
    ],
)
def test_an_answer_that_lacks_what_it_needs_is_refused(answer: Answer, refusal: str) -> None:
    idea = factories.idea()

    with pytest.raises(Refused, match=refusal):
        said(idea, answer)

    assert idea.stage is Stage.OPEN


def test_what_is_on_the_calendar_is_not_answered_away() -> None:
    with pytest.raises(Refused, match="does not fit"):
        said(factories.idea(stage=Stage.SCHEDULED))


def test_only_public_ideas_are_answered_by_staff_of_their_branch() -> None:
    hidden = factories.idea(publication=Publication.HIDDEN)
    elsewhere = factories.idea(branch_id=factories.branch("EAST").id)
    main = frozenset({(Role.LIBRARIAN, factories.branch("MAIN").id)})

    with pytest.raises(Refused, match="not public"):
        said(hidden)
    with pytest.raises(Forbidden):
        answering.answer(elsewhere.id, NOT_NOW, by=Actor(id=1, grants=main), seen=1)


def test_the_second_of_two_librarians_is_told_that_somebody_was_faster() -> None:
    idea = factories.idea()
    seen = idea.version
    said(idea)

    with pytest.raises(Refused, match="Somebody changed this"):
        answering.answer(idea.id, NOT_NOW, by=staff(), seen=seen)


def test_only_a_decision_stops_the_clock() -> None:
    idea = factories.idea(stage=Stage.UNDER_REVIEW, answer_due_on=today())

    said(idea, Answer(move=Decision.SEEK_PARTNER, sentence="Who helps?", until=date.max))

    assert idea.answer_due_on is None
    assert [one.id for one in owed.due()] == []


def test_a_promise_that_was_not_kept_is_shown(client: Client) -> None:
    idea = factories.idea(stage=Stage.UNDER_REVIEW, answer_due_on=today() - timedelta(days=1))
    client.sign_in(factories.librarian())

    assert "It is late." in client.get(f"/ideas/{idea.id}-repair-evenings").text
    assert "That day is over." in client.get(f"/staff/ideas/{idea.id}/answer").text


def test_not_now_comes_back_by_itself_on_its_day_and_is_told() -> None:
    idea = factories.idea()
    voter = voted(idea)
    said(idea, Answer(move=Decision.POSTPONE, sentence="Later.", until=today() + timedelta(days=9)))
    db.session.commit()

    due.bring_back()
    assert db.session.get_one(Idea, idea.id).stage is Stage.NOT_NOW
    with clock.moved_to(clock.now() + timedelta(days=9)):
        due.bring_back()
        due.bring_back()

    assert db.session.get_one(Idea, idea.id).stage is Stage.OPEN
    assert told(idea) == [voter, voter]  # "not now", and that it is back


def test_what_comes_back_with_its_votes_is_promised_an_answer_anew() -> None:
    idea = factories.idea()
    goal(1)
    voted(idea)
    said(idea, Answer(move=Decision.POSTPONE, sentence="Later.", until=today() + timedelta(days=9)))
    db.session.commit()

    with clock.moved_to(clock.now() + timedelta(days=10)):
        due.bring_back()
        promised = today() + timedelta(days=30)

    idea = db.session.get_one(Idea, idea.id)
    assert (idea.stage, idea.answer_due_on) == (Stage.UNDER_REVIEW, promised)


def test_a_search_that_found_nobody_comes_back_to_the_desk() -> None:
    idea = factories.idea()
    until = today() + timedelta(days=20)
    said(idea, Answer(move=Decision.SEEK_PARTNER, sentence="Who helps?", until=until))
    db.session.commit()

    with clock.moved_to(clock.now() + timedelta(days=20)):
        due.end_searches()
        assert db.session.get_one(Idea, idea.id).stage is Stage.LOOKING
    with clock.moved_to(clock.now() + timedelta(days=21)):
        due.end_searches()
        promised = today() + timedelta(days=30)

    idea = db.session.get_one(Idea, idea.id)
    assert (idea.stage, idea.answer_due_on) == (Stage.UNDER_REVIEW, promised)


@pytest.mark.parametrize(
    ("was", "answer", "subject", "words"),
    [
        (Stage.OPEN, Answer(move=Decision.SEEK_PARTNER, sentence="Who?", until=date(2050, 5, 1)),
         "Looking for a partner", "The search goes on until May 1, 2050."),
        (Stage.PLANNING, Answer(move=Decision.POSTPONE, sentence="Later.", until=date(2050, 5, 1)),
         "Not now", "It comes back by itself on May 1, 2050."),
        (Stage.LOOKING, Answer(move=Decision.POINT_TO, sentence="It is here.", link="/events"),
         "Already here", "Where it is: http://localhost/events"),
        (Stage.OPEN, Answer(move=Decision.DECLINE, sentence="Sorry.", reason_code="room"),
         "Not moving forward", "Why: We have no fitting room or thing for it"),
        (Stage.NOT_NOW, Answer(move=Decision.REOPEN, sentence="The room is ready."),
         "Gathering votes", "“The room is ready.”"),
    ],
)  # fmt: skip
def test_each_answer_has_its_mail(was: Stage, answer: Answer, subject: str, words: str) -> None:
    idea = factories.idea(stage=was)
    subscribing.follow(idea.id, person_id=factories.person().id, reason=Reason.FOLLOWS)

    said(idea, answer)

    letter = letter_about(idea)
    assert letter is not None
    assert letter.subject == f"{subject}: Repair evenings"
    assert letter.lines[-1] == words
    assert (letter.about_idea, letter.stoppable) == (idea.id, True)


def test_voters_hear_that_a_partner_left_and_that_a_date_fell_through() -> None:
    planned, scheduled = factories.idea(stage=Stage.PLANNING), factories.idea(stage=Stage.SCHEDULED)
    for idea in (planned, scheduled):
        subscribing.follow(idea.id, person_id=factories.person().id, reason=Reason.VOTED)

    deciding.decide(planned.id, Decision.LOSE_PARTNER, by=None)
    deciding.decide(scheduled.id, Decision.CALL_OFF, by=None)

    found = [letter_about(idea) for idea in (planned, scheduled)]
    assert [one.lines[0] if one else None for one in found] == [
        "The partner is no longer in, so the library looks for another.",
        "The date does not take place. The library plans it anew.",
    ]


def test_nobody_is_told_of_what_is_hidden_meanwhile() -> None:
    idea = factories.idea()
    voted(idea)
    said(idea)

    idea.publication = Publication.HIDDEN

    assert letter_about(idea) is None


def letter_about(idea: Idea) -> Letter | None:
    """The mail that is owed about it, as it would be sent now."""
    mails = db.session.scalars(select(Outgoing).where(Outgoing.kind == "idea_answered")).all()
    one = next(mail for mail in mails if (mail.context or {})["idea"] == idea.id)
    envelope = Envelope(
        id=one.id, kind=one.kind, context=one.context or {}, address="x@example.org"
    )
    return renderers["idea_answered"](envelope)


def test_the_address_in_a_mail_is_whole() -> None:
    idea, link = factories.idea(), "https://example.org/" + "a" * 480
    voted(idea)
    said(idea, Answer(move=Decision.POINT_TO, sentence="It is here.", link=link))

    letter = letter_about(idea)
    assert letter is not None
    assert letter.lines[-1] == f"Where it is: {link}"


def form(**values: str) -> dict[str, str]:
    return {"seen": "1", "sentence": "Because.", **values}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (form(move="postpone"), "Enter the day until which this holds"),
        (form(move="decline"), "Choose why it is not moving forward"),
        (form(move="point_to", link="javascript:alert(1)"), "Enter the address of a page"),
        (form(move="point_to", link="//evil.example"), "Enter the address of a page"),
        (form(move="postpone", until="2020-01-01"), "Choose a day that is still to come."),
        (form(move="schedule"), "Choose one of the answers that are here."),
        (form(move="note", sentence="x" * 1001), "Make the sentence shorter"),
    ],
)
def test_an_answer_that_is_not_whole_comes_back_as_it_was(
    client: Client, values: dict[str, str], sentence: str
) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian())

    answer = client.post(f"/staff/ideas/{idea.id}/answer", data=values)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert values["sentence"] in answer.text


def test_the_page_asks_only_for_what_an_answer_there_needs(client: Client) -> None:
    client.sign_in(factories.librarian())

    def asked(stage: Stage) -> list[bool]:
        page = client.get(f"/staff/ideas/{factories.idea(stage=stage).id}/answer").text
        return [f'name="{name}"' in page for name in ("until", "reason", "link")]

    assert asked(Stage.OPEN) == [True, True, True]
    assert asked(Stage.PLANNING) == [True, False, False]
    assert asked(Stage.SCHEDULED) == [False, False, False]


def test_a_double_press_says_it_once_and_is_no_error(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian())
    path = f"/staff/ideas/{idea.id}/answer"
    no = form(move="decline", reason="money")
    first, second = (client.post(path, data=no) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert (second.location, len(queries.story(idea.id))) == (first.location, 1)


def test_who_was_slower_sees_what_is_new_and_can_say_theirs_after_it(client: Client) -> None:
    idea = factories.idea()
    said(idea, Answer(move=None, sentence="We asked the fire service."))
    db.session.commit()
    client.sign_in(factories.librarian())
    path = f"/staff/ideas/{idea.id}/answer"
    no = form(move="decline", reason="money", sentence="Too dear.")
    refused = client.post(path, data=no)
    assert refused.status_code == 422
    for words in ("Somebody changed this", "Too dear.", "We asked the fire service."):
        assert words in refused.text

    seen = re.search(r'name="seen"[^>]*value="(\d+)"', refused.text)
    assert seen
    assert client.post(path, data=no | {"seen": seen[1]}).status_code == 303


def test_what_belongs_to_another_answer_is_left_out(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian())

    answer = client.post(
        f"/staff/ideas/{idea.id}/answer",
        data=form(move="point_to", link="/events", reason="money", until="2050-05-01"),
    )

    assert answer.status_code == 303
    line = queries.story(idea.id)[-1]
    assert (line.became, line.link, line.reason_code, line.until) == (
        Stage.ALREADY, "/events", "", None
    )  # fmt: skip


def test_whoever_answers_what_is_owed_goes_on_with_the_next(client: Client) -> None:
    east = factories.branch("EAST").id
    for title, days, branch in (("A", 1, None), ("Theirs", 2, east), ("B", 3, None)):
        factories.idea(
            title=title,
            branch_id=branch,
            stage=Stage.UNDER_REVIEW,
            answer_due_on=today() + timedelta(days=days),
        )
    client.sign_in(factories.person(Role.LIBRARIAN, branch_id=factories.branch().id))
    first, _theirs, second = (one.id for one in owed.due())
    answer = {"move": "decline", "sentence": "We have no room.", "reason": "room", "seen": "1"}

    went = client.post(f"/staff/ideas/{first}/answer", data=answer)
    assert went.location == f"/staff/ideas/{second}/answer"
    went = client.post(went.location, data=answer)
    assert went.location == f"/ideas/{second}-b"


def half_a_year_ago(**values: Any) -> Idea:
    return factories.idea(published_at=clock.now() - timedelta(days=184), **values)


def test_an_idea_without_the_goal_comes_up_after_half_a_year() -> None:
    goal(3)
    old = half_a_year_ago(title="Old", votes=2)
    factories.idea(title="New")
    half_a_year_ago(title="Answered", stage=Stage.NOT_MOVING)
    half_a_year_ago(title="Back", stage_since=clock.now() - timedelta(days=10))
    half_a_year_ago(title="Hidden", publication=Publication.HIDDEN)

    assert [row.id for row in owed.quiet(None).items] == [old.id]
    assert owed.due_and_quiet() == ([], 1)


def test_many_quiet_ideas_are_answered_at_once_and_each_voter_hears_of_theirs(
    client: Client,
) -> None:
    ideas = [half_a_year_ago(title=f"Quiet {n}") for n in range(3)]
    voters = [voted(one) for one in ideas]
    client.sign_in(factories.librarian())
    boxes = [f"{one.id}-{one.version}" for one in ideas[:2]]
    until = today() + timedelta(days=90)
    answer = {"move": "postpone", "sentence": "When the room is ready.", "until": str(until)}

    sent = client.post("/staff/ideas/quiet", data=answer | {"idea": boxes}, follow_redirects=True)

    assert "2 ideas are answered." in sent.text
    assert "Quiet 0" not in sent.text
    assert "Quiet 2" in sent.text
    assert [one.stage for one in ideas] == [Stage.NOT_NOW, Stage.NOT_NOW, Stage.OPEN]
    assert told(ideas[0]) == sorted(voters[:2])


def test_what_was_answered_meanwhile_is_left_as_it_is(client: Client) -> None:
    first, second = half_a_year_ago(title="First"), half_a_year_ago(title="Second")
    boxes = [f"{one.id}-{one.version}" for one in (first, second)]
    deciding.decide(first.id, Decision.SEEK_PARTNER, by=None)
    client.sign_in(factories.librarian())
    answer = {"move": "decline", "sentence": "We have no room.", "reason": "room", "idea": boxes}

    page = client.post("/staff/ideas/quiet", data=answer, follow_redirects=True).text

    assert "1 idea is answered." in page
    assert "1 was changed or answered meanwhile" in page
    assert (first.stage, second.stage) == (Stage.LOOKING, Stage.NOT_MOVING)


def test_an_answer_for_none_comes_back_as_it_was(client: Client) -> None:
    idea = half_a_year_ago()
    client.sign_in(factories.librarian())
    answer = {"move": "decline", "sentence": "We have no room.", "reason": "room"}

    page = client.post("/staff/ideas/quiet", data=answer)
    assert page.status_code == 422
    assert "Choose the ideas that this answers." in page.text
    assert "We have no room." in page.text

    box = f"{idea.id}-{idea.version}"
    page = client.post("/staff/ideas/quiet", data={"move": "decline", "idea": [box]})
    assert page.status_code == 422
    assert f'value="{box}" id="idea-{idea.id}"' in page.text
    assert re.search(rf'value="{box}"[^>]*checked', page.text)
