"""A worker that sends what is due, and dies by SIGKILL at the step named: ``python -m
tests.mail.dying STEP``. Without a step it lives, and begins once its input has ended: so several
that take their time to load begin together."""

import os
import signal
import sys
from email.message import EmailMessage
from typing import Any

from sqlalchemy import event

from portal.app import create_app
from portal.core.database import db
from portal.mail import sending, transport

MOMENTS = {"marked": "before_commit", "committed": "after_commit"}
STEPS = ("claimed", "before data", "after 250", "marked", "committed")


def die(*_anything: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_when_claimed() -> None:
    real = sending._claim

    def claim() -> Any:
        claimed = real()
        die()
        return claimed

    sending._claim = claim


def die_around_data(step: str) -> None:
    real = transport.Relay.send

    def send(relay: transport.Relay, message: EmailMessage) -> None:
        if step == "before data":
            die()
        real(relay, message)
        if step == "after 250":
            die()
        event.listen(db.session, MOMENTS[step], die)

    transport.Relay.send = send  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    app = create_app()
    wanted = sys.argv[1]
    if wanted == "claimed":
        die_when_claimed()
    elif wanted in STEPS:
        die_around_data(wanted)
    else:
        sys.stdout.write("loaded\n")
        sys.stdout.flush()
        sys.stdin.read()
    with app.app_context():
        sending.send_due()
