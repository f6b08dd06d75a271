"""What the calendar does to ideas: "not now" comes back, and a search for a partner ends."""

from sqlalchemy import select

from portal.core.database import db
from portal.ideas import answering
from portal.ideas.lifecycle import Stage
from portal.ideas.models import Idea
from portal.jobs.schedule import every, one_by_one
from portal.settings.queries import today

BATCH = 200


@every(seconds=900)
def bring_back() -> None:
    """Ideas whose day has come: from "not now" back to the vote."""
    back = select(Idea.id).where(Idea.stage == Stage.NOT_NOW, Idea.comes_back_on <= today())
    ids = db.session.scalars(back.order_by(Idea.id).limit(BATCH)).all()
    one_by_one(answering.come_back, ids)


@every(seconds=900)
def end_searches() -> None:
    """Ideas that found no partner by the day that was named."""
    over = select(Idea.id).where(Idea.stage == Stage.LOOKING, Idea.search_ends_on < today())
    ids = db.session.scalars(over.order_by(Idea.id).limit(BATCH)).all()
    one_by_one(answering.end_search, ids)
