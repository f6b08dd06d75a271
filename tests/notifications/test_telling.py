import pytest
from sqlalchemy import select

from portal.core.database import db
from portal.mail.models import Outgoing
from portal.notifications import queries, subscribing, telling
from portal.notifications.models import Reason
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


def told() -> list[int | None]:
    return list(db.session.scalars(select(Outgoing.person_id).order_by(Outgoing.person_id)))


def test_everybody_who_follows_is_told_once_whatever_their_reasons() -> None:
    idea, one, two = factories.idea(), factories.person(), factories.person()
    subscribing.follow(idea.id, person_id=one.id, reason=Reason.VOTED)
    subscribing.follow(idea.id, person_id=one.id, reason=Reason.FOLLOWS)
    subscribing.follow(idea.id, person_id=two.id, reason=Reason.WROTE)

    assert telling.tell_followers("seats_open", idea.id, key="p1", context={}) == 2
    assert telling.tell_followers("seats_open", idea.id, key="p1", context={}) == 0
    assert told() == [one.id, two.id]


def test_a_no_survives_a_later_vote_but_not_the_own_wish_to_follow() -> None:
    idea, person = factories.idea(), factories.person()
    subscribing.stop(idea.id, person_id=person.id)
    subscribing.follow(idea.id, person_id=person.id, reason=Reason.VOTED)
    assert queries.follower_count(idea.id) == 0

    subscribing.follow(idea.id, person_id=person.id, reason=Reason.FOLLOWS)
    assert queries.follower_count(idea.id) == 1


def test_a_vote_taken_back_leaves_other_reasons() -> None:
    idea, person = factories.idea(), factories.person()
    subscribing.follow(idea.id, person_id=person.id, reason=Reason.VOTED)
    subscribing.follow(idea.id, person_id=person.id, reason=Reason.WROTE)
    subscribing.drop(idea.id, person_id=person.id, reason=Reason.VOTED)

    assert queries.count_by_reason(idea.id) == {Reason.WROTE: 1}
    assert queries.follower_count(idea.id) == 1


def test_whoever_stopped_all_mail_is_not_told() -> None:
    idea, person = factories.idea(), factories.person()
    subscribing.follow(idea.id, person_id=person.id, reason=Reason.VOTED)
    subscribing.stop_all(person.id)
    db.session.expire_all()

    assert telling.tell_followers("seats_open", idea.id, key="p1", context={}) == 0


def test_the_one_who_did_it_need_not_be_told() -> None:
    idea, person = factories.idea(), factories.person()
    subscribing.follow(idea.id, person_id=person.id, reason=Reason.VOTED)

    assert telling.tell_followers("x", idea.id, key="k", context={}, but=person.id) == 0
