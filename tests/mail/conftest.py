"""A real mail server that keeps what it accepted, and can be told to refuse or to wait."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from portal.core.config import Config
from portal.mail import sending
from tests.serving import free_port


@dataclass
class Sink:
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)  # to the next recipients; then 250
    data_answers: list[str] = field(default_factory=list)  # to the next messages; then 250
    under_way: int = 0  # messages that came and are not answered
    open: threading.Event = field(default_factory=threading.Event)  # until then none is answered
    port: int = 0

    async def handle_RCPT(  # noqa: N802  the names are aiosmtpd's
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.under_way += 1
        while not self.open.is_set():
            await asyncio.sleep(0.01)
        self.under_way -= 1
        if self.data_answers:
            return self.data_answers.pop(0)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@pytest.fixture
def sink(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    made = Sink(port=free_port())
    made.open.set()
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    monkeypatch.setattr(sending, "AT_ONCE", 60.0)  # one call sends all, on a slow machine, too
    settings: Config = app.extensions["portal"]
    monkeypatch.setitem(
        app.extensions,
        "portal",
        changed(settings, smtp_host="127.0.0.1", smtp_port=made.port, demo=False),
    )
    yield made
    controller.stop()


def changed(settings: Config, **values: Any) -> Config:
    known = {name: getattr(settings, name) for name in Config.__dataclass_fields__}
    return Config(**known | values)
