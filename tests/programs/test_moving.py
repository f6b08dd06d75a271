"""A session on the calendar gets another date or place, or none for now."""

from datetime import time, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from portal.agreements.lifecycle import AgreementState
from portal.agreements.models import Agreement
from portal.core import clock
from portal.core.database import db
from portal.core.errors import Refused
from portal.core.locale import long_date
from portal.mail import sending
from portal.mail.models import Outgoing
from portal.policy import Actor, Role
from portal.programs import (
    announcing,
    clearing,
    closing,
    due,
    guests,
    moving,
    registering,
    waitlist,
)
from portal.programs.closing import Count
from portal.programs.lifecycle import SeatState, SessionStage
from portal.programs.models import Registration, Session
from portal.programs.registering import Party
from portal.programs.scheduling import When
from tests import factories
from tests.conftest import Client
from tests.mail import conftest as mail
from tests.mail.conftest import Sink
from tests.programs.test_planning import plan

pytestmark = pytest.mark.usefixtures("app")
sink = mail.sink


def librarian() -> Actor:
    return factories.actor(Role.LIBRARIAN)


def on(days: int = 20, **values: Any) -> When:
    day = (clock.now() + timedelta(days=days)).date()
    usual: dict[str, Any] = {"starts": time(14), "ends": time(16), "seats": 2, "place": "Old mill"}
    return When(day=day, **usual | values)


def full() -> tuple[Session, Registration, Registration, Registration]:
    """Two seats: a guest and somebody from the desk have them, and a third waits."""
    noon = (clock.now() + timedelta(days=7)).replace(hour=17)
    at = factories.session(factories.program(), starts=noon, capacity=2)
    gus = registering.register(at.id, Party(name="Gus", email="gus@example.org"))
    desk = registering.register_at_desk(at.id, Party(name="Ada"), by=librarian())
    wil = registering.register(at.id, Party(name="Wil", email="wil@example.org"))
    db.session.commit()
    return at, gus, desk, wil


def test_everybody_hears_once_what_changed_and_keeps_what_they_have(sink: Sink) -> None:
    at, gus, _desk, wil = full()
    was, version = at.starts_local, at.version
    sending.send_due()
    sink.mails.clear()

    moving.move(at.id, on(), reason="The heating is out.", by=librarian())
    db.session.commit()
    sending.send_due()

    assert [str(one["To"]) for one in sink.mails] == ["gus@example.org", "wil@example.org"]
    texts = [one.get_body(("plain",)).get_content() for one in sink.mails]  # type: ignore[union-attr]
    for text in texts:
        assert f"It was: {long_date(was.date())}" in text.replace("\n", " ")
        assert "2 to 4 p.m., Old mill" in text.replace("\n", " ")
        assert "The heating is out." in text
    assert gus.code in texts[0]
    assert "You keep your place on the waitlist." in texts[1]
    (file,) = sink.mails[0].iter_attachments()
    entry = Calendar.from_ical(file.get_content()).walk("VEVENT")[0]
    assert (entry["UID"], entry["SEQUENCE"]) == (f"session-{at.id}@localhost", version + 1)
    assert entry.decoded("DTSTART") == at.starts_at
    assert (at.taken, gus.state, wil.place) == (2, SeatState.REGISTERED, 1)


def test_who_gave_no_email_is_to_be_called() -> None:
    at, _gus, desk, _wil = full()
    staff = librarian()
    assert guests.to_tell(at.id, reader=staff) == (2, 1)
    assert guests.to_call(at.program_id, reader=staff) == []

    moving.move(at.id, on(), reason="Heating.", by=staff)

    assert guests.to_call(at.program_id, reader=staff) == [desk]


def test_of_two_changes_only_the_last_is_told(sink: Sink) -> None:
    at, *_guests = full()
    sending.send_due()
    sink.mails.clear()
    for days in (20, 25):
        clock.move(timedelta(seconds=1))
        moving.move(at.id, on(days), reason="Heating.", by=librarian())
    db.session.commit()

    sending.send_due()

    assert len(sink.mails) == 2


def test_more_seats_are_offered_and_nobody_else_hears() -> None:
    at, _gus, _desk, wil = full()
    as_it_is = When(
        day=at.starts_local.date(),
        starts=at.starts_local.time(),
        ends=at.ends_local.time(),
        seats=3,
        place=at.place,
    )

    moving.move(at.id, as_it_is, reason="", by=librarian())

    assert wil.state is SeatState.OFFERED
    assert at.moved_at is None
    assert not db.session.scalars(select(Outgoing).where(Outgoing.kind == "session_moved")).all()
    with pytest.raises(Refused, match="Nothing is different"):
        moving.move(at.id, as_it_is, reason="", by=librarian())


@pytest.mark.parametrize(
    ("values", "reason", "sentence"),
    [
        ({"seats": 1}, "Heating.", "2 seats are taken already."),
        ({}, "", "Say why"),
        ({}, "x" * 1001, "Make the reason shorter"),
        ({"days": -3}, "Heating.", "This time is over."),
        ({"ends": time(13)}, "Heating.", "It ends before it starts."),
        ({"room_id": 99_999}, "Heating.", "Choose a room"),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any], reason: str, sentence: str) -> None:
    at, *_guests = full()
    before = at.starts_at

    with pytest.raises(Refused, match=sentence):
        moving.move(at.id, on(**values), reason=reason, by=librarian())

    assert (at.starts_at, at.moved_at) == (before, None)


def test_a_room_that_is_taken_is_refused_with_a_free_time_but_not_by_itself() -> None:
    room, staff = factories.room().id, librarian()
    first, second = (factories.session(factories.program()) for _n in range(2))
    moving.move(first.id, on(room_id=room, place=""), reason="Room.", by=staff)

    with pytest.raises(Refused, match="Community room is taken") as refused:
        moving.move(second.id, on(room_id=room, place=""), reason="Room.", by=staff)
    assert refused.value.next_step.startswith("Free that day: ")
    moving.move(first.id, on(room_id=room, place="", starts=time(15)), reason="Bus.", by=staff)

    assert first.starts_local.time() == time(15)


def test_what_has_begun_or_is_over_is_not_moved() -> None:
    begun = factories.session(factories.program(), starts=clock.now() - timedelta(hours=1))
    with pytest.raises(Refused, match="begun already"):
        moving.postpone(begun.id, reason="Storm.", by=librarian())
    closing.close(begun.id, Count(heads=3), by=librarian())

    with pytest.raises(Refused, match="closed or does not take place"):
        moving.move(begun.id, on(), reason="Storm.", by=librarian())


def test_postponed_it_keeps_its_seats_until_there_is_a_new_date(sink: Sink) -> None:
    at, gus, _desk, wil = full()
    registering.set_capacity(at.id, 3, by=librarian())
    assert wil.state is SeatState.OFFERED
    db.session.commit()
    sending.send_due()
    sink.mails.clear()

    moving.postpone(at.id, reason="Storm.", by=librarian())
    db.session.commit()
    sending.send_due()

    assert (wil.state, at.taken, wil.place) == (SeatState.WAITLISTED, 2, 1)
    assert {str(one["Subject"]) for one in sink.mails} == {"Postponed: Repair café"}
    (file,) = sink.mails[0].iter_attachments()
    assert Calendar.from_ical(file.get_content()).walk("VEVENT")[0]["STATUS"] == "CANCELLED"
    clock.move(timedelta(days=60))
    due.lapse_offers()
    due.remind()
    assert db.session.scalars(select(Registration.name).where(clearing._over())).all() == []

    moving.move(at.id, on(seats=3), reason="The storm is over.", by=librarian())

    assert (at.stage, gus.state) == (SessionStage.SCHEDULED, SeatState.REGISTERED)
    assert (wil.state, at.taken) == (SeatState.OFFERED, 3)


def test_without_a_new_date_guests_are_forgotten_half_a_year_later() -> None:
    at, *_guests = full()
    moving.postpone(at.id, reason="Storm.", by=librarian())
    clock.move(timedelta(days=7) + clearing.names_kept() + clearing.POSTPONED + timedelta(days=1))

    assert len(db.session.scalars(select(Registration.id).where(clearing._over())).all()) == 3


def test_an_offer_does_not_outlast_the_new_start() -> None:
    at, _gus, _desk, wil = full()
    registering.set_capacity(at.id, 3, by=librarian())
    assert wil.offered_until is not None
    at.starts_at = clock.now() + timedelta(hours=8)
    assert wil.offered_until > at.starts_at

    waitlist.shorten_offers(at)

    assert wil.offered_until < at.starts_at - timedelta(hours=5)


def test_a_partner_signs_the_new_date_and_only_if_they_signed_the_old() -> None:
    made = plan()
    announcing.announce(made.program.id, by=made.staff)
    at = db.session.scalars(select(Session).where(Session.program_id == made.program.id)).one()

    moving.move(at.id, on(seats=20), reason="Heating.", by=made.staff)

    paper = db.session.get_one(Agreement, made.agreement.id)
    assert (paper.state, paper.current) == (AgreementState.SENT, 2)


def test_the_page_says_how_many_hear_of_it_and_the_desk_is_reminded(client: Client) -> None:
    at, gus, _desk, _wil = full()
    path = f"/staff/events/{at.program_id}/1"
    client.sign_in(factories.librarian())
    page = client.get(f"{path}/date").text
    assert "2 people hear of it by email" in page
    assert "1 guest gave no email" in page
    wrong = client.post(f"{path}/postpone", data={"reason": ""})
    assert (wrong.status_code, "Say why" in wrong.text) == (422, True)

    assert client.post(f"{path}/postpone", data={"reason": "Storm."}).status_code == 303

    assert "no new date yet" in client.get("/staff").text
    assert "your seat stays yours" in client.get(f"/t/{gus.code}").text
    public = client.get(f"/events/{at.program_id}", follow_redirects=True).text
    assert "Postponed" in public
    assert "Storm." in public
    day = (clock.now() + timedelta(days=9)).date()
    sent = {"day": f"{day}", "starts": "18:00", "ends": "20:00", "seats": "2", "place": "Mill"}
    assert client.post(f"{path}/date", data=sent).status_code == 422
    assert client.post(f"{path}/date", data=sent | {"reason": "Sun."}).status_code == 303
    assert long_date(day) in client.get(f"/events/{at.program_id}", follow_redirects=True).text
