"""One line for each thing that is worth one, with the number that the page shows and nothing of
anybody."""

import io
import json
import logging
import re
import smtplib
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any
from urllib.error import HTTPError

import pytest
from sqlalchemy import text

from portal.app import create_app
from portal.core import config, logs
from portal.core.database import db
from portal.core.errors import Refused
from portal.core.logs import Lines, Plain
from portal.jobs import schedule, work
from portal.jobs.schedule import Planned
from portal.mail import sending
from portal.programs import registering
from portal.programs.registering import Party
from tests import factories
from tests.conftest import Probe
from tests.mail import conftest as mail
from tests.mail.conftest import Sink
from tests.serving import Served, begin, until

sink = mail.sink

HOSTILE = [
    "ada@example.org",
    "Ada\r\nlevel=error forged",
    '"}\n{"event": "forged"',
    "\x1b[2J\x1b]0;owned\x07",
    "\u2028forged\u2029\x85",
    "192.0.2.77",
    "TOKEN-3f9a1c",
    "%s %(levelname)s {request}",
    "Ж" * 10_000,
]


class Log:
    """What the portal wrote to its log, as text and as lines read back."""

    def __init__(self, formatter: logging.Formatter) -> None:
        self._stream = io.StringIO()
        self.handler = logging.StreamHandler(self._stream)
        self.handler.setFormatter(formatter)

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture(autouse=True)
def _no_machine_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "SLOW", 3600.0)


@pytest.fixture
def log() -> Iterator[Log]:
    yield from listening(Lines())


@pytest.fixture
def screen() -> Iterator[Log]:
    yield from listening(Plain())


def listening(formatter: logging.Formatter) -> Iterator[Log]:
    made, root = Log(formatter), logging.getLogger()
    root.addHandler(made.handler)
    yield made
    root.removeHandler(made.handler)


def failing(probe: Probe, act: Any) -> Probe:
    probe.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    return probe.does(act)


def test_a_failure_is_one_line_with_the_number_of_its_page(probe: Probe, log: Log) -> None:
    page = failing(probe, lambda: HOSTILE[99]).client.get("/probe")

    line = log.lines[0]
    assert len(log.lines) == 1
    assert f"tell us this number: {line['request']}." in page.text
    assert (line["level"], line["event"], line["error"]) == (
        "error",
        "request failed",
        "IndexError",
    )
    assert (line["method"], line["route"]) == ("GET", "/probe")
    assert re.fullmatch(r"tests/core/test_logs\.py:\d+ <lambda>", line["where"][-1])


def test_a_statement_that_failed_is_told_without_what_was_sent(probe: Probe, log: Log) -> None:
    statement = "SELECT nothing FROM people WHERE email = :email"
    act = lambda: db.session.execute(text(statement), {"email": HOSTILE[0]})  # noqa: E731
    failing(probe, act).client.get("/probe")

    assert "SELECT nothing FROM people" in log.lines[0]["statement"]
    assert HOSTILE[0] not in log.text


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_sent_is_in_no_line(probe: Probe, log: Log, screen: Log, words: str) -> None:
    """Thrown, in the address, in headers and in the form."""

    def act() -> None:
        try:
            raise ValueError(words)
        except ValueError as error:
            raise LookupError(f"not found: {words}") from error

    plain = words[:50].translate(dict.fromkeys((10, 13), "_")).encode("ascii", "ignore").decode()
    failing(probe, act).client.post(
        "/probe",
        query_string={"q": words},
        data={"name": words},
        headers={"User-Agent": f"x{plain}", "X-Forwarded-For": "192.0.2.77"},
        environ_base={"REMOTE_ADDR": "192.0.2.77"},
    )

    assert [line["error"] for line in log.lines] == ["LookupError < ValueError"]
    for told in (log.text, screen.text):
        assert words not in told
        assert not re.search(r"forged|owned|ada@|192\.0\.2|TOKEN|%s|Ж|\x1b|\r|\u2028", told)
    assert len(log.text.splitlines()) == 1


def test_a_method_of_somebodys_own_is_not_repeated(probe: Probe, log: Log) -> None:
    with probe.client.application.test_request_context("/probe", method="ADA-LOVELACE"):
        assert logs.about_request()["method"] == "other"


def test_other_packages_are_told_without_their_words(log: Log, app: object) -> None:
    logging.getLogger("other").error("ada@example.org from %s\nforged", "192.0.2.77")

    assert [line["event"] for line in log.lines] == ["other"]
    assert log.lines[0]["where"][0].startswith("tests/core/test_logs.py:")
    assert "ada@" not in log.text


def test_what_took_long_is_told_and_what_did_not_is_not(
    probe: Probe, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    probe.does(lambda: "done").client.get("/probe?q=ada@example.org")
    assert log.lines == []

    def slowly() -> str:
        sleep(0.06)
        return "done"

    monkeypatch.setattr(logs, "SLOW", 0.05)
    probe.does(slowly).client.get("/probe?q=ada@example.org")
    [line] = log.lines
    assert (line["event"], line["route"], line["status"]) == ("slow request", "/probe", 200)
    assert 60 <= line["ms"] < 5000
    assert "ada@" not in log.text


def test_that_a_survey_took_long_is_written_nowhere(
    probe: Probe, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "SLOW", 0.0)
    assert probe.client.get("/s/").status_code == 200

    assert log.lines == []


def test_a_refusal_is_no_event(probe: Probe, log: Log) -> None:
    def no() -> None:
        raise Refused("No, Ada.")

    assert probe.does(no).client.post("/probe").status_code == 409
    assert log.lines == []


@pytest.mark.usefixtures("client")
def test_a_rule_that_fails_is_named(app: Any, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def forget_ada() -> None:
        raise RuntimeError(HOSTILE[0])

    monkeypatch.setattr(schedule, "planned", [Planned(forget_ada, 60)])
    monkeypatch.setattr(work, "planned", schedule.planned)
    work.run_once(app)

    [line] = log.lines
    assert (line["event"], line["error"]) == ("rule failed", "RuntimeError")
    assert line["rule"] == "tests.core.test_logs.forget_ada"
    assert HOSTILE[0] not in log.text


def test_a_mail_that_is_not_taken_is_told_by_its_number(app: Any, sink: Sink, log: Log) -> None:
    sink.answers = ["550 5.1.1 no ada@example.org here"]
    session = factories.session(factories.program(), capacity=9)
    registering.register(session.id, Party(name="Ada", email="ada@example.org"))
    db.session.commit()
    sending.send_due()

    [line] = log.lines
    assert line["event"] == "mail not taken"
    assert (line["level"], line["attempt"], line["final"]) == ("warning", 1, True)
    assert line["error"].startswith(smtplib.SMTPRecipientsRefused.__name__)
    assert "ada@" not in log.text


@pytest.mark.usefixtures("on_the_second_database")
def test_a_portal_tells_when_it_started_and_ended_and_once_of_a_failure(
    tmp_path: Path, fresh_database_url: str
) -> None:
    environ = {"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": fresh_database_url}
    begin(environ)
    served = Served(environ)
    assert until(served.is_ready)
    app = create_app(config.read(environ))
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE ideas RENAME TO away"))
    with pytest.raises(HTTPError):
        served.get("/ideas")

    _status, said = served.end()

    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    found = sorted((line["event"], line["part"]) for line in lines if "part" in line)
    parts = ("web server", "worker")
    assert found == [(event, part) for event in ("ended", "started") for part in parts]
    failed = [line for line in lines if "request" in line and line["level"] == "error"]
    assert [(line["event"], line["route"]) for line in failed] == [("request failed", "/ideas")]
    with app.app_context():
        db.engine.dispose()


def test_of_a_slow_failure_there_is_one_line(
    probe: Probe, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "SLOW", 0.0)
    failing(probe, lambda: HOSTILE[99]).client.get("/probe")

    assert [line["event"] for line in log.lines] == ["request failed"]
