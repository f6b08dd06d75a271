"""What those who came said, each through the link in their own invitation; and the page that the
librarian makes of it."""

import re
from random import Random

from sqlalchemy import select

from portal.core.database import db
from portal.demo.content import Content, Story
from portal.demo.population import Town
from portal.mail.models import DemoMail, Outgoing
from portal.programs import plans
from portal.surveys import answering, quoting, reporting
from portal.surveys.answering import Reply
from portal.surveys.reporting import Delivered

ANSWERS = 0.9  # of those who are asked
LEANS = (1, 3, 8, 46, 42)  # how many in a hundred say what, from strongly disagree on
WRITES = 0.4
QUOTES = 2
_LINK = re.compile(r"/s/#(\S+)")


def answer(session_id: int, content: Content, chance: Random) -> None:
    """Most open their invitation and answer."""
    for ticket in _tickets(session_id):
        if chance.random() < ANSWERS:
            items = answering.sheet(ticket).questions.items
            reply = Reply(
                ticks={one.code: chance.choices(range(len(LEANS)), LEANS)[0] for one in items},
                words=[_words(content.words[of], chance) for of in ("liked", "better")],
                quotable=chance.random() < WRITES,
            )
            answering.answer(ticket, reply)


def _tickets(session_id: int) -> list[str]:
    mails = (
        select(DemoMail.words)
        .join(Outgoing, Outgoing.id == DemoMail.outgoing_id)
        .where(Outgoing.dedupe_key.startswith(f"survey:{session_id}:"))
        .order_by(DemoMail.id)
    )
    found = (_LINK.search(words) for words in db.session.scalars(mails))
    return [link[1] for link in found if link]


def _words(texts: list[str], chance: Random) -> str:
    return chance.choice(texts) if chance.random() < WRITES else ""


def report(program_id: int, story: Story, town: Town, chance: Random) -> None:
    """The page: a sentence, quotes that may be shown, what was delivered, and what comes next."""
    words, by = town.content.words, town.librarian
    measures = plans.tasks_and_measures(program_id)[1]
    delivered = {
        one.id: Delivered(words=f"{story.heads} visits", met=story.heads >= one.target)
        for one in measures
    }
    sentence = chance.choice(words["happened"]).format(heads=story.heads)
    reporting.save(
        program_id,
        by=by,
        sentence=sentence,
        next_step=chance.choice(words["next"]),
        delivered=delivered,
    )
    for quote in sorted(quoting.quotable(program_id))[:QUOTES]:
        quoting.choose(program_id, quote, by=by)
    reporting.publish(program_id, by=by)
