"""The mail that asks who somebody is."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.database import db
from portal.mail import sending
from portal.mail.models import MailState, Outgoing
from tests.accounts.conftest import ask, begun
from tests.conftest import Client, Probe
from tests.mail.conftest import Sink, sink

__all__ = ["sink"]


def parts(sink: Sink) -> tuple[str, str]:
    """The plain and the HTML words of the only mail."""
    (mail,) = sink.mails
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content().replace("\r\n", "\n"), html.get_content()


def test_it_has_link_and_code_under_the_librarys_own_address(client: Client, sink: Sink) -> None:
    letter = ask(client)
    sending.send_due()
    words, html = parts(sink)

    assert sink.mails[0]["To"] == "maria@example.org"
    assert sink.mails[0]["Subject"] == f"{letter.code} is your code for Alder Creek"
    assert f"http://localhost{letter.link}" in words
    assert f'href="http://localhost{letter.link}"' in html
    assert letter.code in words


def test_it_says_what_waits(probe: Probe, sink: Sink) -> None:
    ask(probe.client, at=begun(probe))
    sending.send_due()
    words, html = parts(sink)

    assert "A wave to the sea." in words
    assert "A wave to the sea." in html
    assert "Wave:\nhttp://localhost/sign-in/link/" in words


def test_nothing_is_left_of_the_secrets_when_it_is_sent(client: Client, sink: Sink) -> None:
    ask(client)
    sending.send_due()
    row = db.session.query(Outgoing).one()

    assert (row.state, row.sealed) == (MailState.SENT, None)


def test_the_code_is_not_logged(
    client: Client, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    letter = ask(client)
    client.get(letter.link)
    client.post("/sign-in/code", data={"code": letter.code})
    sending.send_due()

    assert letter.code not in caplog.text
    assert letter.token not in caplog.text


@pytest.mark.parametrize("used", [True, False])
def test_it_is_not_sent_when_there_is_no_reason_left(
    client: Client, sink: Sink, used: bool
) -> None:
    letter = ask(client)
    if used:
        client.post(letter.link)
    with clock.moved_to(clock.now() + timedelta(minutes=0 if used else 10)):
        sending.send_due()

    assert sink.mails == []
    assert db.session.query(Outgoing).one().state is MailState.CANCELLED


def test_sent_late_it_still_does_what_waits(probe: Probe, sink: Sink) -> None:
    letter = ask(probe.client, at=begun(probe))
    with clock.moved_to(clock.now() + timedelta(hours=3)):
        sending.send_due()
    words, _html = parts(sink)

    assert sink.mails[0]["Subject"] == "One press is left"
    assert letter.link in words
    assert letter.code not in words
