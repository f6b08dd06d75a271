"""An organisation says how it would help with an idea; it may take that back at any time."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from portal.agreements.events import OfferAnswered
from portal.agreements.lifecycle import OFFER, OfferMove, OfferState
from portal.agreements.models import Offer
from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db, insert, lock
from portal.core.errors import Forbidden, Missing, Refused
from portal.core.events import publish
from portal.ideas.lifecycle import PROMISED, Publication, Stage
from portal.ideas.models import Idea
from portal.mail import outbox
from portal.organisations import joining
from portal.organisations.lifecycle import ACTIVE, Standing
from portal.organisations.models import Organisation
from portal.policy import Actor, Permission, may, require

KINDS = ("lead", "host", "teach", "fund", "lend", "publicise")


@dataclass(frozen=True, kw_only=True, slots=True)
class Help:
    """What somebody offers, in their own words, and the kinds of help it is."""

    idea_id: int
    words: str
    brings: tuple[str, ...] = ()


def offer_first(help_: Help, *, organisation: str, person_id: int) -> Offer:
    """The offer of an organisation that is new here: only staff see both until it is verified."""
    new = joining.apply(organisation, person_id=person_id, brings=help_.words)
    return _make(help_, organisation_id=new.id, person_id=person_id)


def make(help_: Help, *, organisation_id: int, by: Actor) -> Offer:
    """Another offer of an organisation that one acts for."""
    organisation = lock(Organisation, organisation_id)
    if organisation.id not in by.organisations:
        raise Missing(_("There is nothing here, or it is no longer public."))
    if organisation.standing not in ACTIVE:
        raise Refused(_("Your organization cannot make offers at the moment."))
    return _make(help_, organisation_id=organisation_id, person_id=by.signed_in_id)


def _make(help_: Help, *, organisation_id: int, person_id: int) -> Offer:
    idea = lock(Idea, help_.idea_id)
    if idea.publication is not Publication.PUBLISHED:
        raise Missing(_("There is nothing here, or it is no longer public."))
    refuse_if_settled(idea.stage)
    row = {
        "idea_id": idea.id,
        "organisation_id": organisation_id,
        "person_id": person_id,
        "words": help_.words,
        "brings": " ".join(kind for kind in KINDS if kind in help_.brings),
        "state": OfferState.MADE,
        "answer": "",
        "version": 1,
        "made_at": clock.now(),
        "changed_at": clock.now(),
    }
    made = db.session.scalar(insert(Offer).values(row).on_conflict_do_nothing().returning(Offer.id))
    if made is None:
        raise Refused(
            _("Your organization has an offer for this idea already."),
            _("You find it in your partner room."),
        )
    record("offer.make", actor_id=person_id, thing=("offer", made))
    return db.session.get_one(Offer, made)


def refuse_if_settled(stage: Stage) -> None:
    if stage not in PROMISED:
        raise Refused(
            _("This idea does not look for partners any more."),
            _("Others do: see the list of ideas."),
        )


def withdraw(offer_id: int, *, by: Actor) -> Offer:
    """Take an offer back, also an accepted one: the idea then looks for a partner again, and an
    agreement ends, so that is for an owner to do."""
    offer = _held(offer_id)
    if not may(by, Permission.ORGANISATION_WORK, offer):
        raise Missing(_("There is nothing here, or it is no longer public."))
    accepted = offer.state is OfferState.ACCEPTED
    if accepted and not may(by, Permission.AGREEMENT_SIGN_PARTNER, offer):
        raise Forbidden(
            _("This offer was accepted. Only an owner of your organization takes it back."),
            _("Ask one of them."),
        )
    _move(offer, OfferMove.WITHDRAW, by=by, sentence="")
    return offer


def answer(
    offer_id: int, what: OfferMove, *, by: Actor, sentence: str, seen: int | None = None
) -> Offer:
    """Staff talk about it, accept or decline it, with a sentence that its maker reads."""
    offer = _held(offer_id)
    require(by, Permission.OFFER_DECIDE, db.session.get_one(Idea, offer.idea_id))
    if may(by, Permission.ORGANISATION_WORK, offer):
        raise Forbidden(
            _("You act for this organization, so somebody else answers its offer."),
            _("A colleague can decide on it."),
        )
    if seen is not None and offer.version != seen:
        raise Refused(
            _("Somebody changed this while you were reading."),
            _("Open the page again to see where it stands now."),
        )
    if what is OfferMove.WITHDRAW:
        raise Refused(_("Only the organization takes its offer back."))
    if what is OfferMove.DECLINE and not sentence:
        raise Refused(_("Say why, in a sentence that the organization reads."))
    if what is OfferMove.ACCEPT:
        _refuse_unverified(offer)
    _move(offer, what, by=by, sentence=sentence)
    outbox.queue(
        "offer_answered",
        key=f"offer:{offer.id}:v{offer.version}",
        to=offer.person_id,
        context={"offer_id": offer.id},
    )
    return offer


def _held(offer_id: int) -> Offer:
    """The offer, after the idea that it is for: a plan that begins takes over what is accepted."""
    idea_id = db.session.scalar(select(Offer.idea_id).where(Offer.id == offer_id))
    lock(Idea, idea_id or 0)
    return lock(Offer, offer_id)


def _refuse_unverified(offer: Offer) -> None:
    standing = db.session.scalar(
        select(Organisation.standing).where(Organisation.id == offer.organisation_id)
    )
    if standing is not Standing.VERIFIED:
        raise Refused(
            _("This organization is not verified yet."), _("Verify it first, then accept.")
        )


def _move(offer: Offer, what: OfferMove, *, by: Actor, sentence: str) -> None:
    offer.state = OFFER.target(what, offer.state)
    offer.changed_at = clock.now()
    offer.version += 1
    if what is not OfferMove.WITHDRAW:
        offer.answer, offer.answered_by = sentence, by.id
    record(f"offer.{what}", actor_id=by.id, thing=("offer", offer.id))
    publish(
        OfferAnswered(
            offer_id=offer.id,
            idea_id=offer.idea_id,
            organisation_id=offer.organisation_id,
            state=offer.state,
        )
    )
