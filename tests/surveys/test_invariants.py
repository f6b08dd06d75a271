"""``flask portal check`` on surveys: each rule is proved by planting its violation."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from portal.core.checking import Finder, registered
from portal.core.database import db
from portal.ideas.lifecycle import Stage
from portal.policy import Actor, Role
from portal.surveys import answering, invariants, reporting
from tests import factories
from tests.cli import test_checking
from tests.cli.test_checking import run
from tests.surveys.conftest import Asked, agreeing, counted, held


@pytest.fixture(autouse=True)
def _a_survey_under_way_and_results(ask: Asked) -> None:
    idea = factories.idea(stage=Stage.HELD)
    program = factories.program(idea)
    counted(program)
    librarian = Actor(id=factories.librarian().id, grants=frozenset({(Role.LIBRARIAN, None)}))
    reporting.save(program.id, by=librarian, sentence="Good.", next_step="Again.", delivered={})
    reporting.publish(program.id, by=librarian)
    tokens = ask(held(6))
    answering.answer(tokens[0], agreeing(1)[0])
    db.session.commit()


def broken(app: Flask) -> list[str]:
    """What the rules about surveys say."""
    mine = [one for one in registered if one.find.__module__ == "portal.surveys.invariants"]
    db.session.commit()
    return [sentence for one in mine for sentence in one.find()]


def plant_second_answer() -> None:
    db.session.execute(
        text(
            "INSERT INTO survey_answers (key, survey_id, answers, way) "
            "SELECT 'x', survey_id, answers, way FROM survey_answers"
        )
    )


def plant_lost_invitation() -> None:
    db.session.execute(text("DELETE FROM survey_invitations"))


def plant_another_way() -> None:
    db.session.execute(text("UPDATE survey_answers SET way = 'wall'"))


def plant_token() -> None:
    db.session.execute(
        text(
            "UPDATE outbox SET state = 'failed', sealed = :token WHERE kind = 'survey_invitation'"
        ),
        {"token": b"token"},
    )


def plant_short_count() -> None:
    db.session.execute(text("UPDATE surveys SET complete = :yes, tallied = 0"), {"yes": True})


def plant_silent_idea() -> None:
    db.session.execute(text("UPDATE ideas SET stage = 'held'"))


def plant_owed_for_ever() -> None:
    """What is public is still owed, and what is owed is forgotten."""
    db.session.execute(text("UPDATE programs SET results_owed_since = made_at"))


def test_surveys_in_order_have_nothing_to_say(app: Flask) -> None:
    assert broken(app) == []


PLANTED = [
    (plant_second_answer, invariants.tickets, "6 invitations, 5 tickets and 2 answers"),
    (plant_lost_invitation, invariants.tickets, "has 0 invitations"),
    (plant_another_way, invariants.ways, "has answers that came by another way"),
    (plant_token, invariants.sealed, "still holds its token"),
    (plant_short_count, invariants.counted, "its sums leave answers out"),
    (plant_owed_for_ever, invariants.owed, "does not owe results since it ended"),
    (plant_silent_idea, invariants.results, "does not know of the results"),
]


@pytest.mark.parametrize(("plant", "rule", "said"), PLANTED)
def test_a_drift_is_named(app: Flask, plant: Callable[[], None], rule: Finder, said: str) -> None:
    plant()
    found = broken(app)

    assert found != []
    assert all(said in sentence for sentence in found)
    assert list(rule()) == found
    status, words = run(app)
    assert (status, said in words) == (1, True)


@pytest.mark.parametrize("plant", [plant_short_count, plant_owed_for_ever])
def test_sums_and_days_are_mended(app: Flask, plant: Callable[[], None]) -> None:
    plant()
    run(app, "--mend")

    assert broken(app) == []


def test_every_rule_was_proved() -> None:
    planted = {rule for _plant, rule, _said in (*test_checking.PLANTED, *PLANTED)}

    assert planted == {one.find for one in registered}
