"""``flask portal serve`` as processes: it starts, it ends, and nothing keeps the port."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from portal.app import create_app
from portal.core import assets, config
from portal.core.database import db
from tests.serving import Served, begin, free_port, until

SLOW = """
import time
from pathlib import Path
from portal.app import create_app
from portal.jobs.schedule import every

def make():
    app = create_app()
    inner = app.wsgi_app

    def slowly(environ, start_response):
        if environ["PATH_INFO"] != "/slow":
            return inner(environ, start_response)
        Path("request").write_text("begun")
        time.sleep(1.5)
        start_response("200 OK", [])
        return [b"served to the end"]

    app.wsgi_app = slowly
    return app

app = make()

@every(seconds=60)
def a_slow_mail():
    Path("mail").write_text("begun")
    while not Path("request").exists():
        time.sleep(0.05)
    time.sleep(1.5)
    Path("mail").write_text("sent")
"""

Serve = Callable[..., Served]
Refusal = Callable[..., str]


@pytest.fixture
def serve(tmp_path: Path, fresh_database_url: str) -> Iterator[Serve]:
    """Starts the portal on an instance and an empty library of its own."""
    environ = {
        "PORTAL_INSTANCE": str(tmp_path),
        "PORTAL_BASE_URL": "https://ideas.example.org",
        "DATABASE_URL": fresh_database_url,
    }
    begin(environ)
    started = []

    def start(**others: Any) -> Served:
        started.append(Served(environ, **others))
        return started[-1]

    yield start
    for served in started:
        served.process.kill()
        served.process.communicate()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_when_asked(serve: Serve, sign: signal.Signals) -> None:
    served = serve()
    assert served.says("All visitors seem to come from one address: PORTAL_BASE_URL is https")
    assert served.says("Mail waits: no mail server is named in PORTAL_SMTP_HOST.")
    assert served.says(f"Ready: http://127.0.0.1:{served.port}")
    assert until(served.is_ready)

    status, said = served.end(sign)

    assert status == 0
    events = {json.loads(line)["event"] for line in said.splitlines()}
    assert events <= {"started", "ended", "slow request"}
    assert served.port_is_free()


@pytest.mark.parametrize("seconds", [0.4, 0.8, 1.5])
@pytest.mark.usefixtures("on_the_second_database")
def test_ctrl_c_while_it_starts_is_heard_without_a_trace(serve: Serve, seconds: float) -> None:
    served = serve(module="portal.cli")
    time.sleep(seconds)
    began = time.monotonic()

    status, said = served.end(signal.SIGINT)

    assert status in (0, -signal.SIGINT)
    assert "Traceback" not in said
    assert time.monotonic() - began < 12
    assert until(served.port_is_free)


def test_a_request_and_a_mail_under_way_are_finished(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "wsgi.py").write_text(SLOW)
    served = serve(folder=tmp_path)
    answers: list[bytes] = []
    asking = threading.Thread(target=lambda: answers.append(served.get("/slow")))
    assert until(lambda: served.answers() and (tmp_path / "mail").exists())
    asking.start()
    assert until((tmp_path / "request").exists)

    status, _said = served.end()

    asking.join(timeout=5)
    assert status == 0
    assert answers == [b"served to the end"]
    assert (tmp_path / "mail").read_text() == "sent"
    with pytest.raises(URLError):
        served.get("/healthz")


@pytest.mark.usefixtures("on_the_second_database")
def test_after_a_killed_supervisor_nothing_keeps_the_port(serve: Serve) -> None:
    served = serve()
    assert until(served.answers)

    served.end(signal.SIGKILL)

    assert until(served.port_is_free)


@pytest.mark.usefixtures("on_the_second_database")
def test_the_first_children_come_again_when_they_die(serve: Serve) -> None:
    served = serve()
    assert until(served.answers)
    supervisor = served.process.pid
    web, worker = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text("ascii").split()

    for pid, name in ((web, "web server"), (worker, "worker")):
        os.kill(int(pid), signal.SIGKILL)
        assert served.says(f"The {name} ended; starting it again.")

    assert until(served.is_ready)


@pytest.mark.usefixtures("on_the_second_database")
def test_wrong_settings_are_listed_without_a_trace(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "portal.toml").write_text('demo = "perhaps"\nsmtp_prot = 25')
    served = serve()

    assert served.said().splitlines() == [
        "The portal cannot start:",
        f"- demo in {tmp_path}/portal.toml: is yes or no.",
        f"- {tmp_path}/portal.toml: there is no setting smtp_prot.",
    ]
    assert served.process.returncode == 1


@pytest.fixture
def refusal(tmp_path: Path, empty_database_url: str) -> Refusal:
    """What ``flask portal serve`` says when it does not begin to serve."""

    def say(*, port: int = 0, **environ: str) -> str:
        own = {"PORTAL_INSTANCE": str(tmp_path), "DATABASE_URL": empty_database_url}
        app = create_app(config.read(own | environ))
        arguments = ["portal", "serve", "--port", str(port or free_port())]
        result = app.test_cli_runner().invoke(args=arguments)
        with app.app_context():
            db.engine.dispose()
        assert isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code in (1, 2)
        return result.output

    return say


def test_a_port_in_use_is_said(refusal: Refusal) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as Granian's is
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        assert f"Port {port} at 127.0.0.1 cannot be used" in refusal(port=port)


def test_a_port_that_is_none_is_said(refusal: Refusal) -> None:
    assert "99999 is not in the range 1<=x<=65535" in refusal(port=99999)


def test_a_full_disk_is_said(refusal: Refusal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.cli.serving.LEAST_DISK", 10**18)

    assert "MB left. Make room first." in refusal()


def test_missing_static_files_are_said(
    refusal: Refusal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "MANIFEST", tmp_path / "none.json")
    assets.manifest.cache_clear()

    assert "The static files were not made yet. Run: make run" in refusal()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("sqlite:///{folder}/words", "words cannot be used: file is not a database"),
        ("sqlite:///{folder}/none/portal.db", "cannot be used: unable to open database file"),
        ("postgresql://somebody:secret@127.0.0.1:1/x", "127.0.0.1:1/x cannot be used: connection"),
    ],
)
def test_a_database_that_cannot_be_used_is_named(
    refusal: Refusal, tmp_path: Path, url: str, sentence: str
) -> None:
    (tmp_path / "words").write_text("This is no database. " * 100)

    said = refusal(DATABASE_URL=url.format(folder=tmp_path))

    assert sentence in said
    assert "secret" not in said
