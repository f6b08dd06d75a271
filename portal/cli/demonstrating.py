"""``flask portal demo``: a library to look around in."""

from typing import cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal.core import migrating
from portal.demo import making
from portal.demo.content import how_to_sign_in

STEPS = 100


@click.command()
@with_appcontext
def demo() -> None:
    """Make the demo library, two years of it, in an empty database."""
    migrating.upgrade()
    try:
        make_demo()
    except making.Occupied as error:
        raise click.ClickException(
            "There is a library in this database already. A demo needs one of its own: "
            "PORTAL_INSTANCE=another-folder flask portal demo"
        ) from error
    click.echo(how_to_sign_in())


def make_demo() -> None:
    """With a bar on a terminal; one line elsewhere."""
    making.refuse_occupied()
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]
    with click.progressbar(length=STEPS, label="Making the demo library") as bar:
        making.make(app, lambda share: bar.update(int(share * STEPS) - bar.pos))
