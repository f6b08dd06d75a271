"""From an idea to an event, as a librarian does it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.agreements import signing
from portal.agreements.lifecycle import AgreementState, OfferState
from portal.agreements.models import Agreement, Offer, Side
from portal.core import checking, clock
from portal.core.database import db
from portal.core.locale import long_date
from portal.ideas import voting
from portal.ideas.lifecycle import Stage
from portal.ideas.models import Idea
from portal.mail import sending
from portal.mail.models import Outgoing
from portal.organisations.models import Organisation
from portal.policy import Actor, Role
from portal.programs.lifecycle import ProgramStage
from portal.programs.models import Admission, Measure, Program, Session, Task, Venue
from tests import factories
from tests.conftest import Client
from tests.mail import conftest as mail
from tests.mail.conftest import Sink

sink = mail.sink


def a_day(ahead: int = 30) -> str:
    return (clock.now() + timedelta(days=ahead)).date().isoformat()


def date(**values: str) -> dict[str, str]:
    usual = {"day": a_day(), "starts": "10:00", "ends": "12:00", "seats": "20"}
    return usual | {"room": str(factories.room().id)} | values


def accepted() -> tuple[Idea, Organisation, Person]:
    """An idea with one accepted offer."""
    owner = factories.person()
    idea, organisation = factories.idea(), factories.organisation(owner, name="Repair Guild")
    factories.offer(idea, organisation, state=OfferState.ACCEPTED)
    return idea, organisation, owner


def program() -> Program:
    db.session.rollback()
    return db.session.scalars(select(Program)).one()


def test_with_one_accepted_offer_only_date_and_room_are_chosen(client: Client) -> None:
    idea, organisation, owner = accepted()
    voter = factories.person()
    voting.cast(idea.id, person_id=voter.id)
    client.sign_in(factories.person(Role.MANAGER))
    base = f"/staff/ideas/{idea.id}/plan"

    assert client.post(base).location == f"{base}/3"
    assert client.post(f"{base}/3", data=date()).location == f"{base}/5"
    assert "1 voted" in client.get(f"{base}/5").text
    assert client.post(f"{base}/agreement").status_code == 303
    assert db.session.get_one(Idea, idea.id).stage is Stage.PLANNING
    agreement = db.session.scalars(select(Agreement)).one()
    assert agreement.state is AgreementState.SENT
    refused = client.post(f"{base}/publish")
    assert (refused.status_code, "not signed yet" in refused.text) == (422, True)

    theirs = frozenset({organisation.id})
    partner = Actor(id=owner.id, organisations=theirs, owned=theirs)
    manager = factories.person(Role.MANAGER)
    library = Actor(id=manager.id, grants=frozenset({(Role.MANAGER, None)}))
    signing.sign(agreement.id, side=Side.PARTNER, name="Rosa", seen=1, by=partner)
    signing.sign(agreement.id, side=Side.LIBRARY, name="Maya", seen=1, by=library)
    assert client.post(f"{base}/publish").location == f"/events/{program().id}-repair-evenings"

    assert program().stage is ProgramStage.ANNOUNCED
    assert not program().first_seats_over
    db.session.refresh(idea)
    assert idea.stage is Stage.SCHEDULED
    told = select(Outgoing.person_id).where(Outgoing.kind == "seats_open")
    assert db.session.scalars(told).all() == [voter.id]
    assert "Repair Guild" in client.get(f"/events/{program().id}-repair-evenings").text


def test_all_five_steps_are_saved_and_can_be_left(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian())
    base = f"/staff/ideas/{idea.id}/plan"
    assert "Begin" in client.get(f"{base}/1").text
    assert client.post(base).location == f"{base}/1"
    goal = {"title": "Repair café", "goal": "Mend", "summary": "Bring it *broken*."}
    goal |= {"age_group": "19+", "measure": "Visits", "target": "30"}

    assert client.post(f"{base}/1", data=goal).location == f"{base}/2"
    assert client.post(f"{base}/2", data={"partners": "alone"}).location == f"{base}/3"
    assert client.post(f"{base}/3", data=date()).location == f"{base}/5"
    sign_up = {"party_limit": "2", "waitlist": "y"}
    assert client.post(f"{base}/4", data=sign_up).location == f"{base}/5"
    for step, data in ((1, goal), (2, {"partners": "alone"})):  # "Change" comes back to the summary
        assert client.post(f"{base}/{step}", data=data).location == f"{base}/5"
    assert client.post(base).location == f"{base}/5"
    assert "<em>broken</em>" in client.get(f"/events/{program().id}", follow_redirects=True).text
    client.post(f"{base}/publish")

    assert (program().stage, program().party_limit) == (ProgramStage.ANNOUNCED, 2)
    assert program().first_seats_over


def test_the_name_of_a_partner_is_no_markup(client: Client) -> None:
    idea, organisation, _owner = accepted()
    organisation.name = "Repair <b>Guild</b>"
    client.sign_in(factories.librarian()).post(f"/staff/ideas/{idea.id}/plan")

    page = client.get(f"/staff/ideas/{idea.id}/plan/2").text
    assert "What Repair &lt;b&gt;Guild&lt;/b&gt; does" in page
    assert "<b>Guild" not in page


def test_a_goal_has_as_many_measures_as_show_that_it_worked(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian()).post(f"/staff/ideas/{idea.id}/plan")
    page = f"/staff/ideas/{idea.id}/plan/1"
    goal = {"title": "Repair café", "goal": "Mend", "summary": "Bring it.", "age_group": "19+"}
    goal |= {"measure": "Visits", "target": "30", "kind": "visits"}
    goal |= {"measure_2": "Lamps mended", "target_2": "", "measure_3": "Learned", "target_3": "80"}
    refused = client.post(page, data=goal)
    assert refused.status_code == 422
    assert "Write what is counted and how many, or leave both empty" in refused.text

    client.post(page, data=goal | {"target_2": "9", "kind_3": "knowledge"})
    kept = select(Measure.what, Measure.target, Measure.kind).order_by(Measure.id)
    assert [tuple(row) for row in db.session.execute(kept)] == [
        ("Visits", 30, "visits"),
        ("Lamps mended", 9, ""),
        ("Learned", 80, "knowledge"),
    ]
    shown = client.get(page).text
    assert all(f'value="{what}"' in shown for what in ("Visits", "Lamps mended", "Learned"))
    client.post(page, data=goal | {"measure_2": "", "measure_3": "", "target_3": ""})
    assert db.session.scalars(select(Measure.what)).all() == ["Visits"]


def test_a_clash_is_refused_with_a_free_time_and_the_form_stays(client: Client) -> None:
    taken = factories.program()
    client.sign_in(factories.librarian())
    for idea in (factories.idea(), factories.idea()):
        client.post(f"/staff/ideas/{idea.id}/plan")
        answer = client.post(f"/staff/ideas/{idea.id}/plan/3", data=date(seats="7"))

    assert answer.status_code == 422
    assert "Community room is taken at that time. Free that day: 8 a.m. to 10 a.m." in answer.text
    assert '<a href="#room">Community room is taken' in answer.text
    assert 'aria-describedby="room-err"' in answer.text
    assert 'value="7"' in answer.text
    assert taken.id
    assert len(db.session.scalars(select(Session)).all()) == 1


def test_what_else_is_on_that_day_is_shown(client: Client) -> None:
    idea = accepted()[0]
    other = factories.program(title="Chess for all")
    at_noon = (clock.now() + timedelta(days=30)).replace(hour=17)  # one day here and there
    factories.session(other, starts=at_noon)
    client.sign_in(factories.librarian()).post(f"/staff/ideas/{idea.id}/plan")
    base = f"/staff/ideas/{idea.id}/plan"
    assert "Also that day" not in client.get(f"{base}/3").text

    client.post(f"{base}/3", data=date())

    for step in (3, 5):
        page = client.get(f"{base}/{step}").text
        assert "Also that day" in page
        assert "Chess for all" in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"ends": "09:00"}, "It ends before it starts."),
        ({"day": "2020-01-01"}, "This time is over."),
        ({"day": "2027-03-14", "starts": "02:30", "ends": "04:00"}, "The clocks are put forward"),
        ({"day": "9999-12-31", "starts": "22:00", "ends": "23:30"}, "too far away"),
        ({"day": "0001-01-01", "starts": "00:00"}, "This time is over."),
        ({"seats": "31"}, "Community room holds 30 people."),
        ({"seats": "many"}, "Write a number."),
        ({"day": "soon"}, "Enter a date"),
        ({"room": "", "place": ""}, "Choose a room, or write where it is"),
    ],
)
def test_a_date_that_cannot_be_is_told(
    client: Client, values: dict[str, str], sentence: str
) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian())
    client.post(f"/staff/ideas/{idea.id}/plan")

    answer = client.post(f"/staff/ideas/{idea.id}/plan/3", data=date(**values))

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert db.session.scalars(select(Session)).all() == []


def test_a_plan_without_date_or_partner_is_not_published(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian())
    client.post(f"/staff/ideas/{idea.id}/plan")

    answer = client.post(f"/staff/ideas/{idea.id}/plan/publish")

    assert (answer.status_code, "It has no date yet." in answer.text) == (422, True)


def test_it_is_published_once(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian())
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    client.post(f"{base}/2", data={"partners": "alone"})
    client.post(f"{base}/3", data=date())
    assert client.post(f"{base}/publish").status_code == 303

    assert client.post(f"{base}/publish").status_code == 404


def test_a_partner_who_withdraws_sends_the_idea_back_to_looking(client: Client) -> None:
    idea, _organisation, owner = accepted()
    client.sign_in(factories.librarian())
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    client.post(f"{base}/3", data=date())
    client.post(f"{base}/agreement")
    client.sign_in(owner)

    page = client.get("/partner").text
    offer = page.split("/partner/offers/")[1].split("/")[0]
    assert client.post(f"/partner/offers/{offer}/withdraw").status_code == 303

    assert db.session.get_one(Idea, idea.id).stage is Stage.LOOKING
    assert program().stage is ProgramStage.PLANNING
    assert db.session.scalars(select(Agreement.state)).all() == [AgreementState.ENDED_EARLY]


@pytest.mark.parametrize("sent", [True, False])
def test_a_partner_who_withdraws_after_the_announcement_only_warns_the_desk(
    client: Client, sent: bool
) -> None:
    idea, _organisation, owner = accepted()
    offer = db.session.scalars(select(Offer.id)).one()
    staff = factories.librarian()
    client.sign_in(staff)
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    client.post(f"{base}/3", data=date())
    if sent:
        client.post(f"{base}/agreement")
    client.post(f"{base}/publish", data={"reason": "The flyer is printed."})

    client.sign_in(owner).post(f"/partner/offers/{offer}/withdraw")

    assert db.session.get_one(Idea, idea.id).stage is Stage.SCHEDULED
    assert program().stage is ProgramStage.ANNOUNCED
    assert client.get("/partner").status_code == 200
    assert "is no longer in" in client.sign_in(staff).get("/staff").text


def test_a_partner_who_is_not_chosen_any_more_has_nothing_to_sign(client: Client) -> None:
    idea, organisation, owner = accepted()
    other = factories.organisation(name="Quilters")
    client.sign_in(factories.librarian())
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    client.post(f"{base}/3", data=date())
    client.post(f"{base}/agreement")

    assert client.post(f"{base}/2", data={"partners": str(other.id)}).status_code == 303

    agreement = db.session.scalars(select(Agreement)).one()
    assert (agreement.organisation_id, agreement.state) == (
        organisation.id,
        AgreementState.ENDED_EARLY,
    )
    assert db.session.get_one(Idea, idea.id).stage is Stage.PLANNING
    assert "Read and sign" not in client.sign_in(owner).get("/partner").text


def test_residents_plan_nothing(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.person())

    assert client.post(f"/staff/ideas/{idea.id}/plan").status_code == 403
    assert client.get(f"/staff/ideas/{idea.id}/plan/1").status_code == 403


@pytest.mark.parametrize(
    ("values", "place", "venue"),
    [
        ({}, "", Venue.ONSITE),
        ({"room": "", "place": "The fire house"}, "The fire house", Venue.OFFSITE),
        ({"room": "online"}, "Online", Venue.VIRTUAL),
        (
            {"room": "online", "place": "The link comes by mail"},
            "The link comes by mail",
            "virtual",
        ),
    ],
)
def test_a_session_has_one_venue_for_the_statistics(
    client: Client, values: dict[str, str], place: str, venue: str
) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian())
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    assert client.post(f"{base}/3", data=date(**values)).status_code == 303

    session = db.session.scalars(select(Session)).one()
    assert (session.place, session.venue) == (place, venue)
    assert client.post(f"{base}/3", data=date(**values)).status_code == 303  # as it was saved
    if values.get("room") == "online":
        assert '<option selected value="online">' in client.get(f"{base}/3").text


def test_a_changed_plan_is_sent_as_a_new_version_and_an_unchanged_one_is_a_reminder(
    client: Client,
) -> None:
    idea = accepted()[0]
    client.sign_in(factories.librarian())
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    client.post(f"{base}/3", data=date())
    assert "Send the agreement" in client.get(f"{base}/5").text
    client.post(f"{base}/agreement")
    page = client.get(f"{base}/5").text
    assert "Waiting for Repair Guild since" in page
    assert "Remind" in page
    for _twice in range(2):
        client.post(f"{base}/agreement")  # the partner has a mail of today
    assert len(mails("agreement_sent")) == 1

    client.post(f"{base}/3", data=date(seats="7"))
    assert "Send the new version" in client.get(f"{base}/5").text
    client.post(f"{base}/agreement")

    assert len(mails("agreement_sent")) == 2
    assert "Remind" in client.get(f"{base}/5").text
    clock.move(timedelta(days=1))
    client.post(f"{base}/agreement")
    assert len(mails("agreement_sent")) == 3


def mails(kind: str) -> list[int | None]:
    db.session.rollback()
    return list(db.session.scalars(select(Outgoing.person_id).where(Outgoing.kind == kind)))


def test_a_partner_lost_before_is_not_waited_for(client: Client) -> None:
    idea, _organisation, owner = accepted()
    other = factories.organisation(name="Quilters")
    client.sign_in(factories.person(Role.MANAGER))
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    client.post(f"{base}/3", data=date())
    client.post(f"{base}/agreement")
    agreement = db.session.scalars(select(Agreement)).one()
    client.sign_in(owner).post(f"/partner/agreements/{agreement.id}/end")
    client.sign_in(factories.person(Role.MANAGER))
    assert "Nobody yet" in client.get(f"{base}/5").text

    client.post(f"{base}/2", data={"partners": "alone"})

    page = client.get(f"{base}/5").text
    assert other.name not in page
    assert "Publish anyway" not in page
    assert client.post(f"{base}/publish").status_code == 303


def test_a_reason_that_is_too_long_comes_back(client: Client) -> None:
    idea = accepted()[0]
    client.sign_in(factories.librarian())
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    client.post(f"{base}/3", data=date())

    answer = client.post(f"{base}/publish", data={"reason": "so " * 3000})

    assert (answer.status_code, "Make the reason shorter" in answer.text) == (422, True)
    assert "so so so" in answer.text


def test_each_partner_has_tasks_of_its_own(client: Client) -> None:
    idea, guild, _owner = accepted()
    quilters = factories.organisation(name="Quilters")
    client.sign_in(factories.librarian())
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    both = {"partners": [str(guild.id), str(quilters.id)], f"tasks_{guild.id}": "Bring tools"}
    client.post(f"{base}/2", data=both)
    page = client.get(f"{base}/2").text
    assert "What Repair Guild does" in page
    assert "What Quilters does" in page

    client.post(f"{base}/2", data=both | {f"tasks_{quilters.id}": "Bring thread\nBring cloth"})

    kept = db.session.execute(select(Task.organisation_id, Task.what).order_by(Task.id)).all()
    assert [tuple(row) for row in kept] == [
        (guild.id, "Bring tools"),
        (quilters.id, "Bring thread"),
        (quilters.id, "Bring cloth"),
    ]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [([], "Choose a partner, or the library alone"), (["alone", "{}"], "not both")],
)
def test_somebody_runs_it(client: Client, chosen: list[str], said: str) -> None:
    idea = factories.idea()
    organisation = factories.organisation(name="Quilters")
    client.sign_in(factories.librarian())
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    data = {"partners": [one.format(organisation.id) for one in chosen], "tasks_0": "Bring cloth"}

    answer = client.post(f"{base}/2", data=data)

    assert (answer.status_code, said in answer.text) == (422, True)
    assert "Bring cloth" in answer.text


def test_offers_come_first_and_those_of_whom_nothing_is_known_are_folded(client: Client) -> None:
    idea = factories.idea(title="Quilts", happens="We sew.", need="Cold.")
    for name in ("Anglers", "Bakers"):
        factories.organisation(name=name)
    offering = factories.organisation(name="Zither club", brings="We sew covers, cloth for quilts")
    factories.offer(idea, offering, words="We sew covers. We play.")
    client.sign_in(factories.librarian()).post(f"/staff/ideas/{idea.id}/plan")

    page = client.get(f"/staff/ideas/{idea.id}/plan/2").text

    assert page.index("Zither club") < page.index("The library alone") < page.index("Anglers")
    assert "Offered: “We sew covers. We play.” · Brings cloth for quilts<" in page
    assert "2 more organizations that may partner" in page


def test_an_event_without_an_idea_enters_at_the_date(client: Client) -> None:
    client.sign_in(factories.librarian())
    wrong = client.post("/staff/events/new", data={"title": "Chess", "age_group": "general"})
    assert (wrong.status_code, 'value="Chess"' in wrong.text) == (422, True)
    about = {"title": "Chess", "summary": "Play.", "age_group": "general", "topic": ""}

    answer = client.post("/staff/events/new", data=about)

    base = f"/staff/events/{program().id}/plan"
    assert answer.location == f"{base}/3"
    assert f'href="{base}/3"' in client.get("/staff").text
    assert f'href="{base}/3"' in client.get(f"/staff/events/{program().id}").text
    assert client.post(f"{base}/3", data=date()).location == f"{base}/5"
    assert "Followers" not in client.get(f"{base}/4").text
    sign_up = {"party_limit": "2", "waitlist": "y"}
    assert client.post(f"{base}/4", data=sign_up).location == f"{base}/5"
    assert "follows the idea" not in client.get(f"{base}/5").text
    assert client.post(f"{base}/publish").location == f"/events/{program().id}-chess"
    assert program().stage is ProgramStage.ANNOUNCED
    assert client.get(f"{base}/3").status_code == 404


def test_an_event_of_another_branch_is_not_begun(client: Client) -> None:
    east = factories.branch("EAST").id
    client.sign_in(factories.person(Role.LIBRARIAN, branch_id=east))
    about = {"title": "Chess", "summary": "Play.", "age_group": "general"}
    main = {"branch": str(factories.branch("MAIN").id)}

    assert client.post("/staff/events/new", data=about | main).status_code == 403
    assert client.post("/staff/events/new", data=about | {"branch": str(east)}).status_code == 303


def test_a_plan_begun_by_mistake_is_discarded(client: Client) -> None:
    client.sign_in(factories.librarian())
    about = {"title": "Twice the same", "summary": "Play.", "age_group": "general"}
    client.post("/staff/events/new", data=about)
    discard = f"/staff/events/{program().id}/discard"
    assert discard in client.get(f"/staff/events/{program().id}/plan/5").text
    assert "Twice the same" in client.get("/staff").text

    assert client.post(discard).location == "/staff"

    page = client.get("/staff").text
    assert "Discarded. A room that it held is free again." in page
    assert "Twice the same" not in page
    assert client.post(discard).status_code == 409
    assert [drift for one in checking.registered for drift in one.find()] == []


def test_a_plan_for_which_an_idea_waits_is_not_discarded(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian()).post(f"/staff/ideas/{idea.id}/plan")
    idea.stage = Stage.PLANNING  # as when its agreement is sent
    db.session.commit()
    answer = client.post(f"/staff/events/{program().id}/discard")

    assert (answer.status_code, "An idea waits for this plan." in answer.text) == (409, True)
    assert "/discard" not in client.get(f"/staff/ideas/{idea.id}/plan/5").text


def test_a_plan_of_an_idea_is_found_at_the_idea_only(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.librarian()).post(f"/staff/ideas/{idea.id}/plan")

    assert client.get(f"/staff/events/{program().id}/plan/3").status_code == 404
    assert client.post(f"/staff/events/{program().id}/plan/publish").status_code == 404


def test_staff_of_another_branch_neither_open_a_plan_nor_see_its_buttons(client: Client) -> None:
    main = factories.branch("MAIN").id
    idea = factories.idea(branch_id=main)
    client.sign_in(factories.librarian()).post(f"/staff/ideas/{idea.id}/plan")
    held = factories.program(stage=ProgramStage.ANNOUNCED)
    factories.session(held)
    elsewhere = factories.person(Role.LIBRARIAN, branch_id=factories.branch("EAST").id)
    plan = db.session.scalars(select(Program.id).where(Program.branch_id == main)).first()

    client.sign_in(elsewhere)

    refused = client.get(f"/staff/ideas/{idea.id}/plan/3")
    assert (refused.status_code, 'href="/staff"' in refused.text) == (403, True)
    assert "Go on planning" not in client.get(f"/staff/events/{plan}").text
    page = client.get(f"/staff/events/{held.id}").text
    assert "/door" not in page
    assert "Cancel this date" not in page


def planned(client: Client) -> str:
    """The address of a plan whose date is chosen, for a librarian who is signed in."""
    idea, _organisation, _owner = accepted()
    client.sign_in(factories.librarian())
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    client.post(f"{base}/3", data=date())
    return base


def opening(day: str, time: str) -> dict[str, str]:
    return {"party_limit": "4", "instrument": "", "opens_day": day, "opens_time": time}


def test_sign_up_opens_when_the_plan_says_and_the_pages_say_so(client: Client) -> None:
    base, day = planned(client), (clock.now() + timedelta(days=3)).date()

    assert client.post(f"{base}/4", data=opening(f"{day}", "10:00")).status_code == 303

    again = client.get(f"{base}/4").text
    assert f'value="{day}"' in again
    assert 'value="10:00"' in again
    assert f"{long_date(day)}, 10 a.m." in client.get(f"{base}/5").text
    program().stage = ProgramStage.ANNOUNCED
    db.session.commit()
    page = client.get(f"/events/{program().id}", follow_redirects=True).text
    assert f"From {long_date(day)}, 10 a.m., seats can be saved." in page
    assert "Save my seat" not in page


@pytest.mark.parametrize(
    ("days", "time", "sentence"),
    [
        (3, "", "Enter the time, too"),
        (None, "10:00", "Enter the day, too"),
        (300, "10:00", "Sign-up would open when it has begun already."),
        (3000, "10:00", "Choose a day within two years"),
    ],
)
def test_an_opening_that_cannot_be_is_said(
    client: Client, days: int | None, time: str, sentence: str
) -> None:
    base = planned(client)
    day = "" if days is None else str((clock.now() + timedelta(days=days)).date())

    answer = client.post(f"{base}/4", data=opening(day, time))

    assert answer.status_code == 422
    assert sentence in answer.text


def test_an_opening_that_is_past_means_at_once(client: Client) -> None:
    base = planned(client)

    assert client.post(f"{base}/4", data=opening("0001-01-01", "10:00")).status_code == 303

    assert program().opens_at is None


def test_a_series_is_one_session_for_each_date(client: Client) -> None:
    base = planned(client)
    first = (clock.now() + timedelta(days=30)).date()
    extra = first + timedelta(days=3)
    sent = date(weeks="3", more=f"{extra}\n\n{first}")

    assert client.post(f"{base}/3", data=sent).location == f"{base}/5"

    days = [first, extra, first + timedelta(days=7), first + timedelta(days=14)]
    numbered = select(Session.number, Session.starts_local).order_by(Session.number)
    found = [(n, starts.date()) for n, starts in db.session.execute(numbered)]
    assert found == list(enumerate(days, start=1))
    again = client.get(f"{base}/3").text
    assert "\n".join(str(day) for day in days[1:]) in again
    assert all(long_date(day) in client.get(f"{base}/5").text for day in days)
    assert client.post(f"{base}/3", data=date(more="")).status_code == 303
    db.session.rollback()
    assert [n for n, _starts in db.session.execute(numbered)] == [1]


def test_a_clash_in_a_series_says_on_which_day(client: Client) -> None:
    planned(client)
    idea = factories.idea()
    client.post(f"/staff/ideas/{idea.id}/plan")
    before = (clock.now() + timedelta(days=16)).date().isoformat()

    answer = client.post(
        f"/staff/ideas/{idea.id}/plan/3", data=date(day=before, weeks="4", starts="11:00")
    )

    day = long_date((clock.now() + timedelta(days=30)).date())
    assert answer.status_code == 422
    assert f"{day}: Community room is taken at that time. Free that day: " in answer.text
    assert before in answer.text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"weeks": "61"}, "Enter a number from 1 to 60"),
        ({"weeks": "60", "more": "2027-01-01\n2027-01-02"}, "at most 60 dates"),
        ({"more": "2026-13-01"}, "“2026-13-01” is no date."),
        ({"more": "2020-01-01"}, "This time is over."),
        ({"day": "9999-12-31", "weeks": "9"}, "too far away"),
        ({"admission": "elsewhere"}, "This is not the address of a page."),
        ({"admission": "elsewhere", "calendar_link": "http://a.example"}, "not the address"),
        ({"admission": "elsewhere", "calendar_link": "https://me:x@a.example/"}, "not the address"),
        ({"admission": "elsewhere", "calendar_link": "https://localhost/x"}, "not the address"),
        ({"admission": "elsewhere", "calendar_link": "javascript:alert(1)"}, "not the address"),
        ({"admission": "by lot"}, "Choose one of the answers"),
        ({"admission": "open", "seats": "many"}, "Write a number."),
    ],
)
def test_a_series_or_a_way_in_that_cannot_be_is_told(
    client: Client, values: dict[str, str], sentence: str
) -> None:
    base = planned(client)

    answer = client.post(f"{base}/3", data=date(**values))

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert len(db.session.scalars(select(Session)).all()) == 1
    assert program().admission is Admission.SEATS


def announced(client: Client, **values: str) -> Program:
    base = planned(client)
    assert client.post(f"{base}/3", data=date(**values)).location == f"{base}/5"
    assert "Nobody signs up here" in client.get(f"{base}/4").text
    assert "Nobody signs up here" in client.get(f"{base}/5").text
    assert client.post(f"{base}/publish", data={"reason": "Soon."}).status_code == 303
    return program()


def test_who_just_comes_finds_no_form_and_is_counted(client: Client) -> None:
    made = announced(client, admission="open", seats="")
    session = db.session.scalars(select(Session)).one()
    assert (session.capacity, made.first_seats_over) == (0, True)
    public = client.get(f"/events/{made.id}", follow_redirects=True).text
    assert "No sign-up, just come" in public
    assert "Save my seat" not in public
    assert "No sign-up, just come" in client.get("/events").text
    assert "No sign-up\\, just come." in client.get(f"/events/{made.id}/1.ics").text
    staff = client.get(f"/staff/events/{made.id}").text
    assert "/door" not in staff
    seat = {"name": "Gus", "email": "gus@example.org", "seats": "1"}
    assert client.post(f"/events/{made.id}/1", data=seat).status_code == 422
    door = client.post(f"/staff/events/{made.id}/1/door", data={"do": "walk_in", "people": "1"})
    assert (door.status_code, "No seats are saved here." in door.text) == (422, True)
    clock.move(timedelta(days=32))
    client.sign_in(factories.librarian())
    assert "Close it" in client.get(f"/staff/events/{made.id}/1/close").text
    assert "are asked how it was" not in client.get(f"/staff/events/{made.id}/1/close").text
    assert client.post(f"/staff/events/{made.id}/1/close").status_code == 422

    assert client.post(f"/staff/events/{made.id}/1/close", data={"heads": "41"}).status_code == 303

    db.session.refresh(session)
    assert (session.head_count, program().stage) == (41, ProgramStage.DONE)


def test_followers_of_an_idea_hear_how_to_come(client: Client, sink: Sink) -> None:
    idea = factories.idea()
    voting.cast(idea.id, person_id=factories.person().id)
    client.sign_in(factories.librarian())
    base = f"/staff/ideas/{idea.id}/plan"
    client.post(base)
    client.post(f"{base}/2", data={"partners": "alone"})
    client.post(f"{base}/3", data=date(admission="open"))
    client.post(f"{base}/publish")

    sending.send_due()

    (told,) = [one for one in sink.mails if "it is on the calendar" in str(one["Subject"])]
    text = told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "No sign-up, just come." in text
    assert "first seats" not in text


def test_a_link_leads_to_the_calendar_elsewhere(client: Client) -> None:
    link = "https://calendar.example.org/event/12?from=portal&x=1"

    made = announced(client, admission="elsewhere", calendar_link=link)

    public = client.get(f"/events/{made.id}", follow_redirects=True).text
    assert "Sign up at calendar.example.org" in public
    assert f'href="{link.replace("&", "&amp;")}"' in public
    assert "Save my seat" not in public
    assert "Sign-up at calendar.example.org" in client.get("/events").text
    base = f"/staff/events/{made.id}"
    assert "Sign-up at calendar.example.org" in client.get(base).text
