import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from portal.accounts.models import Waiting
from portal.core import clock, pages
from portal.core.database import db
from portal.ideas import deciding, queries, writing
from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.models import AgeGroup, Idea, Vote
from portal.ideas.writing import Draft
from portal.moderation import reviewing
from portal.moderation.reviewing import Judgement, Verdict
from portal.policy import Actor, Role
from tests import factories
from tests.conftest import Client

STAFF = frozenset({(Role.LIBRARIAN, None)})
WRITTEN = {"title": "Seed swap", "happens": "We swap seeds.", "need": "Gardens are empty."}


def form(**values: str) -> dict[str, str]:
    return WRITTEN | {"shown_as": "name"} | values


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("signed_in", "cost"), [(False, 2), (True, 3)])
def test_the_list_costs_the_same_for_one_and_for_many(
    client: Client, statements: list[str], number: int, signed_in: bool, cost: int
) -> None:
    for _ in range(number):
        factories.idea()
    if signed_in:
        client.sign_in(factories.person())
    client.get("/ideas")
    statements.clear()

    page = client.get("/ideas")

    assert page.text.count('<article class="idea">') == number
    assert len(statements) == cost


@pytest.mark.parametrize(("signed_in", "most"), [(False, 6), (True, 8)])
def test_the_page_of_an_idea_costs_little(
    client: Client, statements: list[str], signed_in: bool, most: int
) -> None:
    idea = factories.idea()
    if signed_in:
        client.sign_in(factories.person())
    client.get(f"/ideas/{idea.id}-repair-evenings")
    statements.clear()

    assert client.get(f"/ideas/{idea.id}-repair-evenings").status_code == 200
    assert len(statements) <= most


def test_an_old_address_of_an_idea_leads_to_the_present_one(client: Client) -> None:
    idea = factories.idea()

    answer = client.get(f"/ideas/{idea.id}-what-it-was-called")

    assert (answer.status_code, answer.location) == (301, f"/ideas/{idea.id}-repair-evenings")


@pytest.mark.parametrize(
    "publication", sorted(set(Publication) - {Publication.PUBLISHED, Publication.MERGED})
)
def test_what_is_not_public_is_nowhere(client: Client, publication: Publication) -> None:
    idea = factories.idea(publication=publication, title="Zyzzyva night")

    pages = [client.get(path) for path in ("/", "/ideas", "/ideas?q=zyzzyva")]
    shown = client.get(f"/ideas/{idea.id}-zyzzyva-night")

    assert shown.status_code == 404
    assert not any("Zyzzyva night" in page.text for page in [*pages, shown])
    assert client.post(f"/ideas/{idea.id}/vote").status_code == 404


def test_a_vote_and_back_again_from_the_list(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.person())

    answer = client.post(f"/ideas/{idea.id}/vote", data={"next": "/ideas?sort=newest"})
    assert answer.location == f"/ideas?sort=newest#vote-{idea.id}"
    assert 'aria-pressed="true"' in client.get("/ideas").text

    client.post(f"/ideas/{idea.id}/vote/withdraw")
    assert (
        'aria-pressed="true"'
        not in client.get("/ideas").text.split("</footer>")[0].split("<footer")[0]
    )


def test_a_fragment_is_the_spine_and_says_the_count(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.person())

    answer = client.post(f"/ideas/{idea.id}/vote", headers={"HX-Request": "true"})

    assert answer.text.lstrip().startswith(f'<div class="spine t-civic" id="spine-{idea.id}">')
    assert answer.headers["HX-Trigger"] == '{"say": "1 vote"}'


def test_a_stranger_s_vote_waits_for_their_email(client: Client) -> None:
    idea = factories.idea()

    answer = client.post(f"/ideas/{idea.id}/vote", data={"next": "/ideas"})

    assert answer.location.startswith("/sign-in?")
    assert db.session.scalars(select(Waiting.payload)).one() == {
        "idea_id": idea.id,
        "next": f"/ideas#vote-{idea.id}",
    }
    assert db.session.scalars(select(Vote)).all() == []


def test_a_resident_s_idea_waits_for_a_librarian(client: Client) -> None:
    client.sign_in(factories.person())

    answer = client.post("/ideas/new", data=form())

    idea = db.session.scalars(select(Idea)).one()
    assert answer.location == f"/ideas/{idea.id}-seed-swap"
    assert (idea.publication, idea.votes) == (Publication.PENDING, 0)


def test_a_librarian_s_idea_is_public_at_once_with_their_vote(client: Client) -> None:
    client.sign_in(factories.librarian())
    page = client.get("/ideas/new").text
    started = page.split('name="started"')[1].split('value="')[1].split('"')[0]

    clock.move(timedelta(seconds=10))

    client.post("/ideas/new", data=form(started=started))

    idea = db.session.scalars(select(Idea)).one()
    assert (idea.publication, idea.votes) == (Publication.PUBLISHED, 1)


def test_what_robots_fill_in_is_held_for_reading(client: Client) -> None:
    client.sign_in(factories.librarian())

    client.post("/ideas/new", data=form(website="https://spam.example"))

    assert db.session.scalars(select(Idea.publication)).one() is Publication.PENDING


def test_a_form_that_is_wrong_comes_back_as_it_was(client: Client) -> None:
    client.sign_in(factories.person())

    answer = client.post("/ideas/new", data=form(title="", happens="We swap <b>seeds</b>."))

    assert answer.status_code == 422
    assert "Write your idea in one line" in answer.text
    assert "We swap &lt;b&gt;seeds&lt;/b&gt;." in answer.text
    assert "<title>Error:" in answer.text


def test_ten_thousand_letters_are_a_sentence_not_a_trace(client: Client) -> None:
    client.sign_in(factories.person())

    answer = client.post("/ideas/new", data=form(happens="x" * 10_000))

    assert (answer.status_code, "Make what would happen shorter" in answer.text) == (422, True)


def test_similar_ideas_are_shown_while_typing(client: Client) -> None:
    client.sign_in(factories.librarian())
    idea = factories.idea(title="Bike repair night")

    deciding.reindex(idea)

    assert "Bike repair night" in client.get("/ideas/similar?title=repairing+bikes").text
    assert "hidden" in client.get("/ideas/similar?title=yoga").text


def test_what_came_of_similar_ideas_is_shown_beside_those_with_open_votes(client: Client) -> None:
    for stage in (Stage.OPEN, Stage.OPEN, Stage.OPEN, Stage.HELD, Stage.NOT_MOVING):
        deciding.reindex(factories.idea(title="Bike repair", stage=stage, need="One evening."))
    alike = [one.stage for one in queries.similar("Repair of bikes")]

    assert alike == [Stage.OPEN] * 3 + [Stage.NOT_MOVING]
    fragment = client.get("/ideas/similar?title=repair").text
    assert fragment.count("Vote for this instead") == 3
    assert "Not moving forward" in fragment
    assert queries.similar("Chess evening") == []  # one word of a text is no likeness


def test_nobody_edits_another_s_idea(client: Client) -> None:
    idea = factories.idea()
    client.sign_in(factories.person(Role.ADMINISTRATOR))

    assert client.get(f"/ideas/{idea.id}/edit").status_code == 404
    assert client.post(f"/ideas/{idea.id}/edit", data=form(seen="1")).status_code == 404


def test_an_edit_of_a_public_text_waits_while_the_approved_one_stays(client: Client) -> None:
    author = factories.person()
    idea = factories.idea(author_id=author.id, stage=Stage.OPEN)
    client.sign_in(author)

    answer = client.post(f"/ideas/{idea.id}/edit", data=form(seen=str(idea.version)))

    assert answer.status_code == 303
    assert "Seed swap" not in client.get(f"/ideas/{idea.id}-repair-evenings").text


def test_what_was_typed_is_there_when_today_s_ideas_are_used_up(client: Client) -> None:
    client.sign_in(factories.person(name="Ada"))
    idea = {"happens": "We mend lamps.", "need": "So many are thrown away.", "shown_as": "name"}
    answers = [client.post("/ideas/new", data={"title": f"Lamp {n}"} | idea) for n in range(4)]

    assert [answer.status_code for answer in answers] == [303, 303, 303, 422]
    assert "We mend lamps." in answers[-1].text


def test_what_was_typed_is_there_when_somebody_changed_the_idea(client: Client) -> None:
    author = factories.person(name="Ada")
    idea = factories.idea(author_id=author.id)
    typed = {"title": "T", "happens": "We mend lamps.", "need": "N", "shown_as": "name"}
    answer = client.sign_in(author).post(f"/ideas/{idea.id}/edit", data=typed | {"seen": "99"})

    assert answer.status_code == 422
    assert "Somebody changed this while you were reading." in answer.text
    assert "We mend lamps." in answer.text


def test_a_change_keeps_all_that_was_chosen(client: Client) -> None:
    author, branch, topic = factories.person(), factories.branch("EAST"), factories.topic()
    idea = factories.idea(author_id=author.id, publication=Publication.SENT_BACK)
    chosen = {"topic": str(topic.id), "branch": str(branch.id), "age_group": "6-11"}
    client.sign_in(author)

    client.post(
        f"/ideas/{idea.id}/edit",
        data=WRITTEN | chosen | {"shown_as": "neighbor", "seen": str(idea.version)},
    )

    db.session.refresh(idea)
    assert (idea.topic_id, idea.branch_id) == (topic.id, branch.id)
    assert (idea.age_group, idea.unnamed) == (AgeGroup.CHILDREN, True)


@pytest.mark.parametrize("verdict", ["publish", "refuse"])
def test_where_a_public_idea_belongs_changes_with_its_text_when_a_librarian_says_so(
    client: Client, verdict: str
) -> None:
    author, topic, other = factories.person(), factories.topic(), factories.topic("civic")
    belongs = {"topic_id": topic.id, "age_group": AgeGroup.ADULTS}
    idea = factories.idea(author_id=author.id, revisions=1, **belongs)
    path, branch = f"/ideas/{idea.id}/edit", factories.branch("EAST")
    chosen = {"topic": str(other.id), "branch": str(branch.id), "age_group": "6-11"}
    client.sign_in(author).post(path, data=form(seen=str(idea.version)) | chosen)

    db.session.refresh(idea)
    assert (idea.topic_id, idea.branch_id) == (topic.id, None)
    pages = [
        client.get(path),
        client.sign_in(factories.librarian()).get(f"/staff/review/{idea.id}"),
    ]
    for page in pages:
        for value in chosen.values():
            assert f'<option selected value="{value}">' in page.text
    sent = {"verdict": verdict, "seen": str(idea.version), "message": "x"}
    client.post(f"/staff/review/{idea.id}", data=sent | chosen)

    db.session.refresh(idea)
    assert (idea.topic_id, idea.branch_id, idea.age_group) == (
        (other.id, branch.id, AgeGroup.CHILDREN)
        if verdict == "publish"
        else (topic.id, None, AgeGroup.ADULTS)
    )


def test_a_change_that_waits_is_there_to_be_changed_again(client: Client) -> None:
    author = factories.person()
    idea = factories.idea(author_id=author.id)
    page = f"/ideas/{idea.id}-repair-evenings"
    assert "A newer text is being checked." not in client.sign_in(author).get(page).text
    client.post(f"/ideas/{idea.id}/edit", data=form(seen=str(idea.version)))

    assert "We swap seeds." in client.get(f"/ideas/{idea.id}/edit").text
    assert "A newer text is being checked." in client.get(page).text
    client.post("/sign-out")
    assert "A newer text is being checked." not in client.get(page).text


def test_its_author_reads_what_a_librarian_asks(client: Client) -> None:
    author = factories.person()
    draft = Draft(title="Seed swap", happens="We swap seeds.", need="Gardens are empty.")
    idea = writing.propose(draft, author=Actor(id=author.id))
    ask = Judgement(verdict=Verdict.SEND_BACK, seen=idea.version, message="Which evening?")
    reviewing.judge(idea.id, ask, judge=Actor(id=factories.librarian().id, grants=STAFF))

    page = client.sign_in(author).get(f"/ideas/{idea.id}-seed-swap").text

    assert "“Which evening?”" in page
    assert "A librarian reads it before it appears." not in page


def test_an_author_takes_their_idea_back(client: Client) -> None:
    author = factories.person()
    idea = factories.idea(author_id=author.id)
    page, retire = f"/ideas/{idea.id}-repair-evenings", f'action="/ideas/{idea.id}/retire"'
    assert retire not in client.sign_in(factories.person()).get(page).text
    assert retire in client.sign_in(author).get(page).text

    assert client.post(f"/ideas/{idea.id}/retire").location == "/me"

    client.post("/sign-out")
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("stage", [Stage.HELD, Stage.NOT_MOVING, Stage.SCHEDULED])
def test_what_is_settled_asks_nobody_for_votes_or_offers(client: Client, stage: Stage) -> None:
    idea = factories.idea(stage=stage)

    assert "Offer to partner" not in client.get(f"/ideas/{idea.id}-repair-evenings").text
    assert client.get(f"/partners/offer?idea={idea.id}").status_code == 409
    answer = client.post(f"/ideas/{idea.id}/vote")
    assert (answer.status_code, db.session.scalars(select(Waiting)).all()) == (409, [])
    assert "Votes on this idea are closed." in answer.text


def test_open_for_other_branches_it_gathers_votes_on_every_page(client: Client) -> None:
    idea = factories.idea(stage=Stage.SCHEDULED, open_elsewhere=True)

    for path in ("/ideas", f"/ideas/{idea.id}-repair-evenings"):
        assert f'id="vote-{idea.id}"' in client.get(path).text
    assert "gathers votes for the others" in client.get(f"/ideas/{idea.id}-repair-evenings").text


def test_a_promise_of_an_answer_stands_on_the_page_also_when_it_is_late(client: Client) -> None:
    days = {"due": timedelta(days=3), "late": timedelta(days=-3)}
    paths = {}
    for name, far in days.items():
        now = clock.now()
        idea = factories.idea(
            stage=Stage.UNDER_REVIEW, goal_reached_at=now, answer_due_on=(now + far).date()
        )
        paths[name] = f"/ideas/{idea.id}-repair-evenings"

    assert "The library answers by" in client.get(paths["due"]).text
    assert "It is late." in client.get(paths["late"]).text


def test_filters_that_nothing_fits_say_so_and_how_to_leave_them(client: Client) -> None:
    factories.idea()

    none = client.get("/ideas?stage=held").text
    assert "No ideas fit your filters" in none
    assert '<details class="filters" open>' in none
    some = client.get("/ideas?stage=open").text
    assert "Only ideas that fit your filters." in some
    plain = client.get("/ideas?sort=newest").text
    assert '<details class="filters">' in plain
    assert "fit your filters" not in plain


def test_a_later_page_leads_back_to_the_first_of_the_same_list(client: Client) -> None:
    for _ in range(pages.SIZE + 1):
        factories.idea()

    first = client.get("/ideas?sort=newest&stage=open").text
    assert "Back to the first" not in first
    following = re.search(r'href="(/ideas\?[^"]*after=[^"]*)"', first)
    assert following is not None
    second = client.get(unescape(following[1])).text

    assert second.count('<article class="idea">') == 1
    assert 'href="/ideas?sort=newest&amp;stage=open"' in second


def test_a_filter_looks_at_all_that_a_search_finds(client: Client) -> None:
    lone = factories.idea(title="Chess on the green", branch_id=factories.branch("EAST").id)
    deciding.reindex(lone)
    other = factories.branch("MAIN").id
    for _ in range(queries.FOUND):
        deciding.reindex(factories.idea(title="Chess chess", branch_id=other))

    page = client.get("/ideas?q=chess&branch=EAST").text

    assert "Chess on the green" in page


def test_the_best_finds_of_a_search_come_a_page_at_a_time(client: Client) -> None:
    for n in range(queries.FOUND + 3):
        deciding.reindex(factories.idea(title=f"Chess {n}"))
    seen: list[str] = []
    following: str | None = "/ideas?q=chess"

    while following:
        page = client.get(following).text
        seen += re.findall(r"Chess \d+(?=</a>)", page)
        found = re.search(r'href="([^"]*)" rel="next"', page)
        following = unescape(found[1]) if found else None

    newest_first = [f"Chess {n}" for n in range(queries.FOUND + 2, 2, -1)]
    assert seen == newest_first


def test_a_text_that_is_too_long_comes_back_whole(client: Client) -> None:
    happens = "We mend. " * 1200
    assert "maxlength" not in client.get("/ideas/new").text.split("<main", 1)[1]

    answer = client.post("/ideas/new", data=form(happens=happens))

    assert answer.status_code == 422
    assert "Make what would happen shorter: 1,200 letters are plenty" in answer.text
    assert happens.strip() in answer.text


def test_an_idea_that_is_sent_twice_is_one(client: Client) -> None:
    author = factories.person()
    client.sign_in(author)
    answers = [client.post("/ideas/new", data=form()) for _ in range(2)]

    assert answers[0].location == answers[1].location
    assert len(db.session.scalars(select(Idea)).all()) == 1
    with clock.moved_to(clock.now() + writing.SAME_PRESS):
        later = Draft(title="Seed swap", happens="We swap seeds.", need="Gardens are empty.")
        writing.propose(later, author=Actor(id=author.id))
    assert len(db.session.scalars(select(Idea)).all()) == 2
