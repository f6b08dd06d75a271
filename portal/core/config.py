"""What an installation is told from outside: the environment, then ``instance/portal.toml``.

Every setting is read as ``PORTAL_<NAME>`` (``DATABASE_URL`` goes by its usual name), or from the
file that ``PORTAL_<NAME>_FILE`` points to, or from the instance file under its lower-case name.
What is wrong is refused at start, all of it at once, in sentences for the person who runs it.
"""

import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

LARGEST_PORT = 65535
ENCRYPTED_PORTS = (465, 587)  # on which mail is handed in (RFC 8314)
_BASE_URL = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)
_MAIL_HOST = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63})*\.?|(?=.*:.*:)[0-9A-Fa-f:.]+")
_SENDER = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


class BadSettings(Exception):
    """The installation cannot start like this. ``problems`` has one sentence for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    instance: Path
    database_url: str
    secret_key: str = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    demo: bool = False
    proxies: int = 0
    trusted_sources: tuple[IPv4Network | IPv6Network, ...] = ()  # where many share one address
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_tls: bool = False
    mail_from: str = ""
    metrics_port: int = 0  # none
    survey_keys: Path

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""


def read(environ: Mapping[str, str] | None = None, *, root: Path | None = None) -> Config:
    """All settings, checked. Raises BadSettings with everything that is wrong."""
    source = _Source(os.environ if environ is None else environ, root or Path.cwd())
    instance = source.instance
    values: dict[str, Any] = {
        "instance": instance,
        "database_url": source.read("database_url", _database, _kept_in(instance)),
        "secret_key": source.read("secret_key", _secret, None) or source.own_secret(),
        "base_url": source.read("base_url", _base_url, source.local_url()),
        "demo": source.read("demo", _yes_or_no, False),
        "proxies": source.read("proxies", _count, 0),
        "trusted_sources": source.read("trusted_sources", _networks, ()),
        "smtp_host": source.read("smtp_host", _mail_host, ""),
        "smtp_port": (smtp_port := source.read("smtp_port", _port, 25)),
        "smtp_user": source.read("smtp_user", str, ""),
        "smtp_password": source.read("smtp_password", str, ""),
        "smtp_tls": source.read("smtp_tls", _yes_or_no, smtp_port in ENCRYPTED_PORTS),
        "mail_from": source.read("mail_from", _sender, ""),
        "metrics_port": source.read("metrics_port", _port, 0),
        "survey_keys": source.read("survey_keys", _folder, instance / "survey-keys"),
    }
    source.refuse_unknown(values)
    if source.problems:
        raise BadSettings(source.problems)
    return Config(**values)


def current() -> Config:
    """The settings of the application whose context this is."""
    settings: Config = current_app.extensions["portal"]
    return settings


class _Source:
    def __init__(self, environ: Mapping[str, str], root: Path) -> None:
        self.environ = environ
        self.problems: list[str] = []
        self.file: dict[str, Any] = {}
        self.instance = (self.read("instance", _folder, None) or root / "instance").absolute()
        self.file = self._instance_file()

    def _instance_file(self) -> dict[str, Any]:
        path = self.instance / "portal.toml"
        try:
            return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.problems.append(f"{path} cannot be read: {_why(error)}.")
            return {}

    def read(self, name: str, parse: Callable[[str], Any], default: Any) -> Any:
        variable = _variable(name)
        where, text = self._text(name, variable)
        if text is None:
            return default
        try:
            return parse(text.strip())
        except ValueError as error:
            self.problems.append(f"{where}: {error}")
            return default

    def _text(self, name: str, variable: str) -> tuple[str, str | None]:
        if pointer := self.environ.get(f"{variable}_FILE"):
            try:
                return f"{variable}_FILE", Path(pointer).read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                self.problems.append(f"{variable}_FILE: {pointer} cannot be read: {_why(error)}.")
                return variable, None
        if variable in self.environ:
            return variable, self.environ[variable]
        if name in self.file:
            return f"{name} in {self.instance / 'portal.toml'}", str(self.file[name])
        return variable, None

    def refuse_unknown(self, values: Mapping[str, Any]) -> None:
        for name in sorted(set(self.file) - (set(values) - {"instance"})):
            self.problems.append(f"{self.instance / 'portal.toml'}: there is no setting {name}.")
        known = {_variable(name) for name in values}
        for name in sorted(self.environ):
            if name.startswith("PORTAL_") and name.removesuffix("_FILE") not in known:
                self.problems.append(f"{name}: there is no such setting.")

    def local_url(self) -> str:
        """Where people reach it on this machine, at the port that ``make run`` listens at."""
        try:
            return f"http://127.0.0.1:{_port(self.environ.get('PORT') or '8000')}"
        except ValueError as error:
            self.problems.append(f"PORT: {error}")
            return ""

    def own_secret(self) -> str:
        """The installation's own secret, drawn once and kept beside the database."""
        path = self.instance / "secret_key"
        try:
            self.instance.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                _write_once(path, secrets.token_urlsafe(48))
            return _secret(path.read_text("utf-8"))
        except ValueError:
            self.problems.append(
                f"{path} holds no secret of 32 letters or more. Bring it back from a backup, or "
                "remove it: a new one is drawn, everybody signs in again, and links in mails end."
            )
            return ""
        except OSError as error:
            self.problems.append(
                f"{path} cannot be written: {error.strerror}. Make room or give this account the "
                f"right to write in {self.instance}, or name another folder in PORTAL_INSTANCE."
            )
            return ""


def _variable(name: str) -> str:
    return "DATABASE_URL" if name == "database_url" else f"PORTAL_{name.upper()}"


def _write_once(path: Path, text: str) -> None:
    """Two that start at once end with the same whole file."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.touch(0o600)
        draft.write_text(text, "utf-8")
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)


def _why(error: Exception) -> str:
    """Without the number and the path that the system adds."""
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    return getattr(error, "strerror", None) or str(error)


def _kept_in(instance: Path) -> str:
    """Where a database is by default, whatever letters the folder's name has."""
    return URL.create("sqlite", database=str(instance / "portal.db")).render_as_string()


def _database(text: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if text.startswith(prefix):
            text = "postgresql+psycopg://" + text.removeprefix(prefix)
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("begins with sqlite:/// or postgresql://.")
    if text in ("sqlite:///", "sqlite:///:memory:"):
        raise ValueError("names a file, such as sqlite:////srv/ideas/portal.db.")
    try:
        make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("reads like postgresql://name:password@host:5432/database.") from None
    return text


def _secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("has at least 32 letters, drawn at random.")
    return text


def _base_url(text: str) -> str:
    base = text.rstrip("/")
    found = _BASE_URL.fullmatch(base)
    if not found or not 0 < int((found[2] or ":80")[1:]) <= LARGEST_PORT:
        raise ValueError("is the address people type, such as https://ideas.example.org.")
    return base.lower()


def _mail_host(text: str) -> str:
    if text and not _MAIL_HOST.fullmatch(text):
        raise ValueError("names a host alone, such as mail.example.org; its port is smtp_port.")
    return text


def _sender(text: str) -> str:
    if not _SENDER.fullmatch(text):
        raise ValueError("is one plain address, such as ideas@library.example.org.")
    return text


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part) for part in re.split(r"[\s,]+", text) if part)
    except ValueError as error:
        raise ValueError("is a list of networks, such as 192.0.2.0/24, 2001:db8::/48.") from error


def _yes_or_no(text: str) -> bool:
    answers = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in answers:
        raise ValueError("is yes or no.")
    return answers[text.lower()]


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 99:
        raise ValueError("is a number from 0 to 99.")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= LARGEST_PORT:
        raise ValueError(f"is a number from 1 to {LARGEST_PORT}.")
    return int(text)


def _folder(text: str) -> Path:
    if not text:
        raise ValueError("names a folder.")
    return Path(text)
