"""People and their roles, for whoever has the machine: the first administrator comes from here."""

from typing import Any

import click

from portal.accounts import addresses, granting, joining
from portal.cli.naming import typed
from portal.cli.tables import on_tables
from portal.core.database import transaction
from portal.core.text import one_line
from portal.policy import Role

STAFF = [role.value for role in Role if role is not Role.RESIDENT]


def an_address(_context: Any, _parameter: Any, typed: str | None) -> str | None:
    """Callback of an argument: the address as mail will reach it. None where it is left out."""
    if typed is None:
        return None
    if (email := addresses.tidy(typed)) is None:
        raise click.BadParameter("Write an address like name@example.org.")
    return email


@click.command()
@click.argument("email", callback=an_address)
@click.option("--role", "roles", type=click.Choice(STAFF), multiple=True, required=True)
@click.option("--name", default="", help="The name they are shown with.")
@on_tables
def person(email: str, roles: tuple[str, ...], name: str) -> None:
    """Make somebody one of the staff, for all branches. Twice does no harm."""
    with transaction():
        person_id = joining.confirm(email)
        if name := one_line(name)[:120]:
            joining.rename(person_id, name)
        for role in roles:
            granting.grant(person_id, role=Role(role))
    click.echo(f"{email} is {' and '.join(roles)}. A link to sign in:")
    click.echo(f"  {typed(f'link {email}')}")
