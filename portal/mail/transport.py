"""Where a message goes: the relay, or in a demo the page /demo/mail."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from portal.core import config
from portal.core.database import db, insert
from portal.mail.models import DemoMail

TIMEOUT = 20  # seconds


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
        connection = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT)
        if settings.smtp_tls:
            connection.starttls(context=ssl.create_default_context())  # the host is who it says
        if settings.smtp_user:
            connection.login(settings.smtp_user, settings.smtp_password)
        return connection


def keep_for_demo(outgoing_id: int, message: EmailMessage) -> None:
    """Once, however often it is tried. The caller's transaction."""
    words = message.get_body(("plain",))
    html = message.get_body(("html",))
    statement = insert(DemoMail).values(
        outgoing_id=outgoing_id,
        address=str(message["To"]),
        subject=str(message["Subject"]),
        words=words.get_content() if words else "",
        html=html.get_content() if html else "",
        sent_at=message["Date"].datetime,
    )
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["outgoing_id"]))
