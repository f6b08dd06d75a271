"""From an accepted offer to what came of it: the plan, the agreement, the seats, the door, the
survey and the page of results; as far as the story goes by today."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from sqlalchemy import select

from portal.agreements import offering, signing
from portal.agreements import queries as agreements
from portal.agreements.lifecycle import OfferMove
from portal.agreements.models import Side
from portal.agreements.offering import Help
from portal.core.database import db, get
from portal.demo.answers import answer, report
from portal.demo.content import Story
from portal.demo.population import Town
from portal.demo.timeline import Wait
from portal.ideas.models import AgeGroup
from portal.programs import (
    agreeing,
    announcing,
    checkin,
    closing,
    moving,
    planning,
    registering,
    scheduling,
)
from portal.programs.closing import Count
from portal.programs.lifecycle import SeatState
from portal.programs.models import Registration, Session
from portal.programs.planning import Aim, Goal, Partnering, SignUp
from portal.programs.registering import Party
from portal.programs.scheduling import When

DAYTIME = {AgeGroup.YOUNG_CHILDREN, AgeGroup.CHILDREN}
ELSEWHERE = {"virtual": "Online, with a link", "offsite": "At our partner’s place"}
SMALL = 12  # seats of a session that fills up
MOST = 34  # parties, where more would come
COMES = 0.9  # of those with a seat
PLACES = 4  # on the waitlist of a full session


def plan(
    story: Story,
    idea_id: int,
    voters: list[int],
    begins: datetime,
    town: Town,
    chance: Random,
) -> Iterator[Wait]:
    if story.partner:
        yield from _agree_to_help(story, idea_id, begins, town)
    yield Wait(begins)
    program_id, session_id = _plan(story, idea_id, town)
    if story.partner:
        agreeing.send(program_id, by=town.librarian)
        yield from _sign(story, program_id, begins, town)
    if story.course in ("planning", "ended"):
        return
    yield Wait(begins + timedelta(days=6))
    announcing.announce(program_id, by=town.librarian)
    yield Wait(begins + timedelta(days=6, hours=1), worker=True)
    yield Wait(begins + timedelta(days=6, hours=2), worker=True)
    yield Wait(begins + timedelta(days=9, hours=3), worker=True)
    yield from _fill(story, session_id, voters, begins, town, chance)
    if story.course == "called_off":
        yield Wait(_starts(session_id) - timedelta(days=3))
        reason = town.content.words["answers"]["called_off"]
        closing.cancel(session_id, reason=reason, by=town.librarian)
        return
    if story.course == "postponed":
        yield Wait(town.ago(days=1))
        reason = town.content.words["answers"]["postponed"]
        moving.postpone(session_id, reason=reason, by=town.librarian)
        return
    yield from _hold(story, program_id, session_id, town, chance)


def _agree_to_help(story: Story, idea_id: int, begins: datetime, town: Town) -> Iterator[Wait]:
    yield Wait(begins - timedelta(days=9))
    partner = town.partners[story.partner]
    brings = next(one.brings for one in town.content.organisations if one.name == story.partner)
    help_ = Help(idea_id=idea_id, words=f"We bring {brings}.", brings=("lead", "teach"))
    made = offering.make(help_, organisation_id=town.organisations[story.partner], by=partner).id
    yield Wait(begins - timedelta(days=6))
    sentence = town.content.words["answers"]["offer_accepted"]
    offering.answer(made, OfferMove.ACCEPT, by=town.librarian, sentence=sentence)


def _plan(story: Story, idea_id: int, town: Town) -> tuple[int, int]:
    by = town.librarian
    program_id = planning.begin(idea_id, by=by).id
    goal = Goal(
        title=story.title,
        goal=story.need,
        summary=story.happens,
        age_group=AgeGroup(story.age_group),
        measures=[Aim(what="Visits", target=max(round(story.heads, -1), 10), kind="visits")],
    )
    planning.set_goal(program_id, goal, by=by)
    if not story.partner:
        tasks = ("Room, flyers and the welcome",)
        planning.set_partners(program_id, Partnering(organisations=(), library_tasks=tasks), by=by)
    session_id = scheduling.schedule(program_id, _when(story, town), by=by)[0].id
    rules = SignUp(followers_first=True, waitlist=True, party_limit=4)
    planning.set_sign_up(program_id, rules, by=by)
    return program_id, session_id


def _when(story: Story, town: Town) -> When:
    day = (town.today + timedelta(days=story.day)).date()
    early = AgeGroup(story.age_group) in DAYTIME
    starts, ends = (time(10, 30), time(11, 30)) if early else (time(18), time(19, 30))
    rooms = town.rooms[story.branch]
    full = SMALL if story.course == "full" else 0
    if story.format in ELSEWHERE or not rooms:
        place = ELSEWHERE.get(story.format, ELSEWHERE["offsite"])
        return When(day=day, starts=starts, ends=ends, seats=full or story.heads + 20, place=place)
    holds, room_id = next((one for one in rooms if one[0] > story.heads), rooms[-1])
    return When(day=day, starts=starts, ends=ends, seats=full or holds, room_id=room_id)


def _sign(story: Story, program_id: int, begins: datetime, town: Town) -> Iterator[Wait]:
    """As far as the paper has come by today."""
    if story.paper == "sent":
        return
    partner = town.partners[story.partner]
    agreement_id = next(one.id for one in agreements.state_for(program_id))
    yield Wait(begins + timedelta(days=3))
    if story.paper == "sent_back":
        sentence = town.content.words["answers"]["sent_back_agreement"]
        signing.send_back(agreement_id, sentence=sentence, seen=1, by=partner)
        return
    signing.sign(agreement_id, side=Side.PARTNER, name=story.partner, seen=1, by=partner)
    if story.paper == "partner_signed":
        return
    yield Wait(begins + timedelta(days=5))
    director = town.director
    signing.sign(agreement_id, side=Side.LIBRARY, name=director.name, seen=1, by=director)
    if story.course == "ended":
        yield Wait(begins + timedelta(days=7))
        signing.end(agreement_id, by=partner)


def _fill(
    story: Story,
    session_id: int,
    voters: list[int],
    begins: datetime,
    town: Town,
    chance: Random,
) -> Iterator[Wait]:
    """Those who follow first, then guests; one gives a seat back; a full one has a waitlist."""
    parties = SMALL if story.course == "full" else story.parties or min(story.heads, MOST)
    readers = [one for one in voters if one in town.readers]
    own = min(parties * 2 // 3, len(readers))
    for person_id in chance.sample(readers, own):
        registering.register(session_id, Party(name=town.residents[person_id], person_id=person_id))
    yield Wait(begins + timedelta(days=14), worker=True)
    guests = chance.sample(town.content.given_names, parties - own)
    made = [_guest(session_id, name) for name in guests]
    if story.course != "full":
        registering.cancel(made[0])
        return
    for name in chance.sample(town.content.given_names, PLACES + len(guests)):
        if name not in guests:
            _guest(session_id, name)
    yield Wait(town.ago(hours=3))
    registering.cancel(made[0])


def _guest(session_id: int, name: str) -> int:
    address = f"{name.lower()}@guest.example.org"
    return registering.register(session_id, Party(name=name, email=address)).id


def _hold(
    story: Story, program_id: int, session_id: int, town: Town, chance: Random
) -> Iterator[Wait]:
    starts = _starts(session_id)
    yield Wait(starts - timedelta(hours=23), worker=True)
    yield Wait(starts + timedelta(minutes=10))
    _check_in(session_id, town, chance)
    if story.course not in ("held", "results"):
        return
    yield Wait(starts + timedelta(hours=3))
    closing.close(session_id, _count(story), by=town.librarian)
    yield Wait(starts + timedelta(hours=4), worker=True)
    yield Wait(starts + timedelta(days=2), worker=True)
    answer(session_id, town.content, chance)
    if story.course == "held":
        return
    yield Wait(starts + timedelta(days=17), worker=True)
    yield Wait(starts + timedelta(days=20))
    report(program_id, story, town, chance)


def _starts(session_id: int) -> datetime:
    return get(Session, session_id).starts_at


def _check_in(session_id: int, town: Town, chance: Random) -> None:
    seated = (
        select(Registration.id)
        .where(Registration.session_id == session_id, Registration.state == SeatState.REGISTERED)
        .order_by(Registration.id)
    )
    for n, registration_id in enumerate(db.session.scalars(seated).all()):
        if n == 0 or chance.random() < COMES:
            checkin.check_in_guest(session_id, registration_id, by=town.librarian)


def _count(story: Story) -> Count:
    online = story.heads // 4 if story.format == "hybrid" else None
    return Count(
        heads=story.heads - (online or 0), online=online, staff_minutes=150, cost=40_00, note=""
    )
