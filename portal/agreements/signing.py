"""An agreement is sent, signed by the partner, then by the library; or sent back with a sentence.

Nobody signs for the other side, and nobody for both. What is signed is a version: a change makes
a new one, and the signatures of the old stay under the old.
"""

from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy import select

from portal.agreements.drafting import Promise, draft
from portal.agreements.events import AgreementSigned, PartnershipEnded
from portal.agreements.lifecycle import AGREEMENT, AgreementMove, AgreementState
from portal.agreements.models import Agreement, AgreementVersion, Side, Signature
from portal.audit.recording import record
from portal.core import clock
from portal.core.database import db, insert, lock
from portal.core.errors import Forbidden, Missing, Refused
from portal.core.events import publish
from portal.core.text import one_line, render
from portal.mail import outbox
from portal.organisations import queries as organisations
from portal.policy import Actor, Permission, Site, may, require

branches: list[Callable[[int], int | None]] = []  # filled by programs: the branch of a program


def place_of(agreement: Agreement) -> Site:
    """Where its program is: who may act for the library depends on it."""
    return Site(next((branch(agreement.program_id) for branch in branches), None))


def send(program_id: int, *, organisation_id: int, promise: Promise, by: Actor) -> Agreement:
    """Send the words as the plan has them now. The same words again are a reminder; other words
    are a new version that both sign again."""
    agreement = renew(program_id, organisation_id=organisation_id, promise=promise, by=by)
    if agreement.state is AgreementState.SENT:
        sending = f"{agreement.sent_at:%Y%m%d%H%M%S%f}:{clock.now():%Y%m%d}"  # one mail a day
        _tell_partner(agreement, "agreement_sent", key=f"sent:{sending}")
    return agreement


def renew(program_id: int, *, organisation_id: int, promise: Promise, by: Actor) -> Agreement:
    """The same for a partner who hears of it in a mail that says more."""
    require(by, Permission.AGREEMENT_SEND)
    agreement = _held(program_id, organisation_id)
    if says_something_new(agreement, promise):
        first = agreement.state in (AgreementState.DRAFT, AgreementState.SENT_BACK)
        _move_out(agreement, AgreementMove.SEND if first else AgreementMove.CHANGE)
        _add_version(agreement, promise, by=by)
    elif agreement.state is AgreementState.SENT_BACK:
        _move_out(agreement, AgreementMove.SEND)  # both talked, and the words stay
    agreement.version += 1
    record("agreement.send", actor_id=by.id, thing=("agreement", agreement.id))
    return agreement


def _move_out(agreement: Agreement, what: AgreementMove) -> None:
    agreement.state = AGREEMENT.target(what, agreement.state)
    agreement.sent_at = clock.now()
    agreement.remark = ""


def _add_version(agreement: Agreement, promise: Promise, *, by: Actor) -> None:
    agreement.current += 1
    words = draft(promise, number=agreement.current, day=clock.now().date())
    version = AgreementVersion(
        agreement_id=agreement.id,
        n=agreement.current,
        words=words,
        html=render(words),
        made_by=by.id,
    )
    db.session.add(version)


def says_something_new(agreement: Agreement, promise: Promise) -> bool:
    """Whether the plan says by now what the version that was sent does not."""
    latest = db.session.get(AgreementVersion, (agreement.id, agreement.current))
    if latest is None or agreement.state is AgreementState.ENDED_EARLY:
        return True
    return draft(promise, number=latest.n, day=latest.made_at.date()) != latest.words


def _held(program_id: int, organisation_id: int) -> Agreement:
    row = {
        "program_id": program_id,
        "organisation_id": organisation_id,
        "state": AgreementState.DRAFT,
        "current": 0,
        "remark": "",
        "version": 1,
        "made_at": clock.now(),
    }
    db.session.execute(insert(Agreement).values(row).on_conflict_do_nothing())
    found = db.session.scalar(
        select(Agreement.id).where(
            Agreement.program_id == program_id, Agreement.organisation_id == organisation_id
        )
    )
    return lock(Agreement, found or 0)


def sign(agreement_id: int, *, side: Side, name: str, seen: int, by: Actor) -> Agreement:
    """Put one's typed name under version ``seen``, for one's own side."""
    agreement = lock(Agreement, agreement_id)
    _check_side(agreement, side, by)
    if agreement.current != seen:
        raise Refused(
            _("There is a newer version of this agreement."), _("Read it first, then sign.")
        )
    move = AgreementMove.SIGN_PARTNER if side is Side.PARTNER else AgreementMove.SIGN_LIBRARY
    agreement.state = AGREEMENT.target(move, agreement.state)
    agreement.version += 1
    signature = Signature(
        agreement_id=agreement.id,
        n=seen,
        side=side,
        person_id=by.signed_in_id,
        name=one_line(name),
    )
    db.session.add(signature)
    record(f"agreement.sign_{side}", actor_id=by.id, thing=("agreement", agreement.id))
    if agreement.state is AgreementState.ACTIVE:
        _tell_partner(agreement, "agreement_signed")
        publish(AgreementSigned(agreement_id=agreement.id, program_id=agreement.program_id))
    return agreement


def send_back(agreement_id: int, *, sentence: str, seen: int, by: Actor) -> Agreement:
    """The partner asks for another wording, in a sentence."""
    agreement = lock(Agreement, agreement_id)
    if not may(by, Permission.ORGANISATION_WORK, agreement):
        raise _missing()
    if not sentence:
        raise Refused(_("Say in a sentence what should be different."))
    if agreement.current != seen:
        raise Refused(_("There is a newer version of this agreement."), _("Read it first."))
    agreement.state = AGREEMENT.target(AgreementMove.SEND_BACK, agreement.state)
    agreement.remark = sentence
    agreement.version += 1
    record("agreement.send_back", actor_id=by.id, thing=("agreement", agreement.id))
    return agreement


def end(agreement_id: int, *, by: Actor, sentence: str = "") -> Agreement:
    """One side ends it before its time, and may say why. What was never sent is the library's
    alone."""
    agreement = lock(Agreement, agreement_id)
    if agreement.current and may(by, Permission.ORGANISATION_WORK, agreement):
        _require_owner(by, agreement)
    elif not may(by, Permission.AGREEMENT_SEND, place_of(agreement)):
        raise _missing()
    _end(agreement, sentence=sentence, by=by.id)
    return agreement


def break_off(program_id: int, *, organisation_id: int, by: int | None = None) -> None:
    """This organisation is no longer in: what was agreed, or would have been, ends with it."""
    agreement = _held(program_id, organisation_id)
    if AgreementMove.END in AGREEMENT.moves_from(agreement.state):
        _end(agreement, sentence="", by=by)


def _end(agreement: Agreement, *, sentence: str, by: int | None) -> None:
    agreement.state = AGREEMENT.target(AgreementMove.END, agreement.state)
    agreement.remark = sentence
    agreement.version += 1
    record("agreement.end", actor_id=by, thing=("agreement", agreement.id))
    if agreement.current:
        _tell_partner(agreement, "agreement_ended")
    publish(
        PartnershipEnded(program_id=agreement.program_id, organisation_id=agreement.organisation_id)
    )


def _check_side(agreement: Agreement, side: Side, by: Actor) -> None:
    if side is Side.PARTNER:
        if not may(by, Permission.ORGANISATION_WORK, agreement):
            raise _missing()
        _require_owner(by, agreement)
        return
    require(by, Permission.AGREEMENT_SIGN_LIBRARY, place_of(agreement))
    if may(by, Permission.ORGANISATION_WORK, agreement):
        raise Forbidden(
            _("You act for this partner, so somebody else signs for the library."),
            _("Ask a colleague who may sign."),
        )


def _require_owner(by: Actor, agreement: Agreement) -> None:
    """What binds an organisation is its owners' to do, not its editors'."""
    if not may(by, Permission.AGREEMENT_SIGN_PARTNER, agreement):
        raise Forbidden(
            _("Only an owner of your organization can do this."),
            _("Ask one of them. You can read it, and send it back with a sentence."),
        )


def _missing() -> Missing:
    return Missing(_("There is nothing here, or it is no longer public."))


def _tell_partner(agreement: Agreement, kind: str, *, key: str = "") -> None:
    for person_id in organisations.members(agreement.organisation_id):
        outbox.queue(
            kind,
            key=f"agreement:{agreement.id}:{key or f'v{agreement.version}'}:{person_id}",
            to=person_id,
            context={"agreement_id": agreement.id},
        )
