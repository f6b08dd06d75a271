"""What an installation is told from outside, and the sentences for what is wrong."""

import errno
import stat
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from portal.core import config
from portal.core.config import BadSettings


def problems(tmp_path: Path, **environ: str) -> list[str]:
    with pytest.raises(BadSettings) as refused:
        config.read(environ, root=tmp_path)
    return refused.value.problems


def test_nothing_needs_to_be_said(tmp_path: Path) -> None:
    settings = config.read({}, root=tmp_path)

    assert settings.instance == tmp_path / "instance"
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/portal.db"
    assert (settings.base_url, settings.https) == ("http://127.0.0.1:8000", False)
    assert settings.demo is False


def test_the_database_lies_in_the_folder_whatever_its_name_is(tmp_path: Path) -> None:
    instance = tmp_path / "ideas? 100%20 #ü"
    settings = config.read({"PORTAL_INSTANCE": str(instance)}, root=tmp_path)

    assert make_url(settings.database_url).database == str(instance / "portal.db")


def test_the_own_secret_is_drawn_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first, second = (config.read({}, root=tmp_path).secret_key for _ in range(2))
    kept = tmp_path / "instance" / "secret_key"

    assert first == second == kept.read_text("utf-8")
    assert len(first) >= 48
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    settings = config.read({"PORTAL_SMTP_PASSWORD": "hunter2"}, root=tmp_path)

    assert "hunter2" not in repr(settings)
    assert settings.secret_key not in repr(settings)


def test_the_environment_wins_over_the_file_and_a_file_of_its_own_over_both(
    tmp_path: Path,
) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "portal.toml").write_text('smtp_host = "file"\nsmtp_user = "file"\nsmtp_port = 26')
    (tmp_path / "password").write_text("from a file\n")
    environ = {
        "PORTAL_SMTP_USER": "environment",
        "PORTAL_SMTP_PASSWORD": "environment",
        "PORTAL_SMTP_PASSWORD_FILE": str(tmp_path / "password"),
    }
    settings = config.read(environ, root=tmp_path)

    assert (settings.smtp_host, settings.smtp_port) == ("file", 26)
    assert (settings.smtp_user, settings.smtp_password) == ("environment", "from a file")


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("postgres://u@h/db", "postgresql+psycopg://u@h/db"),
        ("postgresql://u@h/db", "postgresql+psycopg://u@h/db"),
        ("postgresql+psycopg://u@h/db", "postgresql+psycopg://u@h/db"),
        ("sqlite:////var/portal.db", "sqlite:////var/portal.db"),
    ],
)
def test_a_database_goes_by_its_usual_names(tmp_path: Path, url: str, read: str) -> None:
    assert config.read({"DATABASE_URL": url}, root=tmp_path).database_url == read


@pytest.mark.parametrize(
    ("typed", "base_url", "host", "https"),
    [
        ("https://Ideas.example.org/", "https://ideas.example.org", "ideas.example.org", True),
        ("http://localhost:5000", "http://localhost:5000", "localhost", False),
    ],
)
def test_the_base_address(
    tmp_path: Path, typed: str, base_url: str, host: str, https: bool
) -> None:
    settings = config.read({"PORTAL_BASE_URL": typed}, root=tmp_path)

    assert (settings.base_url, settings.host, settings.https) == (base_url, host, https)


@pytest.mark.parametrize(
    "typed",
    [
        "ideas.example.org",
        "ftp://example.org",
        "https://",
        "https://example.org/ideas",
        "https://example.org?x=1",
        "https://user:word@example.org",
        "https://example.org:port",
        "https://example.org:0",
        "https://example.org:65536",
        "https://exam ple.org",
        "https://example.org\\@evil.example",
    ],
)
def test_what_is_no_base_address_is_refused(tmp_path: Path, typed: str) -> None:
    assert problems(tmp_path, PORTAL_BASE_URL=typed) == [
        "PORTAL_BASE_URL: is the address people type, such as https://ideas.example.org."
    ]


@pytest.mark.parametrize(
    ("said", "encrypted"),
    [
        ({}, False),
        ({"PORTAL_SMTP_PORT": "587"}, True),
        ({"PORTAL_SMTP_PORT": "465"}, True),
        ({"PORTAL_SMTP_PORT": "587", "PORTAL_SMTP_TLS": "no"}, False),
        ({"PORTAL_SMTP_TLS": "yes"}, True),
    ],
)
def test_where_mail_is_handed_in_it_is_encrypted_unless_that_is_refused(
    tmp_path: Path, said: dict[str, str], encrypted: bool
) -> None:
    assert config.read(said, root=tmp_path).smtp_tls is encrypted


@pytest.mark.parametrize("host", ["mail.example.org", "mail_1", "bücherei.example.", "::1"])
def test_a_mail_server_is_named_by_its_host(tmp_path: Path, host: str) -> None:
    assert config.read({"PORTAL_SMTP_HOST": host}, root=tmp_path).smtp_host == host


@pytest.mark.parametrize(
    "typed", ["mail.example.org:587", "smtp://mail.example.org", "mail..example", "a b", "x" * 64]
)
def test_what_is_no_host_is_refused(tmp_path: Path, typed: str) -> None:
    assert problems(tmp_path, PORTAL_SMTP_HOST=typed) == [
        "PORTAL_SMTP_HOST: names a host alone, such as mail.example.org; its port is smtp_port."
    ]


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "portal.toml").write_text(
        'smpt_host = "a slip"\nproxies = "many"\ninstance = "elsewhere"'
    )

    assert problems(
        tmp_path,
        DATABASE_URL="mysql://h/db",
        PORTAL_SECRET_KEY="short",
        PORTAL_DEMO="perhaps",
        PORTAL_SMTP_PORT="70000",
        PORTAL_TRUSTED_SOURCES="192.0.2.0/24 the school",
        PORTAL_SMPT_HOST="a slip",
        PORTAL_SURVEY_KEYS="",
        PORTAL_MAIL_FROM="Library <a@example.org>\nBcc: all@example.org",
        PORTAL_SMTP_PASSWORD_FILE="/nowhere",
    ) == [
        "DATABASE_URL: begins with sqlite:/// or postgresql://.",
        "PORTAL_SECRET_KEY: has at least 32 letters, drawn at random.",
        "PORTAL_DEMO: is yes or no.",
        f"proxies in {instance}/portal.toml: is a number from 0 to 99.",
        "PORTAL_TRUSTED_SOURCES: is a list of networks, such as 192.0.2.0/24, 2001:db8::/48.",
        "PORTAL_SMTP_PORT: is a number from 1 to 65535.",
        "PORTAL_SMTP_PASSWORD_FILE: /nowhere cannot be read: No such file or directory.",
        "PORTAL_MAIL_FROM: is one plain address, such as ideas@library.example.org.",
        "PORTAL_SURVEY_KEYS: names a folder.",
        f"{instance}/portal.toml: there is no setting instance.",
        f"{instance}/portal.toml: there is no setting smpt_host.",
        "PORTAL_SMPT_HOST: there is no such setting.",
    ]


@pytest.mark.parametrize("typed", ["abc", "0", "65536"])
def test_a_port_that_is_none_is_told(tmp_path: Path, typed: str) -> None:
    assert problems(tmp_path, PORT=typed) == ["PORT: is a number from 1 to 65535."]


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    (tmp_path / "portal.toml").write_text("smtp_host = ")

    (problem,) = problems(tmp_path, PORTAL_INSTANCE=str(tmp_path))
    assert problem.startswith(f"{tmp_path}/portal.toml cannot be read: ")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    (problem,) = problems(tmp_path, PORTAL_INSTANCE=str(tmp_path / "file" / "instance"))
    assert "cannot be written" in problem
    assert "PORTAL_INSTANCE" in problem


def test_the_folder_itself_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "pointer").write_text(f"{tmp_path / 'elsewhere'}\n")

    settings = config.read({"PORTAL_INSTANCE_FILE": str(tmp_path / "pointer")}, root=tmp_path)

    assert settings.instance == tmp_path / "elsewhere"


@pytest.mark.parametrize("url", ["sqlite:///", "sqlite:///:memory:"])
def test_a_database_that_ends_with_its_process_is_refused(tmp_path: Path, url: str) -> None:
    assert problems(tmp_path, DATABASE_URL=url) == [
        "DATABASE_URL: names a file, such as sqlite:////srv/ideas/portal.db."
    ]


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b"\xff" * 60])
def test_an_own_secret_that_was_spoilt_is_never_used(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret_key").write_bytes(content)

    (problem,) = problems(tmp_path, PORTAL_INSTANCE=str(tmp_path))
    assert problem.startswith(f"{tmp_path}/secret_key holds no secret of 32 letters or more.")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00\xff"])
def test_a_file_that_is_no_text_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "portal.toml").write_bytes(content)

    assert problems(tmp_path, PORTAL_INSTANCE=str(tmp_path)) == [
        f"{tmp_path}/portal.toml cannot be read: it is no text in UTF-8."
    ]


def test_a_secret_that_cannot_be_kept_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    (problem,) = problems(tmp_path, PORTAL_INSTANCE=str(tmp_path))

    assert problem.startswith(f"{tmp_path}/secret_key cannot be written: No space left on device.")
    assert list(tmp_path.iterdir()) == []
