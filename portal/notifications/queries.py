"""Who is told. Staff see how many, by reason; never who."""

from typing import Any

from sqlalchemy import Select, exists, func, select

from portal.accounts.models import Person
from portal.core.database import db
from portal.notifications.models import Reason, Stop, Subscription


def followers(idea_id: int) -> Select[int]:
    """Ids of the people to tell about an idea: each once, none who said no."""
    return _followed(select(Subscription.person_id).distinct(), idea_id)


def _followed(columns: Select[*tuple[Any, ...]], idea_id: int) -> Select[*tuple[Any, ...]]:
    said_no = exists().where(
        Stop.idea_id == Subscription.idea_id, Stop.person_id == Subscription.person_id
    )
    return columns.join(Person, Person.id == Subscription.person_id).where(
        Subscription.idea_id == idea_id,
        ~said_no,
        Person.blanked_at.is_(None),
        Person.mail_stopped_at.is_(None),
    )


def count_by_reason(idea_id: int) -> dict[Reason, int]:
    """How many follow for each reason; people with two are in both."""
    by_reason = select(Subscription.reason, func.count()).group_by(Subscription.reason)
    rows = db.session.execute(_followed(by_reason, idea_id))
    return {Reason(reason): number for reason, number in rows}


def follower_count(idea_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(followers(idea_id).subquery())) or 0


def follows(idea_id: int, *, person_id: int) -> bool:
    """For any reason, and whatever they said about mail: who wants no mail loses no right."""
    is_there = exists().where(Subscription.idea_id == idea_id, Subscription.person_id == person_id)
    return db.session.scalar(select(is_there)) is True
