"""The demo library is made, or made again where it was not finished."""

from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.engine.interfaces import DBAPIConnection

from portal.core import clock, config, migrating
from portal.core.database import db, transaction
from portal.demo import courses, state
from portal.demo.content import content
from portal.demo.population import Town, partnering, settle
from portal.demo.timeline import Timeline
from portal.jobs import work
from portal.settings.models import Library
from portal.surveys import keys


class Occupied(RuntimeError):
    """There is a library in this database already."""


def refuse_occupied() -> None:
    """A demo needs a database without a library, or with a demo that was not finished. Raises
    Occupied."""
    if _is_there() and not state.unfinished():
        raise Occupied


def make(app: Flask, heard: Callable[[float], None]) -> None:
    """Two years of a library, up to now. ``heard`` is told how much of them is over, from 0 to 1.
    Needs tables. Raises Occupied."""
    refuse_occupied()
    is_there = _is_there()
    db.session.rollback()
    if is_there:
        _start_over()
    app.extensions["portal"] = replace(config.current(), demo=True)
    event.listen(db.engine, "connect", _in_haste)
    db.engine.dispose()
    town = Town(content=content(), today=clock.now())
    began = town.ago(days=courses.FIRST)
    with clock.moved_to(began), transaction():
        settle(town)
    timeline = Timeline(app)
    for group in town.content.organisations:
        timeline.add(partnering(town, group))
    for story in town.content.stories:
        timeline.add(courses.tell(story, town, timeline))
    length = town.today - began
    timeline.tell(until=town.today, heard=lambda moment: heard((moment - began) / length))
    work.run_once(app)
    with transaction():
        state.finish()
    event.remove(db.engine, "connect", _in_haste)
    db.engine.dispose()


def _is_there() -> bool:
    return db.session.scalar(select(Library.id)) is not None


def _start_over() -> None:
    for survey_id in keys.kept():
        keys.destroy(survey_id)
    migrating.downgrade("base")
    migrating.upgrade()


def _in_haste(connection: DBAPIConnection, _record: object) -> None:
    """A demo that a power cut spoils is made again, so nothing waits for the disk."""
    sqlite = db.engine.dialect.name == "sqlite"
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF" if sqlite else "SET synchronous_commit = off")
    cursor.close()
