"""One vote for each person and idea; it can be taken back while votes are open."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.core import clock
from portal.core.database import db, transaction
from portal.core.errors import Missing, Refused
from portal.ideas import invariants, voting
from portal.ideas.lifecycle import VOTABLE, Publication, Stage
from portal.ideas.models import Idea, StoryLine, Vote
from portal.ideas.voting import promised_day
from portal.notifications import queries as notifications
from portal.policy import Role
from portal.settings import choosing
from portal.settings.choosing import Section
from portal.settings.models import Library
from portal.settings.queries import current as library
from tests import factories
from tests.conftest import Client

pytestmark = pytest.mark.usefixtures("app")


def test_a_vote_counts_once_however_often_it_is_cast() -> None:
    idea, voter = factories.idea(), factories.person()

    voting.cast(idea.id, person_id=voter.id)
    voting.cast(idea.id, person_id=voter.id)

    assert idea.votes == 1
    assert db.session.scalars(select(Vote.person_id)).all() == [voter.id]
    assert notifications.follows(idea.id, person_id=voter.id)


def test_a_vote_can_be_taken_back_and_that_too_only_once() -> None:
    idea, voter = factories.idea(), factories.person()
    voting.cast(idea.id, person_id=voter.id)

    voting.withdraw(idea.id, person_id=voter.id)
    voting.withdraw(idea.id, person_id=voter.id)

    assert idea.votes == 0
    assert not notifications.follows(idea.id, person_id=voter.id)


@pytest.mark.parametrize("stage", sorted(set(Stage) - VOTABLE))
def test_votes_are_frozen_once_the_library_decided(stage: Stage) -> None:
    idea, voter = factories.idea(stage=stage), factories.person()

    with pytest.raises(Refused, match="closed"):
        voting.cast(idea.id, person_id=voter.id)

    assert idea.votes == 0


def test_an_idea_that_stays_open_for_other_branches_takes_votes() -> None:
    idea = factories.idea(stage=Stage.SCHEDULED, open_elsewhere=True)

    assert voting.cast(idea.id, person_id=factories.person().id).votes == 1


@pytest.mark.parametrize("publication", sorted(set(Publication) - {Publication.PUBLISHED}))
def test_only_a_public_idea_takes_votes(publication: Publication) -> None:
    target = factories.idea().id if publication is Publication.MERGED else None
    idea = factories.idea(publication=publication, merged_into=target)
    if target:
        assert voting.cast(idea.id, person_id=factories.person().id).id == target
        return

    with pytest.raises(Missing):
        voting.cast(idea.id, person_id=factories.person().id)


def test_at_the_goal_the_library_promises_an_answer_once() -> None:
    library = db.session.get_one(Library, 1)
    library.vote_goal, library.version = 2, library.version + 1
    db.session.commit()
    idea, last = factories.idea(imported_votes=50), factories.person()
    voting.cast(idea.id, person_id=factories.person().id)
    assert idea.goal_reached_at is None

    voting.cast(idea.id, person_id=last.id)
    voting.withdraw(idea.id, person_id=last.id)
    voting.cast(idea.id, person_id=last.id)
    db.session.flush()

    assert idea.stage == Stage.UNDER_REVIEW
    assert idea.answer_due_on is not None
    assert db.session.scalars(select(StoryLine.reason_code)).all() == ["goal"]


def test_votes_cast_at_the_same_moment_all_count(app: Flask) -> None:
    idea_id = factories.idea().id
    voters = [factories.person().id for _ in range(8)]
    db.session.commit()

    def cast(person_id: int) -> None:
        with app.app_context(), transaction():
            voting.cast(idea_id, person_id=person_id)

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(cast, voters * 2))

    assert db.session.get_one(Idea, idea_id).votes == 8
    assert db.session.scalar(select(func.count()).select_from(Vote)) == 8


def lower(goal: int) -> None:
    chosen = {"vote_goal": goal}
    choosing.change(Section.PROMISES, chosen, by=factories.actor(Role.MANAGER))


def test_a_lower_goal_is_reached_at_once_by_all_that_have_its_votes() -> None:
    due = promised_day()
    few = factories.idea(votes=6)
    enough, counted = factories.idea(votes=7), factories.idea(votes=4, desk_votes=3)
    looking = factories.idea(votes=9, stage=Stage.LOOKING)
    planned = factories.idea(votes=9, stage=Stage.PLANNING)
    hidden = factories.idea(votes=9, publication=Publication.HIDDEN)
    voting.support_at_desk(enough.id, by=factories.actor(Role.LIBRARIAN), people=1)

    lower(7)
    db.session.expire_all()

    for idea in (enough, counted):
        assert (idea.stage, idea.answer_due_on) == (Stage.UNDER_REVIEW, due)
        line = db.session.scalars(select(StoryLine).where(StoryLine.idea_id == idea.id)).one()
        assert (line.n, line.reason_code, line.goal, line.until) == (1, "goal", 7, due)
    assert (looking.stage, looking.answer_due_on) == (Stage.LOOKING, due)
    for idea in (few, planned, hidden):
        assert (idea.goal_reached_at, idea.answer_due_on, idea.story_lines) == (None, None, 0)
    assert list(invariants.stories()) == []


@pytest.mark.parametrize("many", [1, 5])
def test_a_lower_goal_costs_the_same_for_one_idea_and_for_many(
    statements: list[str], many: int
) -> None:
    for _ in range(many):
        factories.idea(votes=7)
    manager = factories.actor(Role.MANAGER)
    library()
    statements.clear()

    choosing.change(Section.PROMISES, {"vote_goal": 7}, by=manager)

    assert sum("ideas" in one for one in statements) == 3


def test_the_story_tells_the_goal_that_was_reached_whatever_it_is_now(client: Client) -> None:
    idea = factories.idea(votes=7)
    lower(7)
    lower(40)

    page = client.get(f"/ideas/{idea.id}", follow_redirects=True).text
    assert "Reached 7 votes" in page
    assert "Passed the goal on" in page


def test_nobody_votes_without_end_and_what_was_cast_stays(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voting, "VOTES_AN_HOUR", 2)
    me, others = factories.person(), factories.person()
    ideas = [factories.idea() for _ in range(3)]
    with clock.moved_to(clock.now().replace(minute=30)):
        client.sign_in(me)
        answers = [client.post(f"/ideas/{idea.id}/vote") for idea in (ideas[0], *ideas)]
        assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
        assert "you can try again." in answers[-1].text
        assert client.post(f"/ideas/{ideas[0].id}/vote/withdraw").status_code == 303
        voting.cast(ideas[2].id, person_id=others.id)
        db.session.commit()
    assert [idea.votes for idea in ideas] == [0, 1, 1]

    clock.move(timedelta(hours=1))
    assert client.post(f"/ideas/{ideas[2].id}/vote").status_code == 303
