"""Where a message goes: the relay, or in a demo the page /demo/mail."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from portal.core import clock, config
from portal.core.database import insert, write
from portal.mail.composing import Written
from portal.mail.models import DemoMail

TIMEOUT = 20  # seconds
SUBMISSIONS = 465  # the port that is encrypted from its first byte (RFC 8314)


class Relay:
    """A connection to the mail server, opened at the first message and kept for the next."""

    def __init__(self) -> None:
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        """Raises smtplib.SMTPException or OSError when the relay did not take it."""
        if self._connection is None:
            self._connection = self._open()
        self._connection.send_message(message)

    def close(self) -> None:
        if self._connection:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.close()
        self._connection = None

    def _open(self) -> smtplib.SMTP:
        settings = config.current()
        host, port = settings.smtp_host, settings.smtp_port
        who_it_says = ssl.create_default_context() if settings.smtp_tls else None
        if who_it_says and port == SUBMISSIONS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=TIMEOUT, context=who_it_says
            )
        else:
            connection = smtplib.SMTP(host, port, timeout=TIMEOUT)
            if who_it_says:
                connection.starttls(context=who_it_says)
        if settings.smtp_user:
            connection.login(settings.smtp_user, settings.smtp_password)
        return connection


def keep_for_demo(outgoing_id: int, address: str, written: Written) -> None:
    """Once, however often it is tried. The caller's transaction."""
    write(
        _kept,
        outgoing_id=outgoing_id,
        address=address,
        subject=written.subject,
        words=written.text,
        html=written.html,
        sent_at=clock.now(),
    )


def _kept() -> Any:
    return insert(DemoMail).on_conflict_do_nothing(index_elements=["outgoing_id"])
