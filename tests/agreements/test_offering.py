import pytest
from sqlalchemy import select

from portal.accounts import waiting
from portal.accounts.models import Waiting
from portal.agreements import offering, queries
from portal.agreements.lifecycle import OfferMove, OfferState
from portal.agreements.models import Offer
from portal.agreements.offering import Help
from portal.core.database import db
from portal.core.errors import Forbidden, Missing, Refused
from portal.ideas.lifecycle import Stage
from portal.organisations import verifying
from portal.organisations.lifecycle import Move, Standing
from portal.organisations.models import Organisation
from portal.policy import Actor, Role
from tests import factories
from tests.conftest import Client

STAFF = Actor(id=None, grants=frozenset({(Role.LIBRARIAN, None)}))


def staff() -> Actor:
    return Actor(id=factories.librarian().id, grants=STAFF.grants)


def member_of(organisation: Organisation) -> Actor:
    person = factories.person()
    theirs = frozenset({organisation.id})
    return Actor(id=person.id, organisations=theirs, owned=theirs)


def test_a_stranger_s_offer_waits_for_their_email_and_then_only_staff_see_it(
    client: Client,
) -> None:
    idea = factories.idea()
    data = {"organisation": "Zyzzyva Guild", "words": "Six menders.", "brings": ["teach", "lend"]}

    answer = client.post(f"/partners/offer?idea={idea.id}", data=data)
    assert answer.location.startswith("/sign-in")
    waits = db.session.scalars(select(Waiting.id)).one()
    person = factories.person()
    assert waiting.finish(waits, person.id) == "/partner"
    db.session.commit()

    assert db.session.scalars(select(Organisation.standing)).one() is Standing.APPLIED
    assert "Zyzzyva Guild" not in client.get(f"/ideas/{idea.id}-repair-evenings").text
    assert [one.organisation for one in queries.offers_for(idea.id)] == ["Zyzzyva Guild"]
    client.sign_in(factories.librarian())
    assert "Zyzzyva Guild" in client.get("/staff/partners").text


def test_once_verified_everybody_sees_the_offer(client: Client) -> None:
    idea = factories.idea()
    organisation = factories.organisation(standing=Standing.APPLIED, name="Zyzzyva Guild")
    factories.offer(idea, organisation)
    verifying.move(organisation.id, Move.VERIFY, by=staff())

    assert "Zyzzyva Guild" in client.get(f"/ideas/{idea.id}-repair-evenings").text


def test_only_a_verified_organisation_is_accepted(app: object) -> None:
    idea = factories.idea()
    organisation = factories.organisation(standing=Standing.APPLIED)
    offer = factories.offer(idea, organisation)
    by = staff()
    with pytest.raises(Refused, match="not verified"):
        offering.answer(offer.id, OfferMove.ACCEPT, by=by, sentence="")

    verifying.move(organisation.id, Move.VERIFY, by=by)
    offering.answer(offer.id, OfferMove.ACCEPT, by=by, sentence="Come in March.")

    assert (offer.state, offer.answer) == (OfferState.ACCEPTED, "Come in March.")


def test_a_no_needs_a_sentence_and_the_second_answer_is_told(app: object) -> None:
    offer = factories.offer(factories.idea(), factories.organisation())
    by, seen = staff(), offer.version
    with pytest.raises(Refused, match="Say why"):
        offering.answer(offer.id, OfferMove.DECLINE, by=by, sentence="", seen=seen)
    offering.answer(offer.id, OfferMove.DECLINE, by=by, sentence="Too far.", seen=seen)

    with pytest.raises(Refused, match="Somebody changed"):
        offering.answer(offer.id, OfferMove.ACCEPT, by=by, sentence="", seen=seen)


def test_nobody_answers_an_offer_of_their_own_organisation(app: object) -> None:
    organisation = factories.organisation()
    offer = factories.offer(factories.idea(), organisation)
    both = Actor(id=staff().id, grants=STAFF.grants, organisations=frozenset({organisation.id}))

    for what in (OfferMove.TALK, OfferMove.ACCEPT, OfferMove.DECLINE):
        with pytest.raises(Forbidden, match="somebody else answers"):
            offering.answer(offer.id, what, by=both, sentence="Yes.")
    assert offer.state is OfferState.MADE


def test_one_live_offer_for_each_idea_and_organisation(app: object) -> None:
    idea, organisation = factories.idea(), factories.organisation()
    by = member_of(organisation)
    help_ = Help(idea_id=idea.id, words="Six menders.")
    first = offering.make(help_, organisation_id=organisation.id, by=by)
    with pytest.raises(Refused, match="already"):
        offering.make(help_, organisation_id=organisation.id, by=by)

    offering.withdraw(first.id, by=by)
    assert offering.make(help_, organisation_id=organisation.id, by=by).id != first.id


def test_an_offer_that_was_accepted_is_taken_back_by_an_owner_alone(app: object) -> None:
    organisation = factories.organisation()
    offer = factories.offer(factories.idea(), organisation, state=OfferState.ACCEPTED)
    editor = Actor(id=factories.person().id, organisations=frozenset({organisation.id}))
    with pytest.raises(Forbidden, match="Only an owner"):
        offering.withdraw(offer.id, by=editor)
    assert offer.state is OfferState.ACCEPTED

    offering.withdraw(offer.id, by=member_of(organisation))

    assert db.session.scalars(select(Offer.state)).all() == [OfferState.WITHDRAWN]


def test_nobody_offers_or_withdraws_for_another_organisation(app: object) -> None:
    idea, organisation = factories.idea(), factories.organisation()
    offer = factories.offer(idea, organisation)
    stranger = member_of(factories.organisation())

    with pytest.raises(Missing):
        offering.withdraw(offer.id, by=stranger)
    with pytest.raises(Missing):
        offering.make(
            Help(idea_id=idea.id, words="x"), organisation_id=organisation.id, by=stranger
        )
    assert db.session.scalars(select(Offer.state)).all() == [OfferState.MADE]


def test_an_idea_that_is_decided_takes_no_offers(app: object) -> None:
    organisation = factories.organisation()
    help_ = Help(idea_id=factories.idea(stage=Stage.NOT_MOVING).id, words="x")

    with pytest.raises(Refused, match="does not look for partners"):
        offering.make(help_, organisation_id=organisation.id, by=member_of(organisation))


def test_a_form_without_words_comes_back_as_it_was(client: Client) -> None:
    idea = factories.idea()

    answer = client.post(f"/partners/offer?idea={idea.id}", data={"organisation": "The <Guild>"})

    assert answer.status_code == 422
    assert "The &lt;Guild&gt;" in answer.text
    assert "Tell us how you would help" in answer.text


@pytest.mark.parametrize("number", [1, 3])
def test_without_an_idea_an_offer_begins_with_a_choice(
    client: Client, statements: list[str], number: int
) -> None:
    ids = [factories.idea().id for _ in range(number)]
    factories.idea(stage=Stage.HELD, title="Long over")
    client.get("/partners/offer")
    statements.clear()

    page = client.get("/partners/offer").text

    assert page.count("/partners/offer?idea=") == number
    assert all(f'href="/partners/offer?idea={one}"' in page for one in ids)
    assert len(statements) == 2


def test_where_no_idea_takes_offers_the_way_goes_on(client: Client) -> None:
    page = client.get("/partners/offer").text

    assert "No idea looks for a partner right now" in page
    assert 'href="/ideas/new"' in page.split("<main")[1]


def test_who_acts_for_several_says_for_which_and_one_that_ended_is_none_of_them(
    client: Client,
) -> None:
    me, idea = factories.person(), factories.idea()
    factories.organisation(me, standing=Standing.ENDED, name="Closed Guild")
    guild, club = (factories.organisation(me, name=name) for name in ("Repair Guild", "Chess Club"))
    path, data = f"/partners/offer?idea={idea.id}", {"words": "Six boards.", "brings": ["lend"]}
    page = client.sign_in(me).get(path).text
    assert [name in page for name in (guild.name, club.name, "Closed Guild")] == [True, True, False]

    assert client.post(path, data=data | {"organisation": str(club.id)}).status_code == 303

    assert [one.organisation for one in queries.offers_for(idea.id)] == ["Chess Club"]


def test_who_acts_for_one_that_ended_reads_why_they_cannot_offer(client: Client) -> None:
    me, idea = factories.person(), factories.idea()
    factories.organisation(me, standing=Standing.ENDED)
    client.sign_in(me)

    answer = client.post(f"/partners/offer?idea={idea.id}", data={"words": "Six boards."})

    assert answer.status_code == 422
    assert "cannot make offers at the moment" in answer.text
