"""``flask portal backup`` and ``restore``: what a library keeps, in one file and out of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from portal.cli.checking import look_at_all
from portal.core import config
from portal.transfer import backing_up, restoring
from portal.transfer.archive import SECRET, Manifest, Step, Unfit
from portal.transfer.backing_up import Begin

STEPS = 500  # rows between two looks of the bar

a_file = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@a_file
@with_appcontext
def backup(file: Path) -> None:
    """Put all that the library keeps into one new FILE, while it serves."""
    with _refusals(), _bars() as begin:
        manifest = backing_up.back_up(file, begin)
    size = file.stat().st_size / 1e6
    click.echo(f"{_amount(manifest)} are in {file} ({size:,.1f} MB) and were read back.")
    click.echo(
        f"Not in it, ever: the keys of surveys being sent ({config.current().survey_keys}), and "
        "the settings of this machine (portal.toml, environment)."
    )
    if SECRET in manifest.sums:
        click.echo("The secret of this installation is in it: keep it where nobody else reads it.")
    else:
        click.echo("The secret of this installation comes from its settings. Keep that, too.")


@click.command()
@a_file
@with_appcontext
def restore(file: Path) -> None:
    """Bring the library in FILE into this instance, which must be empty."""
    with _refusals(), _bars() as begin:
        restored = restoring.restore(file, begin)
    manifest = restored.manifest
    click.echo(f"{_amount(manifest)} are restored, as they were at {manifest.made_at}.")
    for sentence in _what_to_know(restored):
        click.echo(sentence)
    look_at_all()


def _what_to_know(restored: restoring.Restored) -> Iterator[str]:
    before = restored.manifest.revision
    if before != restored.revision:
        yield f"The tables were brought from {before} to {restored.revision}."
    if not restored.same_secret:
        yield (
            "The secret of this installation is another: links in mails that were sent before "
            "do not work here, nor do typed survey codes. Set PORTAL_SECRET_KEY to the one before."
        )
    if left := restored.waiting - restored.unreadable:
        yield (
            f"Mails that waited: {left}. They leave once a mail server is set and the portal runs. "
            "Is this only a copy to look at? Then set none."
        )
    if restored.unreadable:
        yield (
            f"Invitations to surveys that waited: {restored.unreadable}. Their key is in no "
            "backup, so they are called off. Links that people have already go on working."
        )


def _amount(manifest: Manifest) -> str:
    tables, uploads = len(manifest.tables), len(manifest.uploads)
    return f"{manifest.rows:,} rows of {tables} tables and {uploads} upload{'s'[uploads == 1 :]}"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Unfit as refusal:
        raise click.ClickException(str(refusal)) from refusal


@contextmanager
def _bars() -> Iterator[Begin]:
    """A bar for each thing that is done, on a terminal; a line elsewhere."""
    with ExitStack() as open_bars:

        def begin(label: str, rows: int) -> Step:
            open_bars.close()
            bar: Any = open_bars.enter_context(
                click.progressbar(length=rows, label=label, update_min_steps=STEPS)
            )
            update: Callable[[int], None] = bar.update
            return update

        yield begin
