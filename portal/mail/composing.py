"""From a letter to the message that is sent: plain text, its HTML twin, the right headers."""

from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from portal.core import clock, config
from portal.core.text import one_line
from portal.core.tokens import sign
from portal.mail.letters import Envelope, Letter, letterheads

LONGEST_SUBJECT = 200


class _Whole(UnstructuredHeader, BaseHeader):
    """A header that stays on its line as it is: encoded, as long words are, a link is none."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Headers(HeaderRegistry):
    """Makes a class for each name, not for each header of each mail."""

    def __init__(self) -> None:
        super().__init__()
        self.map_to_type("List-Unsubscribe", _Whole)
        self._made: dict[str, type[BaseHeader]] = {}

    def __getitem__(self, name: str) -> type[BaseHeader]:
        if name not in self._made:
            self._made[name] = super().__getitem__(name)
        return self._made[name]


_policy = default.clone(header_factory=_Headers())


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A letter as it is read, and the links in it that stop such mail, as words and address."""

    subject: str
    text: str
    html: str
    stops: list[tuple[str, str]]


def spell_out(envelope: Envelope, letter: Letter) -> Written:
    """What the mail says, to whoever it is for."""
    stops = _stop_links(envelope, letter)
    base = config.current().base_url
    words = {"letter": letter, "stops": stops, "base_url": base, "head": _letterhead()}
    return Written(
        subject=one_line(letter.subject)[:LONGEST_SUBJECT],
        text=_drawn("mail/letter.txt", words),
        html=_drawn("mail/letter.html", words),
        stops=stops,
    )


def compose(envelope: Envelope, letter: Letter) -> EmailMessage:
    """The message, ready for the relay. Its Message-ID is the same at every attempt."""
    written = spell_out(envelope, letter)
    message = EmailMessage(policy=_policy)
    message["From"] = Address(display_name=_letterhead(), addr_spec=_sender())
    message["To"] = Address(addr_spec=envelope.address)
    message["Subject"] = written.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<outbox-{envelope.id}@{config.current().host}>"
    message["Auto-Submitted"] = "auto-generated"
    if written.stops and (letter.about_idea or letter.stoppable):
        message["List-Unsubscribe"] = f"<{written.stops[0][1]}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    if letter.calendar is not None:
        name = "event.ics"
        message.add_attachment(letter.calendar, "text", "calendar", filename=name)
    return message


def _drawn(template: str, words: dict[str, Any]) -> str:
    """Without what pages know of their reader: a mail is made outside any request."""
    return current_app.jinja_env.get_template(template).render(words)


def _stop_links(envelope: Envelope, letter: Letter) -> list[tuple[str, str]]:
    """Words and address: to stop mail about this idea, and to stop all; of a guest, what follows a
    seat."""
    person, base = envelope.person_id, config.current().base_url
    links = []
    if person and letter.about_idea:
        signature = sign(f"stop-idea-{person}", letter.about_idea)
        path = f"{base}/stop/{person}/{letter.about_idea}/{signature}"
        links.append((_("Stop mail about this idea"), path))
    if person and letter.stoppable:
        path = f"{base}/stop/{person}/{sign('stop-all', person)}"
        links.append((_("Stop all mail like this"), path))
    if envelope.stop_path and (letter.stoppable or letter.leads_on):
        links.append((_("Stop mail I did not ask for"), f"{base}{envelope.stop_path}"))
    return links


def _letterhead() -> str:
    return one_line(letterheads[0]()) if letterheads else config.current().host


def _sender() -> str:
    settings = config.current()
    host = settings.host if "." in settings.host else "library.invalid"
    return settings.mail_from or f"no-reply@{host}"
