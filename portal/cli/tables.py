"""What a command rests on: a database that answers, with tables as this version knows them. Where
that is not so, it is said in a sentence, whichever command met it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from flask.cli import AppGroup, ScriptInfo, with_appcontext
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

from portal.core import migrating

OUR_OWN_MISTAKES = (DataError, IntegrityError)

P = ParamSpec("P")
R = TypeVar("R")


def on_tables(command: Callable[P, R]) -> Callable[P, R]:
    """The decorated command runs in the application, on tables that are up to date."""

    @with_appcontext
    @wraps(command)
    def on_ready_tables(*args: P.args, **kwargs: P.kwargs) -> R:
        migrating.refuse_newer()
        if migrating.pending():
            raise click.ClickException(
                "The tables wait for an update. Run first: flask portal init"
            )
        return command(*args, **kwargs)

    return on_ready_tables


class Commands(AppGroup):
    """Commands that say what is wrong with the database instead of showing a trace."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except migrating.Newer as error:
            raise click.ClickException(str(error)) from error
        except OUR_OWN_MISTAKES:
            raise
        except DatabaseError as error:
            app = context.ensure_object(ScriptInfo).load_app()
            where = app.config["SQLALCHEMY_DATABASE_URI"].split("@")[-1].partition("?")[0]
            raise click.ClickException(
                f"The database {where} cannot be used: {str(error.orig).strip()}\nCheck "
                "DATABASE_URL, and that the file or the server is there and may be read and "
                "written."
            ) from error
