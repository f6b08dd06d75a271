"""The course of one idea: proposed, judged, voted for, and answered in one of the ways."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from portal.agreements import offering
from portal.agreements.lifecycle import OfferMove
from portal.agreements.offering import Help
from portal.core.database import get
from portal.demo.content import Story
from portal.demo.population import Town
from portal.demo.sittings import plan
from portal.demo.timeline import Life, Timeline, Wait
from portal.ideas import deciding, voting, writing
from portal.ideas.deciding import Line
from portal.ideas.lifecycle import Decision, Stage
from portal.ideas.models import AgeGroup, Idea
from portal.ideas.writing import Draft
from portal.moderation import reviewing
from portal.moderation.reviewing import Judgement, Verdict
from portal.policy import Actor

AGE = {  # days since an idea was proposed, by its course; those with a session count from its day
    "gathering": 40,
    "review": 75,
    "looking": 120,
    "not_now": 190,
    "not_moving": 260,
    "already": 330,
    "retired": 150,
    "changed": 55,
    "waiting": 2,
    "sent_back": 6,
    "not_published": 21,
}
GATHERS = 100  # days from the first vote to the plan
FIRST = 726  # days ago
BATCHES = 8
UNDECIDED = ("waiting", "sent_back", "not_published")


def tell(story: Story, town: Town, timeline: Timeline) -> Life:
    """The whole life of an idea, from its author's form on."""
    chance = Random(story.title)  # noqa: S311  the same demo every time
    planned, began = _planned(story, town), _began(story, town)
    yield Wait(began + timedelta(hours=chance.randrange(12)))
    author = town.people.get(story.author) or town.actor(chance.choice(list(town.residents)))
    idea_id = writing.propose(_draft(story, town), author=author).id
    if story.course == "waiting":
        return
    yield Wait(began + timedelta(hours=20))
    _judge(story, idea_id, town)
    if story.course in UNDECIDED:
        return
    others = [one for one in town.residents if one != author.id]
    voters = chance.sample(others, min(story.votes, len(others)) - 1)
    until = planned - timedelta(days=1)
    timeline.add(_votes(idea_id, voters, began + timedelta(days=1), until))
    for one in story.offers:
        timeline.add(_offer(idea_id, one["by"], one["state"], town, chance))
    if story.day:
        yield from plan(story, idea_id, voters, planned, town, chance)
    elif story.course in ENDS:
        yield Wait(planned)
        ENDS[story.course](story, idea_id, town, author)


def _planned(story: Story, town: Town) -> datetime:
    """When its plan begins, or its answer comes; today where nothing has come yet."""
    if story.course in ("planning", "ended"):
        return town.ago(days=9)
    if story.day:
        return town.ago(days=max(48 - story.day, 20))
    if story.course in ENDS:
        return town.ago(days=AGE[story.course] / 2)
    return town.today


def _began(story: Story, town: Town) -> datetime:
    if story.day:
        return max(_planned(story, town) - timedelta(days=GATHERS), town.ago(days=FIRST))
    return town.ago(days=AGE[story.course])


def _draft(story: Story, town: Town) -> Draft:
    return Draft(
        title=story.title,
        happens=story.happens,
        need=story.need,
        branch_id=town.branches[story.branch],
        topic_id=town.topics[story.topic],
        age_group=AgeGroup(story.age_group),
    )


def _judge(story: Story, idea_id: int, town: Town) -> None:
    verdicts = {"sent_back": Verdict.SEND_BACK, "not_published": Verdict.REFUSE}
    judgement = Judgement(
        verdict=verdicts.get(story.course, Verdict.PUBLISH),
        seen=get(Idea, idea_id).version,
        message=story.sentence if story.course in UNDECIDED else "",
    )
    reviewing.judge(idea_id, judgement, judge=town.librarian)


def _votes(idea_id: int, voters: list[int], since: datetime, until: datetime) -> Iterator[Wait]:
    """More at first than later, as it is."""
    share = -(-len(voters) // BATCHES) or 1
    for n in range(0, len(voters), share):
        yield Wait(since + (until - since) * (n / max(len(voters), 1)) ** 2)
        for person_id in voters[n : n + share]:
            voting.cast(idea_id, person_id=person_id)


def _offer(idea_id: int, name: str, state: str, town: Town, chance: Random) -> Iterator[Wait]:
    """An organisation offers, and staff answer; or it thinks better of it."""
    yield Wait(town.ago(days=chance.randrange(8, 16)))
    partner = town.partners[name]
    brings = next(one.brings for one in town.content.organisations if one.name == name)
    help_ = Help(idea_id=idea_id, words=f"We bring {brings}.", brings=("teach", "lend"))
    made = offering.make(help_, organisation_id=town.organisations[name], by=partner).id
    yield Wait(town.ago(days=4))
    if state == "withdrawn":
        offering.withdraw(made, by=partner)
    elif state != "made":
        move = {"in_talks": OfferMove.TALK, "declined": OfferMove.DECLINE}[state]
        sentence = town.content.words["answers"][f"offer_{state}"]
        offering.answer(made, move, by=town.librarian, sentence=sentence)


def _decide(idea_id: int, move: Decision, town: Town, line: Line) -> None:
    deciding.decide(idea_id, move, by=town.librarian.id, line=line)


def _review(story: Story, idea_id: int, town: Town, _author: Actor) -> None:
    if get(Idea, idea_id).stage is Stage.OPEN:
        line = Line(sentence=town.content.words["answers"]["review"])
        _decide(idea_id, Decision.REVIEW, town, line)


def _look(story: Story, idea_id: int, town: Town, _author: Actor) -> None:
    until = (town.today + timedelta(days=45)).date()
    line = Line(sentence=town.content.words["answers"]["looking"], until=until)
    _decide(idea_id, Decision.SEEK_PARTNER, town, line)


def _not_now(story: Story, idea_id: int, town: Town, _author: Actor) -> None:
    until = (town.today + timedelta(days=120)).date()
    line = Line(sentence=town.content.words["answers"]["not_now"], until=until)
    _decide(idea_id, Decision.POSTPONE, town, line)


def _not_moving(story: Story, idea_id: int, town: Town, _author: Actor) -> None:
    line = Line(sentence=story.sentence, reason_code=story.reason)
    _decide(idea_id, Decision.DECLINE, town, line)


def _already(story: Story, idea_id: int, town: Town, _author: Actor) -> None:
    _decide(idea_id, Decision.POINT_TO, town, Line(sentence=story.sentence, link=story.link))


def _retire(_story: Story, idea_id: int, _town: Town, author: Actor) -> None:
    deciding.retire(idea_id, author=author)


def _change(story: Story, idea_id: int, town: Town, author: Actor) -> None:
    """Its author writes it anew; the new text waits."""
    draft = Draft(title=story.title, happens=story.change, need=story.need)
    writing.edit(idea_id, draft, author=author, seen=get(Idea, idea_id).version)


End = Callable[[Story, int, Town, Actor], None]

ENDS: dict[str, End] = {
    "review": _review,
    "looking": _look,
    "not_now": _not_now,
    "not_moving": _not_moving,
    "already": _already,
    "retired": _retire,
    "changed": _change,
}
