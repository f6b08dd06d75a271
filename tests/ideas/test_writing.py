"""Who may change which text, and how much one person may share."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.accounts.models import Person
from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused, TooMany
from portal.ideas import writing
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea
from portal.ideas.writing import Draft
from portal.policy import Actor, Role
from tests import factories

pytestmark = pytest.mark.usefixtures("app")

DRAFT = Draft(title="Bee yard", happens="We keep bees.", need="Few bees are left.", unnamed=True)


def written(publication: Publication) -> tuple[Idea, Actor]:
    author = factories.person()
    values: dict[str, object] = {"author_id": author.id, "publication": publication}
    if publication is Publication.MERGED:
        values["merged_into"] = factories.idea().id
    return factories.idea(**values), Actor(id=author.id)


@pytest.mark.parametrize("publication", sorted(set(Publication) - writing.EDITABLE))
def test_what_is_closed_hidden_or_joined_keeps_its_text(publication: Publication) -> None:
    idea, author = written(publication)

    with pytest.raises(Refused, match="cannot be changed any more"):
        writing.edit(idea.id, DRAFT, author=author, seen=idea.version)
    assert (idea.title, idea.revisions) == ("Repair evenings", 0)


def test_an_author_takes_their_name_off_at_once_though_the_new_text_waits() -> None:
    idea, author = written(Publication.PUBLISHED)

    writing.edit(idea.id, DRAFT, author=author, seen=idea.version)

    assert (idea.unnamed, idea.title) == (True, "Repair evenings")


def test_before_it_is_public_an_author_says_anew_where_it_belongs() -> None:
    idea, author = written(Publication.SENT_BACK)
    draft = Draft(title="T", happens="x", need="y", topic_id=factories.topic("civic").id)

    writing.edit(idea.id, draft, author=author, seen=idea.version)

    assert (idea.topic_id, idea.publication) == (draft.topic_id, Publication.PENDING)


def test_of_staff_nobody_asks_how_long_they_wrote() -> None:
    authors = factories.actor(Role.ADMINISTRATOR), factories.actor()
    for one in authors:
        db.session.get_one(Person, one.id).trusted_at = clock.now()
    quick = replace(DRAFT, untimely=True)
    shared = [writing.propose(quick, author=one).publication for one in authors]

    assert shared == [Publication.PUBLISHED, Publication.PENDING]


def share(person: Person, days: int) -> None:
    """Three ideas a day, for so many days."""
    for _day in range(days):
        for n in range(3):
            writing.propose(replace(DRAFT, need=f"{n}"), author=Actor(id=person.id))
        db.session.commit()
        clock.move(timedelta(days=1))


def test_ten_ideas_in_thirty_days_are_all() -> None:
    person, other = factories.person(), factories.person()
    share(person, days=3)
    writing.propose(DRAFT, author=Actor(id=person.id))
    with pytest.raises(TooMany, match="10 ideas in 30 days"):
        writing.propose(replace(DRAFT, need="Another"), author=Actor(id=person.id))
    db.session.rollback()

    assert writing.propose(DRAFT, author=Actor(id=other.id)).title == "Bee yard"
    clock.move(timedelta(days=28))
    assert writing.propose(DRAFT, author=Actor(id=person.id)).title == "Bee yard"
