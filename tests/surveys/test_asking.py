from collections import Counter
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.core.tokens import unseal
from portal.mail import sending
from portal.mail.models import MailState, Outgoing
from portal.programs.lifecycle import SeatState, SessionStage
from portal.programs.models import Registration, Session
from portal.surveys import asking, instruments, keys, tickets
from portal.surveys.models import Instrument, Invitation, Survey, Ticket
from tests import factories
from tests.mail.conftest import Sink
from tests.surveys.conftest import Asked, held

pytestmark = pytest.mark.usefixtures("app")


def surveys() -> list[tuple[int, int]]:
    db.session.rollback()
    rows = db.session.execute(select(Survey.session_id, Survey.invited).order_by(Survey.id))
    return [(session_id, invited) for session_id, invited in rows]


def owed() -> list[tuple[int | None, str | None]]:
    rows = db.session.execute(
        select(Outgoing.person_id, Outgoing.address)
        .where(Outgoing.kind == "survey_invitation")
        .order_by(Outgoing.id)
    )
    return [(person_id, address) for person_id, address in rows]


def test_two_hours_after_the_end_those_who_came_are_asked_once() -> None:
    session = held(6, hours_ago=3.9)
    asking.ask_due()
    assert surveys() == []

    clock.move(timedelta(minutes=7))
    asking.ask_due()
    asking.ask_due()

    assert surveys() == [(session.id, 6)]
    assert len(owed()) == 6
    [survey] = db.session.scalars(select(Survey))
    assert survey.closes_at - survey.opened_at == timedelta(days=14)


def test_where_anybody_was_checked_in_only_those_are_asked() -> None:
    session = held(5)
    factories.registration(session, state=SeatState.NO_SHOW)
    factories.registration(session, state=SeatState.CANCELLED)
    db.session.commit()
    asking.ask_due()

    assert surveys() == [(session.id, 5)]


def test_where_nobody_was_checked_in_all_who_saved_a_seat_are_asked() -> None:
    session = held(0)
    for _ in range(5):
        factories.registration(session)
    factories.registration(session, state=SeatState.WAITLISTED)
    db.session.commit()
    asking.ask_due()

    assert surveys() == [(session.id, 5)]


def test_fewer_than_five_are_not_asked() -> None:
    held(4)
    asking.ask_due()

    assert surveys() == []
    assert owed() == []


def test_guests_without_any_address_do_not_make_the_five() -> None:
    session = held(4)
    factories.registration(session, state=SeatState.ATTENDED, email=None, walk_in=True)
    db.session.commit()
    asking.ask_due()

    assert surveys() == []


def test_two_seats_of_one_mailbox_are_one_invitation() -> None:
    session = held(5)
    person = factories.person()
    factories.registration(session, state=SeatState.ATTENDED, email=None, person_id=person.id)
    factories.registration(session, state=SeatState.ATTENDED, email=person.email)
    db.session.commit()
    asking.ask_due()

    assert surveys() == [(session.id, 6)]
    assert (person.id, None) in owed()


@pytest.mark.parametrize("stage", [SessionStage.CANCELLED, SessionStage.POSTPONED])
def test_what_did_not_take_place_is_not_asked_about(stage: SessionStage) -> None:
    session = held(6)
    session.stage = stage
    db.session.commit()
    asking.ask_due()

    assert surveys() == []


def test_after_two_weeks_it_is_too_late_to_ask() -> None:
    held(6, hours_ago=24 * 15)
    asking.ask_due()

    assert surveys() == []


def test_what_was_asked_is_locked_and_the_planner_chooses_it() -> None:
    chosen = instruments.choices(factories.topic("civic").id)[1]
    held(5, of=factories.program(instrument_id=chosen.id))
    asking.ask_due()

    [survey] = db.session.scalars(select(Survey))
    assert survey.instrument_id == chosen.id
    locked = select(Instrument.id).where(Instrument.locked_at.is_not(None))
    assert db.session.scalars(locked).all() == [chosen.id]


def test_tickets_are_fingerprints_of_what_was_mailed_and_nothing_else(ask: Asked) -> None:
    tokens = ask(held(8))

    assert len(set(tokens)) == 8
    rows = db.session.execute(select(Ticket.hash, Ticket.code)).all()
    assert {row.hash for row in rows} == {sha256(token.encode()).digest() for token in tokens}
    assert {row.code for row in rows} == {tickets.fingerprints(token).code for token in tokens}


def test_an_invitation_is_a_party_and_a_survey(ask: Asked) -> None:
    session = held(5)
    ask(session)

    guests = select(Registration.id).where(Registration.session_id == session.id)
    assert set(db.session.scalars(select(Invitation.registration_id))) == set(
        db.session.scalars(guests)
    )


def test_tokens_are_dealt_by_lot() -> None:
    """Over many surveys, the smallest hash belongs to the first guest no more often than to any."""
    firsts = Counter[int]()
    for number in range(1, 61):
        session = held(5)
        asking.ask(session.id)
        key = keys.find(_survey_of(session))
        rows = db.session.scalars(select(Outgoing).order_by(Outgoing.id.desc()).limit(5)).all()
        hashes = [
            tickets.fingerprints(unseal(row.sealed or b"", key=key) or "").hash
            for row in reversed(rows)
        ]
        firsts[hashes.index(min(hashes))] += 1
        db.session.commit()
        assert sum(firsts.values()) == number

    assert set(firsts) == {0, 1, 2, 3, 4}
    assert max(firsts.values()) < 30


def test_the_key_is_in_no_table_and_gone_with_the_last_mail(sink: Sink) -> None:
    session = held(5)
    asking.ask_due()
    survey_id = _survey_of(session)
    key = keys.find(survey_id)
    assert key is not None
    asking.forget_tokens()
    assert keys.find(survey_id) == key

    sending.send_due()
    asking.forget_tokens()

    assert len(sink.mails) == 5
    assert keys.find(survey_id) is None
    assert keys.kept() == []


def test_a_mail_that_waits_keeps_the_key_until_the_survey_closes(sink: Sink) -> None:
    session = held(5)
    asking.ask_due()
    survey_id = _survey_of(session)
    sink.answers = ["451 later"]
    sending.send_due()
    asking.forget_tokens()
    assert keys.kept() == [survey_id]

    clock.move(timedelta(days=14, minutes=1))
    asking.forget_tokens()
    sending.send_due()

    assert keys.kept() == []
    states = select(Outgoing.state).where(Outgoing.kind == "survey_invitation")
    assert Counter(db.session.scalars(states)) == {MailState.SENT: 4, MailState.CANCELLED: 1}


def test_the_key_of_a_survey_that_is_being_made_stays() -> None:
    keys.draw(999_999)
    asking.forget_tokens()
    try:
        assert keys.kept() == [999_999]
    finally:
        keys.destroy(999_999)


def test_who_said_no_to_all_mail_is_not_written_to(sink: Sink) -> None:
    session = held(5)
    person = factories.person()
    factories.registration(session, state=SeatState.ATTENDED, email=None, person_id=person.id)
    person.mail_stopped_at = clock.now()
    db.session.commit()
    asking.ask_due()
    sending.send_due()

    assert len(sink.mails) == 5


def test_the_mail_says_what_how_long_and_until_when(sink: Sink) -> None:
    held(5)
    asking.ask_due()
    sending.send_due()

    body = sink.mails[0].get_body(("plain",))
    assert body is not None
    assert sink.mails[0]["Subject"] == "How was “Repair café”?"
    text = body.get_content()
    assert "5 questions to tick, about two minutes." in text
    assert "http://localhost/s/ and type" in text


def _survey_of(session: Session) -> int:
    found = select(Survey.id).where(Survey.session_id == session.id)
    return db.session.scalars(found).one()
