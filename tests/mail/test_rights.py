"""Hole 32: what was owed is made when it is sent, with the rights of that moment. Each kind of mail
is sent twice: while its reader may know, and after the idea was hidden, or they left the group."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from portal.agreements.lifecycle import AgreementState
from portal.agreements.models import Agreement
from portal.core import clock
from portal.core.database import db
from portal.ideas import deciding
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import Decision, Publishing
from portal.ideas.models import Idea
from portal.mail import outbox, sending
from portal.mail.letters import renderers
from portal.mail.models import Outgoing
from portal.organisations.models import Member, Organisation
from portal.policy import Actor, Role
from portal.programs.lifecycle import SessionStage
from portal.programs.models import Program, ProgramIdea, ProgramPartner, Session
from portal.surveys import instruments, reporting
from tests import factories
from tests.mail.conftest import Sink
from tests.surveys.conftest import counted
from tests.test_secrecy import WORD, _words_of

# About a reader's own account, seat or text: there is nobody whom it might not be for any more.
OWN = {
    *("sign_in", "sign_in_changed", "invitation", "leaving", "settings_test", "survey_invitation"),
    *("seat_saved", "seat_reminder", "seat_waitlisted", "seat_offered", "seat_again"),
    *("session_cancelled", "session_moved", "session_postponed"),
    *("idea_publish", "idea_trust", "idea_send_back", "idea_refuse"),
}
PUBLIC_ALL_THE_SAME = {"seats_open", "results"}  # an event, without the idea that it came from


@pytest.fixture
def idea(app: Flask) -> Idea:
    """With this word, and public."""
    return factories.idea(title=WORD)


@pytest.fixture
def group(app: Flask) -> Organisation:
    return factories.organisation(name=WORD)


def owed(idea: Idea, group: Organisation) -> dict[str, dict[str, Any]]:
    """Each kind that somebody may lose the right to, with what it is made from."""
    instruments.seed()
    staff = Actor(id=factories.librarian().id, grants=frozenset({(Role.ADMINISTRATOR, None)}))
    offer = factories.offer(idea, group)
    line = Line(sentence="Who helps?", until=(clock.now() + timedelta(days=60)).date())
    deciding.decide(idea.id, Decision.SEEK_PARTNER, by=staff.id, line=line)
    program, told = factories.program(title="Story walk"), factories.program(title="Chess")
    counted(told, heads=31)
    for one in (program, told):
        factories.kept(ProgramIdea(program_id=one.id, idea_id=idea.id))
        factories.kept(ProgramPartner(program_id=one.id, organisation_id=group.id))
    reporting.save(told.id, by=staff, sentence="It worked.", next_step="Again.", delivered={})
    reporting.publish(told.id, by=staff)
    story = {"idea": idea.id, "line": 1}
    return {
        "idea_answered": story,
        "idea_changed": {"idea_id": idea.id},
        "seats_open": {"program_id": program.id, "idea_id": idea.id},
        "results": {"program": told.id, "idea": idea.id},
        "partner_results": {"program": told.id},
        "offer_answered": {"offer_id": offer.id},
        "organisation_moved": {"organisation_id": group.id},
        **papers(group),
        **sittings(program, group),
    }


def papers(group: Organisation) -> dict[str, dict[str, Any]]:
    states = {
        "agreement_sent": AgreementState.SENT,
        "agreement_signed": AgreementState.ACTIVE,
        "agreement_ended": AgreementState.ENDED_EARLY,
    }
    made = {
        kind: Agreement(
            program_id=factories.program().id,
            organisation_id=group.id,
            state=state,
            remark=WORD,
        )
        for kind, state in states.items()
    }
    return {kind: {"agreement_id": factories.kept(one).id} for kind, one in made.items()}


def sittings(program: Program, group: Organisation) -> dict[str, dict[str, Any]]:
    now = clock.now()
    moved, more, later, off = (
        factories.session(program, number=n, reason=WORD) for n in range(1, 5)
    )
    moved.moved_at = now
    later.stage, off.stage = SessionStage.POSTPONED, SessionStage.CANCELLED
    was = {"starts": now.isoformat(), "ends": now.isoformat(), "room_id": None, "place": ""}
    news: dict[str, tuple[Session, dict[str, Any]]] = {
        "moved": (moved, {"was": was | {"seats": 3}, "moved_at": now.isoformat()}),
        "seats": (more, {"was": 2, "now": more.capacity}),
        "postponed": (later, {}),
        "cancelled": (off, {}),
    }
    return {
        f"partner_session_{kind}": {"session_id": of.id, "partner_id": group.id, **context}
        for kind, (of, context) in news.items()
    }


NUMBERED = select(Outgoing.id, Outgoing.kind)


def sent(sink: Sink, kinds: dict[str, dict[str, Any]], *, to: int, key: str) -> dict[str, str]:
    """What arrived, by kind."""
    sink.mails.clear()
    for kind, context in kinds.items():
        outbox.queue(kind, key=f"{key}:{kind}", to=to, context=context)
    db.session.commit()
    numbers = {row.id: row.kind for row in db.session.execute(NUMBERED)}
    sending.send_due()
    arrived = {}
    for mail in sink.mails:
        number = int(str(mail["Message-ID"]).partition("@")[0].rpartition("-")[2])
        arrived[numbers[number]] = _words_of(mail)
    return arrived


def test_every_kind_of_mail_is_known_here(app: Flask) -> None:
    kinds = owed(factories.idea(), factories.organisation())

    assert kinds.keys() | OWN == renderers.keys()
    assert kinds.keys() & OWN == set()


def test_nobody_hears_of_what_they_may_not_see_any_more(
    sink: Sink, idea: Idea, group: Organisation
) -> None:
    kinds, reader = owed(idea, group), factories.person()
    factories.kept(Member(organisation_id=group.id, person_id=reader.id))
    before = sent(sink, kinds, to=reader.id, key="before")
    assert before.keys() == kinds.keys()
    knowing = {kind for kind, words in before.items() if WORD in words}

    deciding.move_publication(idea, Publishing.HIDE, by=None)
    hidden = sent(sink, kinds, to=reader.id, key="hidden")
    db.session.execute(delete(Member).where(Member.person_id == reader.id))
    after = sent(sink, kinds, to=reader.id, key="after")

    of_idea = {"idea_answered", "idea_changed", "offer_answered", "results"}
    assert knowing >= of_idea
    assert [kind for kind in of_idea if WORD in hidden.get(kind, "")] == []
    assert after.keys() == PUBLIC_ALL_THE_SAME
    assert [kind for kind, words in after.items() if WORD in words] == []
