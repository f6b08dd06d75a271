"""Whatever is due leaves, at least once and seldom twice."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db, transaction
from portal.jobs.schedule import stopping
from portal.mail import sending
from portal.mail.composing import compose
from portal.mail.letters import Envelope, Letter, renderers
from portal.mail.models import MailState, Outgoing, Suppression
from portal.mail.outbox import queue
from portal.notifications import subscribing
from tests import factories
from tests.mail.conftest import Sink, changed
from tests.serving import free_port, until


@pytest.fixture(autouse=True)
def _a_kind_of_mail() -> Iterator[None]:
    def render(envelope: Envelope) -> Letter | None:
        if envelope.context.get("broken"):
            raise KeyError("broken")
        if envelope.context.get("gone"):
            return None
        return Letter(
            subject=envelope.context.get("subject", "News"),
            lines=[f"Hello {envelope.name}", envelope.secret() or ""],
            reason="You asked for it.",
            button=("Read it", "/ideas"),
            about_idea=envelope.context.get("idea"),
            stoppable=True,
        )

    renderers["test"] = render
    yield
    del renderers["test"]


def owe(key: str = "one", **values: object) -> None:
    with transaction():
        to = values.pop("to", "somebody@example.org")
        queue("test", key=key, to=to, **values)  # type: ignore[arg-type]


def row() -> Outgoing:
    db.session.rollback()
    return db.session.scalars(select(Outgoing)).one()


def test_what_is_owed_is_sent_once(sink: Sink) -> None:
    owe()
    sending.send_due()
    sending.send_due()

    assert [mail["To"] for mail in sink.mails] == ["somebody@example.org"]
    assert row().state is MailState.SENT


def test_the_same_reason_is_owed_once(sink: Sink) -> None:
    owe()
    owe()
    sending.send_due()

    assert len(sink.mails) == 1


def test_nothing_is_sent_for_what_was_rolled_back(sink: Sink) -> None:
    queue("test", key="never", to="somebody@example.org")
    db.session.rollback()
    sending.send_due()

    assert sink.mails == []


def test_a_secret_leaves_no_trace_once_it_is_sent(sink: Sink) -> None:
    owe(secret="123456")
    assert b"123456" not in (row().sealed or b"")

    sending.send_due()

    body = sink.mails[0].get_body(("plain",))
    assert body is not None
    assert "123456" in body.get_content()
    assert row().sealed is None


def test_a_mail_whose_reason_is_gone_is_not_sent(sink: Sink) -> None:
    owe(context={"gone": True})
    sending.send_due()

    assert sink.mails == []
    assert row().state is MailState.CANCELLED


def test_a_relay_that_is_down_is_tried_again_later(sink: Sink) -> None:
    sink.answers.append("451 try again")
    owe()
    sending.send_due()
    assert row().state is MailState.QUEUED
    sending.send_due()
    assert sink.mails == []

    clock.move(timedelta(minutes=1))
    sending.send_due()

    assert len(sink.mails) == 1


def test_after_three_days_it_is_given_up(sink: Sink) -> None:
    owe()
    clock.move(timedelta(days=3, minutes=1))
    sink.answers.append("451 try again")
    sending.send_due()

    assert row().state is MailState.FAILED


def test_an_address_that_does_not_exist_is_never_tried_again(sink: Sink) -> None:
    sink.answers.append("550 no such person")
    owe()
    sending.send_due()
    owe("two")
    sending.send_due()

    assert sink.mails == []
    assert db.session.scalars(select(Suppression.address)).all() == ["somebody@example.org"]


def test_a_recipient_refused_for_policy_is_no_wrong_address(sink: Sink) -> None:
    sink.answers.append("550 5.7.1 relaying denied")
    owe()
    sending.send_due()
    assert row().state is MailState.FAILED

    owe("two")
    sending.send_due()
    assert len(sink.mails) == 1


def test_a_message_refused_for_good_is_not_tried_again_and_its_address_stays(sink: Sink) -> None:
    sink.data_answers.append("554 no such words here")
    owe()
    sending.send_due()

    assert row().state is MailState.FAILED
    assert "no such words" in row().last_error
    assert db.session.scalars(select(Suppression.address)).all() == []


def test_a_greylisted_mail_is_tried_again_after_pauses_that_double(sink: Sink) -> None:
    pauses = []
    owe()
    for seconds in (30, 60, 120, 240):
        sink.answers.append("451 4.7.1 greylisted, come back later")
        sending.send_due()
        lease_until = row().lease_until
        assert lease_until
        pauses.append((lease_until - clock.now()).total_seconds() / seconds)
        clock.move(lease_until - clock.now() - timedelta(seconds=1))
        sending.send_due()
        assert sink.answers == []
        clock.move(timedelta(seconds=2))
    sending.send_due()

    assert all(0.7 < pause < 1.3 for pause in pauses)
    assert len(sink.mails) == 1
    assert (row().state, row().attempt) == (MailState.SENT, 5)


def test_no_pause_is_longer_than_six_hours_and_a_quarter() -> None:
    assert sending._pause(1000) <= sending.LONGEST_PAUSE * 1.25


def test_where_no_relay_answers_it_is_tried_again_later(
    app: Flask, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        nowhere = changed(app.extensions["portal"], smtp_port=free_port())
        away.setitem(app.extensions, "portal", nowhere)
        owe()
        sending.send_due()
    assert row().state is MailState.QUEUED
    assert row().last_error.startswith("ConnectionRefusedError")

    clock.move(timedelta(minutes=1))
    sending.send_due()
    assert len(sink.mails) == 1


def test_what_is_of_use_for_minutes_is_given_up_after_minutes(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sending.SHORT_LIVED, "test", sending.SHORT_LIVED["sign_in"])
    owe(secret="123456")
    clock.move(timedelta(minutes=10, seconds=1))
    sink.answers.append("451 try again")
    sending.send_due()

    assert (row().state, row().sealed) == (MailState.FAILED, None)


def test_a_mail_that_cannot_be_made_does_not_stop_the_others(sink: Sink) -> None:
    owe("broken", context={"broken": True})
    owe("fine")
    for _ in range(2):
        sending.send_due()
        clock.move(timedelta(minutes=6))

    assert len(sink.mails) == 1
    states = select(Outgoing.state).order_by(Outgoing.id)
    assert db.session.scalars(states).all() == [MailState.QUEUED, MailState.SENT]


def test_while_the_relay_takes_its_time_others_write(app: Flask, sink: Sink) -> None:
    owe()
    with held_up(app, sink), transaction():
        record("meanwhile", actor_id=None, thing=("library", 1))

    assert len(sink.mails) == 1


def test_what_the_lease_might_not_last_for_is_handed_back(app: Flask, sink: Sink) -> None:
    owe("one")
    owe("two")
    with held_up(app, sink):
        clock.move(sending.LEASE - sending.LONGEST_MAIL)
        stopping.set()  # or it would claim the second at once
    stopping.clear()

    assert len(sink.mails) == 1
    assert db.session.scalars(select(Outgoing.lease_until)).all() == [None, None]


@contextmanager
def held_up(app: Flask, sink: Sink) -> Iterator[None]:
    """Somebody sends what is due; inside, the relay has the first mail and does not answer."""

    def send() -> None:
        with app.app_context():
            sending.send_due()

    sender = threading.Thread(target=send)
    sink.open.clear()
    sender.start()
    try:
        assert until(lambda: sink.under_way == 1)
        yield
    finally:
        sink.open.set()
        sender.join()


def test_a_person_who_left_since_is_not_written_to(sink: Sink) -> None:
    person = factories.person()
    owe(to=person.id)
    person.blanked_at = clock.now()
    db.session.commit()
    sending.send_due()

    assert sink.mails == []


def test_an_explicit_no_to_the_idea_holds(sink: Sink) -> None:
    person, idea = factories.person(), factories.idea()
    db.session.commit()
    owe(to=person.id, context={"idea": idea.id})
    with transaction():
        subscribing.stop(idea.id, person_id=person.id)
    sending.send_due()

    assert sink.mails == []


def test_no_header_can_be_slipped_in(sink: Sink) -> None:
    owe(context={"subject": "Hello\r\nBcc: everybody@example.org"})
    sending.send_due()

    assert sink.mails[0]["Bcc"] is None
    assert sink.mails[0]["Subject"] == "Hello Bcc: everybody@example.org"


def test_what_people_wrote_is_no_html(sink: Sink) -> None:
    person = factories.person(name="<script>alert(1)</script>")
    db.session.commit()
    owe(to=person.id)
    sending.send_due()

    html = sink.mails[0].get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()


def test_a_lease_that_ran_out_is_taken_over_and_the_first_cannot_finish(sink: Sink) -> None:
    owe()
    first = sending._claim()
    assert sending._claim() == []
    clock.move(sending.LEASE + timedelta(seconds=1))
    second = sending._claim()

    sending._finish(first[0].id, first[0].attempt, state=MailState.FAILED)
    assert row().state is MailState.QUEUED
    sending._finish(second[0].id, second[0].attempt, state=MailState.SENT)
    assert row().state is MailState.SENT


def test_stop_links_are_in_the_mail_and_work_with_one_click(sink: Sink) -> None:
    person = factories.person()
    db.session.commit()
    owe(to=person.id)
    sending.send_due()

    assert sink.mails[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"http://localhost/stop/{person.id}/" in sink.mails[0]["List-Unsubscribe"]


def test_a_stop_link_travels_whole_however_long_the_address_of_the_library_is(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = f"https://{'ideas.' * 20}example.org"
    monkeypatch.setitem(app.extensions, "portal", changed(app.extensions["portal"], base_url=base))
    envelope = Envelope(id=1, kind="test", context={}, address="a@example.org", person_id=7)
    with app.test_request_context():
        letter = renderers["test"](envelope)
        assert letter is not None
        message = compose(envelope, letter)

    link = str(message["List-Unsubscribe"])
    assert link.startswith(f"<{base}/stop/7/")
    assert f"\nList-Unsubscribe: {link}\n".encode() in message.as_bytes()
