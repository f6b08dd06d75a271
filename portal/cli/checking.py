"""Is the library in order? For whoever looks after it, and for the tests."""

import click

from portal.cli.tables import on_tables
from portal.core.checking import registered
from portal.core.database import db, transaction


@click.command()
@click.option("--mend", is_flag=True, help="Set right what can be counted anew.")
@on_tables
def check(mend: bool) -> None:
    """Recount every counter and test every rule that a query can test. Ends with 1 on a drift."""
    look_at_all(mend=mend)


def look_at_all(*, mend: bool = False) -> None:
    """Say what was found; end with 1 on a drift."""
    drifts = 0
    for one in registered:
        found = list(one.find())
        if found and mend and one.mend is not None:
            db.session.rollback()
            with transaction():
                one.mend()
            left = list(one.find())
            click.echo(f"{one.name}: {len(found) - len(left)} of {len(found)} set right.")
            found = left
        for sentence in found:
            click.echo(f"{one.name}: {sentence}", err=True)
        drifts += len(found)
    if drifts:
        click.echo(f"{len(registered)} rules tested, {drifts} broken.")
        raise SystemExit(1)
    click.echo(f"{len(registered)} rules tested, all hold.")
