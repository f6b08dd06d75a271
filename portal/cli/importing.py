"""Bring in what was kept elsewhere."""

from collections import Counter
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from portal.cli.tables import on_tables
from portal.core.database import transaction
from portal.ideas.lifecycle import Publication
from portal.transfer import ideas as transfer
from portal.transfer.ideas import Report
from portal.transfer.tables import Unreadable

group = AppGroup("import", help="Bring in what was kept elsewhere.")


def _mapping(_context: Any, _parameter: Any, given: tuple[str, ...]) -> dict[str, str]:
    known = (*transfer.KNOWN, "state")
    columns: dict[str, str] = {}
    for what, sign, column in (one.partition("=") for one in given):
        if what not in known or not sign or not column:
            raise click.BadParameter(f"Write it as title=COLUMN. Known: {', '.join(known)}.")
        if what in columns:
            raise click.BadParameter(f"There can be one column for {what}.")
        columns[what] = column
    return columns


@group.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(["polis", "csv"]), help="Guessed if left out.")
@click.option(
    "--map",
    "columns",
    multiple=True,
    callback=_mapping,
    metavar="title=COLUMN",
    help="Which column holds what: title, happens, need, votes, id, state. Guessed if left out.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--publish", is_flag=True, help="Make public what was accepted elsewhere.")
@on_tables
def ideas(
    file: Path, *, kind: str | None, columns: dict[str, str], dry_run: bool, publish: bool
) -> None:
    """Ideas from a Polis export (comments.csv) or any CSV file. With a refused row nothing is
    added; what came before is not added again."""
    click.echo(f"Reading {file} …")
    with transaction():
        report = _looked_at(file, kind, columns)
        click.echo(_understood(report))
        if report.added and not dry_run:
            with click.progressbar(length=report.added, label="Adding them") as bar:
                transfer.add(report, publish=publish, heard=lambda: bar.update(1))
    for line, first in report.again:
        click.echo(f"Line {line} says the same as line {first} and counts once.")
    for line, why in report.refused:
        click.echo(f"Line {line} is refused: {why}.")
    if report.refused:
        click.echo("Nothing was added. Mend these lines, or leave them out, and run it again.")
    if report.added:
        click.echo(_standing(report, publish=publish))
    added = "would be added" if dry_run else "added"
    again = f"{len(report.again)} again in the file, " if report.again else ""
    click.echo(
        f"{report.read} rows read, {report.added} {added}, {report.known} already there, "
        f"{again}{len(report.refused)} refused."
    )
    if report.refused:
        raise SystemExit(1)


def _looked_at(file: Path, kind: str | None, columns: dict[str, str]) -> Report:
    try:
        return transfer.look(file, kind=kind, columns=columns)
    except Unreadable as reason:
        raise click.ClickException(str(reason)) from reason


def _understood(report: Report) -> str:
    """So that a wrong guess is seen before anything is added."""
    delimiter = "tab" if report.table.delimiter == "\t" else report.table.delimiter
    columns = ", ".join(f"{what} is “{column}”" for what, column in report.names.items())
    return f"Read as {report.table.encoding}, columns parted by {delimiter}: {columns}."


def _standing(report: Report, *, publish: bool) -> str:
    """What becomes of those that are new."""
    states = Counter(row.state for row in report.new)
    refused = states[Publication.NOT_PUBLISHED]
    public = states[Publication.PUBLISHED] if publish else 0
    waiting = len(report.new) - refused - public
    return f"New: {public} public, {waiting} for the review queue, {refused} not published."
