from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.database import db
from portal.core.pages import SIZE
from portal.ideas import deciding, voting
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import Decision, Publication, Stage
from portal.ideas.models import Idea
from portal.surveys import queries, receipts
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


def answered(stage: Stage, days_ago: int = 0, **values: object) -> Idea:
    since = clock.now() - timedelta(days=days_ago)
    return factories.idea(stage=stage, stage_since=since, **values)


def ids(which: str | None = None) -> list[int]:
    return [line.idea_id for line in queries.ledger(which).items]


def test_the_ledger_has_every_answer_also_no_and_nothing_else() -> None:
    done, sought = answered(Stage.RESULTS, 3), answered(Stage.LOOKING, 4)
    no, coming = answered(Stage.NOT_NOW, 1), answered(Stage.SCHEDULED, 2)
    for stage in (Stage.OPEN, Stage.UNDER_REVIEW):
        answered(stage)
    answered(Stage.NOT_MOVING, publication=Publication.HIDDEN)

    assert ids() == [no.id, coming.id, done.id, sought.id]
    assert (ids("happened"), ids("no")) == ([done.id], [no.id])
    assert ids("coming") == [coming.id, sought.id]
    assert ids("nonsense") == ids()


def test_the_ledger_goes_on_where_a_page_ends() -> None:
    made = [answered(Stage.NOT_MOVING, days).id for days in range(SIZE + 3)]
    first = queries.ledger()
    second = queries.ledger(cursor=first.next)

    assert [line.idea_id for line in [*first.items, *second.items]] == made
    assert (len(first.items), second.next) == (SIZE, None)


def test_a_no_says_who_said_it_and_why() -> None:
    idea, librarian = factories.idea(), factories.person(name="Sam Whitaker")
    until = (clock.now() + timedelta(days=90)).date()
    line = Line(sentence="The room has a new floor until March.", until=until)
    deciding.decide(idea.id, Decision.POSTPONE, by=librarian.id, line=line)
    db.session.commit()
    [found] = queries.ledger().items

    assert (found.stage, found.by) == (Stage.NOT_NOW, "Sam Whitaker")
    assert found.until == until
    assert found.sentence == "The room has a new floor until March."


def test_a_receipt_for_each_vote_the_latest_first_and_nobody_elses() -> None:
    me, other = factories.person(), factories.person()
    first, second = factories.idea(title="First"), factories.idea(title="Second")
    for idea in (first, second):
        voting.cast(idea.id, person_id=me.id)
        clock.move(timedelta(minutes=1))
    voting.cast(first.id, person_id=other.id)
    deciding.decide(
        first.id, Decision.DECLINE, by=None, line=Line(sentence="Commercial.", reason_code="rules")
    )
    db.session.commit()
    mine = receipts.of_person(me.id).items

    assert [one.title for one in mine] == ["Second", "First"]
    assert [one.state for one in mine] == ["open", "not_moving_forward"]
    assert mine[1].sentence == "Commercial."
    assert [one.title for one in receipts.of_person(other.id).items] == ["First"]


def test_a_receipt_never_shows_a_text_that_was_hidden() -> None:
    me, idea = factories.person(), factories.idea(title="Spam")
    voting.cast(idea.id, person_id=me.id)
    idea.publication = Publication.HIDDEN
    db.session.commit()
    [mine] = receipts.of_person(me.id).items

    assert (mine.title, mine.path, mine.state) == ("", "", "hidden")


def test_a_receipt_follows_the_idea_that_its_own_was_joined_with() -> None:
    me, idea, target = factories.person(), factories.idea(title="Twin"), factories.idea()
    voting.cast(idea.id, person_id=me.id)
    idea.publication, idea.merged_into = Publication.MERGED, target.id
    program = factories.program(target)
    db.session.commit()
    [mine] = receipts.of_person(me.id).items

    assert (mine.state, mine.joined) == ("merged", target.id)
    assert [did.title for did in mine.did] == [program.title]
