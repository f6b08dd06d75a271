"""A library begins."""

from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from portal.accounts import granting, joining
from portal.cli.naming import typed
from portal.cli.person import an_address
from portal.core import config, migrating
from portal.core.database import db, transaction
from portal.core.text import one_line
from portal.policy import Role
from portal.settings import founding
from portal.settings.models import Library
from portal.surveys import instruments

LONGEST_NAME = 120


def begin(name: str) -> None:
    """An empty library with the questions that it may ask. The caller's transaction."""
    founding.found(name)
    instruments.seed()


def _a_name(_context: Any, _parameter: Any, typed: str) -> str:
    name = one_line(typed)
    if not 0 < len(name) <= LONGEST_NAME:
        raise click.BadParameter(f"Write a name of 1 to {LONGEST_NAME} letters.")
    return name


@click.command()
@click.option("--name", default="My library", callback=_a_name, help="What the library is called.")
@click.option("--administrator", callback=an_address, metavar="EMAIL", help="Its first one: you.")
@with_appcontext
def init(name: str, administrator: str | None) -> None:
    """Make the tables and an empty library. Twice does no harm."""
    config.current().instance.mkdir(parents=True, exist_ok=True)
    migrating.upgrade()
    with transaction():
        new = db.session.scalar(select(Library.id)) is None
        if new:
            begin(name)
        if administrator:
            granting.grant(joining.confirm(administrator), role=Role.ADMINISTRATOR)
    here = "There is a library here already; its tables are up to date."
    click.echo(f"{name} is ready." if new else here)
    if administrator:
        click.echo(f"{administrator} is its administrator. Start the portal, then")
        click.echo(f"  {typed(f'link {administrator}')}")
        click.echo("prints a link to sign in. Today says what comes first.")
    elif new:
        click.echo("Make yourself its first administrator:")
        click.echo(f"  {typed('person you@example.org --role administrator')}")
