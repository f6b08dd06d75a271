"""To which branch a session belongs: its guests are known there, and it is run from there."""

from sqlalchemy import ColumnElement, func

from portal.core.database import db
from portal.policy import Site
from portal.programs.models import Program, Session

BRANCH: ColumnElement[int] = func.coalesce(Session.branch_id, Program.branch_id)


def of(session: Session) -> Site:
    """That of its room; where it is held somewhere else, that of its program."""
    return Site(session.branch_id or db.session.get_one(Program, session.program_id).branch_id)
