"""The people of a partner hear once what changed, and what it means for their agreement."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from portal.agreements import signing
from portal.agreements.lifecycle import AgreementState
from portal.agreements.models import Agreement
from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused
from portal.mail import sending
from portal.organisations.models import Member, MemberRole
from portal.programs import announcing, closing, moving, registering
from portal.programs.models import ProgramPartner, Session
from portal.programs.scheduling import When
from tests import factories
from tests.mail import conftest as mail
from tests.mail.conftest import Sink
from tests.programs.test_moving import on
from tests.programs.test_planning import Plan, plan

pytestmark = pytest.mark.usefixtures("app")
sink = mail.sink


def announced() -> tuple[Plan, Session]:
    """On the calendar, with a partner of an owner and an editor; the agreement waits for them."""
    made = plan()
    editor = Member(organisation_id=made.partner.id, person_id=factories.person().id)
    editor.role = MemberRole.EDITOR
    factories.kept(editor)
    announcing.announce(made.program.id, by=made.staff, reason="It is in the papers.")
    at = db.session.scalars(select(Session).where(Session.program_id == made.program.id)).one()
    return made, at


def plain(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def said(sink: Sink) -> tuple[str, str]:
    """Subject and words of the one mail that each of the two got, then none are left."""
    db.session.commit()
    sending.send_due()
    words = {plain(one) for one in sink.mails}
    assert (len(sink.mails), len({one["To"] for one in sink.mails}), len(words)) == (2, 2, 1)
    subject = str(sink.mails[0]["Subject"])
    sink.mails.clear()
    return subject, words.pop()


def quiet(sink: Sink) -> None:
    db.session.commit()
    sending.send_due()
    sink.mails.clear()


def as_it_is(at: Session, *, seats: int) -> When:
    return When(
        day=at.starts_local.date(),
        starts=at.starts_local.time(),
        ends=at.ends_local.time(),
        seats=seats,
        room_id=at.room_id,
        place=at.place,
    )


def test_a_new_date_is_one_mail_with_the_version_to_sign(sink: Sink) -> None:
    made, at = announced()
    quiet(sink)
    moving.move(at.id, on(seats=20), reason="The heating is out.", by=made.staff)

    subject, words = said(sink)

    assert subject == "Changed: Repair evenings"
    assert "It was: " in words
    assert "2 to 4 p.m., Old mill, 20 seats" in words
    assert "The heating is out." in words
    assert "Your agreement has a new version with what is now. Read it, then sign it." in words
    assert f"/partner/agreements/{made.agreement.id}" in words
    with pytest.raises(Refused, match="Nothing is different"):
        moving.move(at.id, on(seats=20), reason="The heating is out.", by=made.staff)
    quiet(sink)
    assert sink.mails == []


def test_another_number_of_seats_is_told_once_and_nothing_to_sign(sink: Sink) -> None:
    made, at = announced()
    quiet(sink)
    seats = at.capacity + 2
    moving.move(at.id, as_it_is(at, seats=seats), reason="", by=made.staff)

    subject, words = said(sink)

    assert subject == "Another number of seats: Repair evenings"
    assert f"Seats: {seats}. There were {seats - 2}." in words
    assert "for a number of seats nobody signs again" in words
    paper = db.session.get_one(Agreement, made.agreement.id)
    assert paper.current == 1
    registering.set_capacity(at.id, seats, by=made.staff)
    db.session.commit()
    sending.send_due()
    assert sink.mails == []


def test_postponed_then_cancelled_each_says_what_becomes_of_the_agreement(sink: Sink) -> None:
    made, at = announced()
    quiet(sink)
    moving.postpone(at.id, reason="Storm.", by=made.staff)
    with pytest.raises(Refused):
        moving.postpone(at.id, reason="Storm.", by=made.staff)
    subject, words = said(sink)
    assert subject == "Postponed: Repair evenings"
    assert "With the new date you get a version to sign." in words

    closing.cancel(at.id, reason="No hall.", by=made.staff)
    with pytest.raises(Refused):
        closing.cancel(at.id, reason="No hall.", by=made.staff)

    subject, words = said(sink)
    assert subject == "Does not take place: Repair evenings"
    assert "“No hall.” Nothing more of your agreement is due." in words


def test_of_a_series_the_other_dates_stay_agreed(sink: Sink) -> None:
    made, at = announced()
    factories.session(made.program, number=2)
    quiet(sink)
    closing.cancel(at.id, reason="No hall.", by=made.staff)

    assert "Your agreement stays for the other dates." in said(sink)[1]


def test_without_an_agreement_it_says_so_and_who_ended_theirs_hears_nothing(sink: Sink) -> None:
    made, at = announced()
    new = factories.organisation()
    factories.kept(ProgramPartner(program_id=made.program.id, organisation_id=new.id))
    signing.end(made.agreement.id, by=made.staff)
    assert made.agreement.state is AgreementState.ENDED_EARLY
    quiet(sink)
    clock.move(timedelta(minutes=1))
    moving.postpone(at.id, reason="Storm.", by=made.staff)
    db.session.commit()
    sending.send_due()

    [letter] = sink.mails
    assert "There is no agreement about it, so there is nothing to sign." in plain(letter)
    assert "/partner/events" in plain(letter)


def test_of_a_plan_that_is_not_public_nobody_is_told_twice(sink: Sink) -> None:
    """Its partner reads the new date in the agreement that the planner sends."""
    made = plan()
    at = db.session.scalars(select(Session).where(Session.program_id == made.program.id)).one()
    quiet(sink)
    registering.set_capacity(at.id, at.capacity + 1, by=made.staff)
    db.session.commit()
    sending.send_due()

    assert sink.mails == []
