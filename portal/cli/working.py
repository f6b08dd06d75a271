"""``flask portal worker``: one more worker beside that of ``serve``, here or elsewhere."""

import logging
from typing import cast

import click
from flask import Flask, current_app

from portal.cli import stops
from portal.cli.tables import on_tables
from portal.jobs import work
from portal.jobs.schedule import stopping

log = logging.getLogger("portal")


def until_told(app: Flask) -> None:
    """Do what is due until SIGTERM or SIGINT; what is in hand then is finished."""
    stops.hear(stopping.set)
    log.info("started", extra={"part": "worker"})
    work.run(app, stopping)
    log.info("ended", extra={"part": "worker"})


@click.command()
@on_tables
def worker() -> None:
    """Send mail and do what is due by the clock, until told to end. Any number may run."""
    click.echo("Working. End with Ctrl-C.")
    until_told(cast(Flask, current_app._get_current_object()))  # type: ignore[attr-defined]
