"""What has been kept long enough goes, each in its time, and nothing that must stay is lost."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import func, insert, select, update

from portal.accounts.models import Person
from portal.audit.models import Entry
from portal.audit.recording import record
from portal.core import clock, keeping
from portal.core.checking import registered
from portal.core.database import Rows, db
from portal.core.keeping import Subject
from portal.ideas import deciding, voting
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import SETTLED, STAGES, VOTABLE, Decision, Publication, Stage
from portal.ideas.models import Idea, Vote
from portal.jobs.purging import purge
from portal.mail.models import DemoMail, MailState, Outgoing, Suppression
from portal.notifications import telling
from portal.notifications.models import Reason, Subscription
from portal.policy import Actor
from portal.settings.models import Library
from portal.surveys import asking, instruments, keys
from portal.surveys.models import Invitation
from tests import factories
from tests.addresses import world
from tests.conftest import Client
from tests.surveys.conftest import held

pytestmark = pytest.mark.usefixtures("app")


def days_later(days: float) -> None:
    """Purge so many days from now. Whatever is in order before is so afterwards."""
    db.session.commit()
    before = drifts()
    with clock.moved_to(clock.now() + timedelta(days=days)):
        purge()
        db.session.rollback()
        assert drifts() == before


def count(model: type[Rows]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def drifts() -> list[str]:
    """What ``flask portal check`` finds."""
    return sorted(sentence for check in registered for sentence in check.find())


def everything() -> dict[str, list[str]]:
    db.session.rollback()
    return {
        table.name: sorted(map(str, db.session.execute(select(table))))
        for table in Rows.metadata.sorted_tables
    }


@pytest.mark.parametrize("after", [1, 40, 400, 1200])
def test_the_second_time_there_is_nothing_left_to_do(after: int) -> None:
    world()
    days_later(after)
    before = everything()

    days_later(after)

    assert everything() == before


# Seats ------------------------------------------------------------------------------------------


def test_of_a_seat_the_count_stays_for_30_days_after_the_event_it_is_a_person_s() -> None:
    nameless = factories.person()
    at = factories.session(factories.program())
    guest = factories.registration(at, needs="Large print", answer="Yes", party=2)
    unnamed = factories.registration(at, name="", email=None, person_id=nameless.id)

    days_later(7 + 29)
    assert (guest.name, unnamed.person_id) != ("", None)
    days_later(7 + 31)

    for seat in (guest, unnamed):
        assert (seat.name, seat.email, seat.person_id) == ("", None, None)
        assert (seat.needs, seat.answer, seat.checked_in_at) == ("", "", None)
    assert (guest.party, at.taken) == (2, 3)


def test_a_library_that_says_7_days_forgets_a_guest_after_7_days_and_says_so(
    client: Client,
) -> None:
    db.session.execute(update(Library).values(guest_days=7))
    guest = factories.registration(factories.session(factories.program()))
    g.pop("settings", None)

    days_later(7 + 6)
    assert guest.name != ""
    with clock.moved_to(clock.now() + timedelta(days=7 + 9)):
        assert f"registration {guest.id} still says whose it was" in drifts()
    days_later(7 + 8)

    assert guest.name == ""
    assert (
        "7 days after the event; then only the number of seats stays" in client.get("/privacy").text
    )


# Surveys ----------------------------------------------------------------------------------------


def test_who_was_invited_is_known_for_30_days_after_the_survey_has_closed() -> None:
    instruments.seed()
    survey = asking.ask(held(6).id)
    assert survey is not None
    keys.destroy(survey.id)
    closes = asking.OPEN_FOR / timedelta(days=1)

    days_later(closes + 29)
    assert count(Invitation) == 6
    days_later(closes + 31)

    assert (count(Invitation), survey.invited) == (0, 6)


# Mail -------------------------------------------------------------------------------------------


def mail(state: MailState, **values: Any) -> Outgoing:
    usual: dict[str, Any] = {
        "context": {"idea_id": 7},
        "last_error": "451 later",
        "due_at": clock.now(),
    }
    if "person_id" not in values:
        usual["address"] = "gus@example.org"
    if state is MailState.SENT:
        usual["sent_at"] = clock.now()
    key = f"mail:{count(Outgoing)}"
    return factories.kept(Outgoing(dedupe_key=key, kind="x", state=state, **usual | values))


def test_a_mail_names_nobody_30_days_after_it_was_sent() -> None:
    done = [
        mail(MailState.SENT),
        mail(MailState.SENT, person_id=factories.person().id),
        mail(MailState.FAILED),
        mail(MailState.CANCELLED, context=None),
    ]
    waits = mail(MailState.QUEUED)
    kept = DemoMail(outgoing_id=done[0].id, address="g@x", subject="s", words="w", html="h")
    factories.kept(kept)
    factories.kept(Suppression(address="gone@example.org"))

    days_later(29)
    assert [one.context for one in done] == [{"idea_id": 7}] * 3 + [None]
    days_later(31)

    for one in done:
        gone = (one.person_id, one.address, one.context, one.last_error)
        assert gone == (None, "", None, "")
    assert (waits.address, waits.context) == ("gus@example.org", {"idea_id": 7})
    assert [count(DemoMail), count(Suppression), count(Outgoing)] == [0, 1, 5]
    days_later(366)
    assert count(Suppression) == 0


# Votes ------------------------------------------------------------------------------------------


def voted(number: int = 1, **values: Any) -> Idea:
    idea = factories.idea(**values)
    for _ in range(number):
        voting.cast(idea.id, person_id=factories.person().id)
    return idea


def decline(idea: Idea) -> None:
    line = Line(sentence="Too dear.", reason_code="cost")
    deciding.decide(idea.id, Decision.DECLINE, by=None, line=line)


def links(idea: Idea) -> tuple[int, int, int]:
    """Votes that name somebody, votes that do not, and all that are counted."""
    here = select(func.count()).where(Vote.idea_id == idea.id)
    return db.session.scalar(here) or 0, idea.detached, idea.votes


def test_a_library_that_says_3_months_cuts_votes_after_3_months() -> None:
    db.session.execute(update(Library).values(vote_months=3))
    idea = voted(2)
    decline(idea)
    g.pop("settings", None)

    days_later(91)
    assert links(idea) == (2, 0, 2)
    days_later(92)

    assert links(idea) == (0, 2, 2)


def test_a_year_after_the_last_word_votes_are_numbers_and_follow_nobody() -> None:
    idea, fan = voted(3), factories.person()
    factories.kept(Subscription(idea_id=idea.id, person_id=fan.id, reason=Reason.FOLLOWS))
    decline(idea)
    telling.tell_followers("results", idea.id, key="results:1", context={})
    for told in db.session.scalars(select(Outgoing)):
        told.state = MailState.SENT

    days_later(364)
    assert links(idea) == (3, 0, 3)
    days_later(366)

    assert links(idea) == (0, 3, 3)
    assert db.session.scalars(select(Subscription.reason)).all() == [Reason.FOLLOWS]
    named = select(Outgoing.person_id, Outgoing.address, func.substr(Outgoing.dedupe_key, 1, 10))
    assert set(db.session.execute(named).all()) == {(None, "", "forgotten:")}


def test_while_votes_may_open_again_each_keeps_its_person() -> None:
    elsewhere = voted(stage=Stage.OPEN)
    elsewhere.stage, elsewhere.open_elsewhere = Stage.HELD, True
    not_now = voted()
    later = (clock.now() + timedelta(days=3000)).date()
    line = Line(sentence="Later.", until=later)
    deciding.decide(not_now.id, Decision.POSTPONE, by=None, line=line)
    planned = voted()
    deciding.decide(planned.id, Decision.PLAN, by=None)

    untouched = voted()
    days_later(2000)

    assert [links(one) for one in (untouched, elsewhere, not_now, planned)] == [(1, 0, 1)] * 4


def test_no_settled_stage_leads_back_to_votes() -> None:
    reached = set(SETTLED)
    for _ in Stage:
        reached |= {b for a, b in STAGES.transitions() if a in reached}

    assert reached & VOTABLE == set()
    assert reached == SETTLED


def test_of_a_joined_idea_they_go_with_the_one_it_joined() -> None:
    target, source = voted(2), voted(1)
    source.publication, source.merged_into = Publication.MERGED, target.id
    decline(target)

    days_later(366)

    assert (links(source), links(target)) == ((0, 1, 1), (0, 2, 2))


def test_of_an_idea_taken_back_they_go_a_year_later() -> None:
    author = factories.person()
    idea = voted(2, author_id=author.id)
    deciding.retire(idea.id, author=Actor(id=author.id))

    days_later(364)
    assert links(idea) == (2, 0, 2)
    days_later(366)

    assert links(idea) == (0, 2, 2)


def test_more_than_one_batch_goes_in_several(statements: list[str]) -> None:
    idea = factories.idea()
    now, number = clock.now(), keeping.BATCH + 1
    person = {"name": "", "lang": "en", "joined_at": now}
    new = insert(Person).returning(Person.id)
    people = db.session.scalars(new, [person] * number).all()
    db.session.execute(
        insert(Vote), [{"idea_id": idea.id, "person_id": one, "cast_at": now} for one in people]
    )
    idea.votes = number
    decline(idea)
    db.session.commit()
    statements.clear()
    days_later(366)

    assert links(idea) == (0, number, number)
    assert sum(one.startswith("DELETE FROM votes") for one in statements) == 2


# The log, and the table itself ------------------------------------------------------------------


def test_the_log_keeps_three_years() -> None:
    record("idea.publish", actor_id=None, thing=("idea", 1))
    days_later(1200)
    assert count(Entry) == 1  # nothing newer says that time has passed

    with clock.moved_to(clock.now() + timedelta(days=3 * 366 + 1)):
        record("idea.publish", actor_id=None, thing=("idea", 2))
        db.session.commit()
    days_later(1200)

    assert db.session.scalars(select(Entry.thing_id)).all() == [2]


def test_a_row_that_fails_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> int:
        db.session.add(Suppression(address="half@example.org", since=clock.now()))
        raise LookupError("broken")

    words: dict[str, Any] = dict.fromkeys(("what", "seen_by", "until", "why"), "broken")
    bad = keeping.Kept(subject=Subject.PEOPLE, clear=fails, **words)
    monkeypatch.setattr(keeping, "_table", [bad, *keeping._table])
    seat = factories.registration(factories.session(factories.program()))
    days_later(60)

    assert (seat.name, count(Suppression)) == ("", 0)
    assert "not cleared" in caplog.text


def test_the_page_shows_the_table_that_the_worker_carries_out(app: Flask, client: Client) -> None:
    page = client.get("/privacy").text
    rows = keeping.table()

    assert len(rows) > 12
    assert sum(kept.clear is not None for kept in rows) >= 10
    text = unescape(" ".join(page.split()))
    with app.test_request_context():
        for kept in rows:
            for words in (kept.what, kept.seen_by, kept.until, kept.why):
                assert str(words) in text
