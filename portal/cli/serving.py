"""``flask portal serve``: what must hold is looked at first, and what does not is said in a
sentence; then this process becomes the supervisor of the web server and the worker."""

import os
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from portal.cli import handing_over, stops
from portal.core import assets, config, metrics, migrating
from portal.core.database import db
from portal.demo import content, state
from portal.settings.models import Library

LEAST_DISK = 50_000_000  # bytes


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, envvar="PORT", show_default=True
)
@with_appcontext
def serve(host: str, port: int) -> None:
    """Serve the portal: the web server and the worker under one supervisor."""
    _look_at_port(host, port)
    _look_at_disk(config.current().instance)
    _look_at_static()
    _look_at_database()
    _look_at_port(host, port)  # a demo takes a while, and somebody else may have come meanwhile
    _begin_metrics()
    settings = config.current()
    if settings.https and not settings.proxies:
        click.echo(
            "All visitors seem to come from one address: PORTAL_BASE_URL is https, so a proxy "
            "stands in front, and PORTAL_PROXIES is 0."
        )
    greeting = f"Ready: http://{_bracketed(host)}:{port}   (end with Ctrl-C)"
    if db.session.scalar(select(Library.demo)):
        os.environ["PORTAL_DEMO"] = "yes"
        greeting += content.how_to_sign_in()
    elif not settings.smtp_host:
        click.echo("Mail waits: no mail server is named in PORTAL_SMTP_HOST.")
    click.echo("Starting the web server and the worker …")
    db.session.rollback()
    db.engine.dispose()
    _become_supervisor(host, port, greeting)


def _become_supervisor(host: str, port: int, greeting: str) -> NoReturn:
    """A stop that comes meanwhile waits until the supervisor can hear it."""
    sys.stdout.flush()
    os.environ["PORT"] = str(port)  # links in mails lead here, where no other address is set
    stops.keep()
    command = [sys.executable, "-m", "portal.cli.supervisor", host, str(port), greeting]
    command += _first_children(host, port)
    os.execv(sys.executable, command)  # noqa: S606  this very program, no shell


def _first_children(host: str, port: int) -> list[str]:
    """They go on with what is loaded, where that can be done; else the supervisor starts them."""
    if sys.platform != "linux":
        return []
    import wsgi
    from portal.cli import web, worker

    def anew(main: Callable[..., None], *values: Any) -> Callable[[], None]:
        def live() -> None:
            wsgi.app = wsgi.make()  # what the environment says has changed
            main(*values)

        return live

    return handing_over.fork([anew(web.main, host, port), anew(worker.main)])


def _begin_metrics() -> None:
    settings = config.current()
    if settings.metrics_port:
        _look_at_port("127.0.0.1", settings.metrics_port)
        os.environ.update(metrics.begin(settings))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _look_at_port(host: str, port: int) -> None:
    """A second Granian on a taken port would start and share the traffic, so ask first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} at {host} cannot be used: {error.strerror}. Stop what listens there, "
                f"or choose another: PORT={port % 65535 + 1} make run"
            ) from error


def _look_at_disk(instance: Path) -> None:
    probe = instance / f".probe-{os.getpid()}"
    try:
        instance.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"0" * 4096)
        probe.unlink()
        room = shutil.disk_usage(instance).free
    except OSError as error:
        raise click.ClickException(
            f"{instance} cannot be written: {error.strerror}. Make room or give this account the "
            "right to write there, or name another folder in PORTAL_INSTANCE."
        ) from error
    if room < LEAST_DISK:
        raise click.ClickException(
            f"The disk with {instance} has only {room // 1_000_000} MB left. Make room first."
        )


def _look_at_static() -> None:
    try:
        assets.manifest()
    except assets.NotBuilt as error:
        raise click.ClickException(str(error)) from error


def _look_at_database() -> None:
    """Tables up to date, and a library in them: the first time, that of the demo."""
    migrating.upgrade()
    if db.session.scalar(select(Library.id)) is None or state.unfinished():
        from portal.cli.demonstrating import make_demo

        make_demo()
