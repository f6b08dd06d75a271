import pytest
from sqlalchemy import select

from portal.core.database import db
from portal.core.errors import Forbidden, Refused
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import Idea, StoryLine
from portal.mail import sending
from portal.mail.models import Outgoing
from portal.notifications import subscribing
from portal.notifications.models import Reason
from portal.policy import Actor, Role
from portal.programs.lifecycle import ProgramStage, SessionStage
from portal.programs.models import Measure, Program, ProgramPartner
from portal.programs.paths import program_path
from portal.surveys import figures, quoting, reporting
from portal.surveys.models import Result
from portal.surveys.reporting import Delivered
from tests import factories
from tests.conftest import Client
from tests.mail.conftest import Sink
from tests.surveys.conftest import agreeing, counted, held, surveyed

pytestmark = pytest.mark.usefixtures("app")

LIBRARIAN = Actor(id=0, grants=frozenset({(Role.LIBRARIAN, None)}))


@pytest.fixture
def by() -> Actor:
    return Actor(id=factories.librarian().id, grants=LIBRARIAN.grants)


def over(**values: object) -> tuple[Idea, Program]:
    """A program that is over, and the idea that it began as."""
    idea = factories.idea(stage=Stage.HELD, votes=42, **values)
    program = factories.program(idea)
    counted(program, heads=31)
    return idea, program


def write(program: Program, by: Actor, **values: dict[int, Delivered]) -> None:
    texts = {"sentence": "Most things left working.", "next_step": "Monthly from March."}
    reporting.save(program.id, by=by, **texts, delivered=values.get("delivered", {}))


def owed(kind: str) -> set[int | None]:
    return set(db.session.scalars(select(Outgoing.person_id).where(Outgoing.kind == kind)))


def test_publishing_moves_the_idea_and_tells_who_asked_and_who_helped(
    by: Actor, sink: Sink
) -> None:
    idea, program = over()
    voter, partner = factories.person(), factories.person()
    subscribing.follow(idea.id, person_id=voter.id, reason=Reason.VOTED)
    subscribing.follow(idea.id, person_id=idea.author_id or 0, reason=Reason.WROTE)
    guild = factories.organisation(partner)
    factories.kept(ProgramPartner(program_id=program.id, organisation_id=guild.id))
    write(program, by)
    result = reporting.publish(program.id, by=by)
    db.session.commit()

    assert idea.stage is Stage.RESULTS
    line = db.session.scalars(select(StoryLine).order_by(StoryLine.n.desc())).first()
    assert line is not None
    assert (line.sentence, line.link) == ("Most things left working.", f"/results/{program.id}")
    assert (owed("results"), owed("partner_results")) == ({voter.id, idea.author_id}, {partner.id})
    assert result.figures is not None
    sending.send_due()
    assert {mail["Subject"] for mail in sink.mails} == {"What came of “Repair café”"}
    assert len(sink.mails) == 3
    body = sink.mails[0].get_body(("plain",))
    assert body is not None
    assert "31 visits." in body.get_content()


def test_an_idea_that_has_results_already_gains_a_line(by: Actor, client: Client) -> None:
    idea, first = over()
    second = factories.program(idea, title="Repair café, again")
    counted(second)
    for program in (first, second):
        program.stage = ProgramStage.DONE
        assert f'href="/results/{program.id}"' not in page_of(program, client)
        write(program, by)
        reporting.publish(program.id, by=by)

    assert idea.stage is Stage.RESULTS
    assert idea.story_lines == 2
    for program in (first, second):
        assert f'href="/results/{program.id}"' in page_of(program, client)
        assert (
            f'href="/results/{program.id}"' in client.get(f"/ideas/{idea.id}-repair-evenings").text
        )


def page_of(program: Program, client: Client) -> str:
    return client.get(program_path(program.id, program.title)).text


def test_what_is_public_stays_as_it_is(by: Actor) -> None:
    _idea, program = over()
    write(program, by)
    frozen = dict(reporting.publish(program.id, by=by).figures or {})
    for act in (
        lambda: write(program, by),
        lambda: reporting.publish(program.id, by=by),
        lambda: quoting.drop(program.id, "x", by=by),
    ):
        with pytest.raises(Refused, match="public already"):
            act()
    surveyed(counted(program, number=2), *agreeing(20))

    assert db.session.get_one(Result, program.id).figures == frozen


def test_only_those_who_may_publish_do(by: Actor) -> None:
    _idea, program = over()
    elsewhere = Actor(id=by.id, grants=frozenset({(Role.LIBRARIAN, factories.branch("EAST").id)}))
    for nobody in (Actor(id=by.id), elsewhere):
        with pytest.raises(Forbidden):
            write(program, nobody)


def test_a_page_needs_its_words_and_a_program_that_is_over(by: Actor) -> None:
    idea, program = over()
    with pytest.raises(Refused, match="needs a sentence"):
        reporting.publish(program.id, by=by)
    write(program, by)
    later = held(0, of=program, hours_ago=-48, number=2)
    with pytest.raises(Refused, match="still to come"):
        reporting.publish(program.id, by=by)
    later.stage = SessionStage.CANCELLED
    reporting.publish(program.id, by=by)
    assert idea.stage is Stage.RESULTS

    nothing_held = factories.program()
    write(nothing_held, by)
    with pytest.raises(Refused, match="No session has been counted"):
        reporting.publish(nothing_held.id, by=by)


def test_figures_of_heads_hide_a_session_that_few_came_to(by: Actor) -> None:
    program = factories.program()
    for number, heads in enumerate((3, 30, 8), 1):
        counted(program, heads=heads, number=number)
    came = figures.of(program)["came"]

    assert [one["heads"] for one in came["sessions"]] == [None, 30, None]
    assert came["visits"] == 41
    few = factories.program()
    counted(few, heads=4)
    assert figures.of(few)["came"]["visits"] is None


def test_promises_are_counted_where_we_can_and_told_where_we_cannot(by: Actor) -> None:
    _idea, program = over()
    visits, learned, fixed, unsaid = (
        factories.kept(Measure(program_id=program.id, what=what, target=target, kind=kind))
        for what, target, kind in (
            ("Visits", 30, "visits"),
            ("Learned something, percent", 75, "knowledge"),
            ("Things mended, percent", 60, ""),
            ("Menders", 6, ""),
        )
    )
    surveyed(counted(program, number=2, heads=9), *agreeing(7), *agreeing(3, place=1))
    write(program, by, delivered={fixed.id: Delivered(words="70 of 100", met=True)})

    promised = figures.of(program)["promised"]
    assert [(one["what"], one["words"], one["met"]) for one in promised] == [
        (visits.what, "40", True),
        (learned.what, "70%", False),
        (fixed.what, "70 of 100", True),
        (unsaid.what, "", None),
    ]


def test_only_words_whose_writer_said_yes_are_quoted(by: Actor) -> None:
    _idea, program = over()
    session = counted(program, number=2)
    replies = [*agreeing(6, words="I stayed for three hours."), *agreeing(4)]
    replies[7].words[0] = "Not for the page."
    surveyed(session, *replies)
    for _ in range(2):
        quoting.choose(program.id, "I stayed for three hours.", by=by)
    for words in ("Not for the page.", "Never said."):
        with pytest.raises(Refused, match="may not be quoted"):
            quoting.choose(program.id, words, by=by)

    assert figures.of(program)["quotes"] == ["I stayed for three hours."]
    quoting.drop(program.id, "I stayed for three hours.", by=by)
    assert figures.of(program)["quotes"] == []


def test_words_of_too_few_are_not_quoted_even_with_a_yes(by: Actor) -> None:
    _idea, program = over()
    surveyed(counted(program, number=2), *agreeing(4, words="Lovely."))

    with pytest.raises(Refused):
        quoting.choose(program.id, "Lovely.", by=by)


def test_the_mail_is_not_sent_to_who_said_no_to_the_idea(by: Actor, sink: Sink) -> None:
    idea, program = over()
    voter = factories.person()
    subscribing.follow(idea.id, person_id=voter.id, reason=Reason.VOTED)
    write(program, by)
    reporting.publish(program.id, by=by)
    subscribing.stop(idea.id, person_id=voter.id)
    db.session.commit()
    sending.send_due()

    assert sink.mails == []


def test_the_mail_does_not_name_an_idea_that_was_hidden_meanwhile(by: Actor, sink: Sink) -> None:
    idea, program = over(title="Xylographs for all")
    voter = factories.person()
    subscribing.follow(idea.id, person_id=voter.id, reason=Reason.VOTED)
    write(program, by)
    reporting.publish(program.id, by=by)
    idea.publication = Publication.HIDDEN
    db.session.commit()
    sending.send_due()

    assert len(sink.mails) == 1
    assert "Xylographs" not in sink.mails[0].as_string()
