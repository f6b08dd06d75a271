"""A way in for somebody whose mail does not work yet."""

import click

from portal.accounts import signing_in
from portal.cli.naming import typed
from portal.cli.person import an_address
from portal.cli.tables import on_tables
from portal.core import config
from portal.core.database import transaction
from portal.core.errors import Missing


@click.command()
@click.argument("email", callback=an_address)
@on_tables
def link(email: str) -> None:
    """Print a link that signs this person in once, in any browser, within 10 minutes."""
    try:
        with transaction():
            token = signing_in.hand_out(email)
    except Missing as refusal:
        raise click.ClickException(
            f"{refusal} Add them first: {typed(f'person {email} --role librarian')}"
        ) from refusal
    click.echo(f"{config.current().base_url}/sign-in/link/{token}")
    click.echo(
        "It works once, for 10 minutes, in any browser. Whoever has it is this person.", err=True
    )
