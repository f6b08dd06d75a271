import json
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.surveys import instruments
from portal.surveys.models import Instrument
from tests import factories

pytestmark = pytest.mark.usefixtures("app")

FEDERAL = [
    "I learned something by participating in this library activity",
    "I feel more confident about what I just learned",
    "I intend to apply what I just learned",
    "I am more aware of resources and services provided by the library",
    "I am more likely to use other library resources and services",
]
SCALE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")


def test_the_default_is_the_five_federal_items_in_their_own_words() -> None:
    [default] = instruments.choices(None)

    assert [item.text for item in default.questions.items] == FEDERAL
    assert default.questions.scale == SCALE
    assert default.questions.apart is None
    assert default.questions.open == ("What did you like most?", "What would make it better?")


def test_a_topic_brings_the_set_of_its_outcome_area_after_the_default() -> None:
    chosen = instruments.choices(factories.topic("making").id)

    assert [one.title for one in chosen] == [
        "Five questions every library asks",
        "Digital learning",
    ]
    assert chosen[1].questions.apart == "Not applicable"


def test_seeding_twice_adds_nothing() -> None:
    ids = db.session.scalars(select(Instrument.id).order_by(Instrument.id)).all()
    instruments.seed()

    assert db.session.scalars(select(Instrument.id).order_by(Instrument.id)).all() == ids


def test_words_that_were_asked_cannot_change_any_more() -> None:
    used = instruments.use(None)
    assert used.locked_at is not None
    used.questions = used.questions | {"open": ["What did you like?"]}
    db.session.flush()

    with pytest.raises(instruments.Locked, match="imls version 1"):
        instruments.seed()


def test_words_that_nobody_was_asked_follow_the_file() -> None:
    unused = db.session.scalars(select(Instrument).where(Instrument.code == "civic")).one()
    kept = unused.questions
    unused.questions = kept | {"open": []}
    db.session.flush()
    instruments.seed()

    assert unused.questions == kept


def test_the_newest_version_is_the_one_to_choose() -> None:
    old = instruments.choices(None)[0]
    newer = Instrument(
        code="imls", version=2, title="Five questions", questions=_stored(old.id), locked_at=None
    )
    factories.kept(newer)

    assert [one.id for one in instruments.choices(None)] == [newer.id]


def test_what_was_used_first_stays_locked_since_then() -> None:
    first = instruments.use(None).locked_at
    with clock.moved_to(clock.now().replace(year=2040)):
        assert instruments.use(None).locked_at == first


SOURCE = Path("../shared/product/survey_instruments.json")


@pytest.mark.skipif(not SOURCE.exists(), reason="the paper that they were taken from is not here")
def test_every_set_says_what_its_source_says() -> None:
    paper = json.loads(SOURCE.read_text("utf-8"))
    sets = {one["topic"]: one for one in paper["outcome_topics_own_words"]}
    stored = db.session.scalars(select(Instrument).where(Instrument.code != "imls")).all()

    assert {one.code for one in stored} == set(sets)
    for one in stored:
        source = sets[one.code]
        questions = instruments.read(one.questions)
        assert [(i.code, i.text) for i in questions.items] == [
            (i["dim"], i["text"]) for i in source["items"]
        ]
        assert [*questions.scale, questions.apart] == source["scale"]
        assert list(questions.open) == source["open"]


def _stored(instrument_id: int) -> dict[str, object]:
    return dict(db.session.get_one(Instrument, instrument_id).questions)
