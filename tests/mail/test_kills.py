"""A worker that is killed loses no mail, and sends one twice at most: the one that the relay had
taken and that was not marked yet. Two workers at once send each mail once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.core.config import Config
from portal.core.database import db
from portal.mail import sending
from portal.mail.models import MailState, Outgoing
from portal.mail.outbox import queue
from portal.organisations import queries as organisations
from tests import factories
from tests.mail.conftest import Sink
from tests.mail.dying import STEPS
from tests.serving import until

MAILS = 5
IN_THE_WINDOW = ("after 250", "marked")


def worker(app: Flask, step: str) -> subprocess.Popen[bytes]:
    """Sends what is due once, and dies on the way."""
    return start(app, "tests.mail.dying", step)


def start(
    app: Flask, *module: str, stdin: int | None = None, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    settings: Config = app.extensions["portal"]
    environ = {
        "PORTAL_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_url,
        "PORTAL_SMTP_HOST": settings.smtp_host,
        "PORTAL_SMTP_PORT": str(settings.smtp_port),
        "PORTAL_BASE_URL": settings.base_url,
    }
    command = [sys.executable, "-m", *module]
    env = os.environ | environ
    return subprocess.Popen(command, env=env, stdin=stdin, stdout=stdout, start_new_session=True)


def owe(mails: int) -> None:
    """So many mails, each with words of its own."""
    organisation = factories.organisation()
    owner = organisations.members(organisation.id)[0]
    for n in range(mails):
        context = {"organisation_id": organisation.id, "sentence": f"Sentence {n}."}
        queue("organisation_moved", key=f"told:{n}", to=owner, context=context)
    db.session.commit()


def arrived(sink: Sink) -> Counter[str]:
    """How often each mail came, by its Message-ID."""
    return Counter(mail["Message-ID"] for mail in sink.mails)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_this_step(app: Flask, sink: Sink, step: str) -> None:
    owe(MAILS)
    assert worker(app, step).wait(60) == -signal.SIGKILL

    clock.move(sending.LEASE + timedelta(seconds=1))
    sending.send_due()

    came = arrived(sink)
    assert len(came) == MAILS
    assert sum(came.values()) == MAILS + (step in IN_THE_WINDOW)
    assert set(db.session.scalars(select(Outgoing.state))) == {MailState.SENT}


def test_before_the_lease_is_over_nobody_else_sends_it(app: Flask, sink: Sink) -> None:
    owe(MAILS)
    worker(app, "claimed").wait(60)

    sending.send_due()

    assert sink.mails == []


def test_two_workers_at_once_send_each_mail_once(app: Flask, sink: Sink) -> None:
    owe(60)
    sink.open.clear()
    pipe = subprocess.PIPE
    with ExitStack() as stack:
        module = ("tests.mail.dying", "none")
        made = (start(app, *module, stdin=pipe, stdout=pipe) for _ in range(2))
        both = [stack.enter_context(one) for one in made]
        assert [one.stdout.readline() for one in both if one.stdout] == [b"loaded\n"] * 2
        for one in both:
            assert one.stdin
            one.stdin.close()
        assert until(lambda: sink.under_way == len(both))
        sink.open.set()
        assert [one.wait(60) for one in both] == [0, 0]

    sending.send_due()  # what was left, were they slow
    came = arrived(sink)
    assert (len(came), sum(came.values())) == (60, 60)


def test_told_to_end_a_worker_finishes_the_mail_in_hand_and_hands_back_the_rest(
    app: Flask, sink: Sink
) -> None:
    owe(MAILS)
    sink.open.clear()
    with start(app, "portal.cli.worker", stdin=subprocess.PIPE) as ending:
        assert until(lambda: sink.under_way == 1)
        ending.terminate()
        time.sleep(3)  # until it has heard: the relay answers only then
        sink.open.set()
        assert ending.wait(20) == 0

    assert len(sink.mails) == 1
    states = Counter(db.session.scalars(select(Outgoing.state)))
    assert states == {MailState.SENT: 1, MailState.QUEUED: MAILS - 1}
    sending.send_due()
    assert set(arrived(sink).values()) == {1}
    assert len(sink.mails) == MAILS
