"""What the library chooses about itself, from the form to the page that shows it."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import Entry
from portal.core.database import db
from portal.policy import Role
from portal.settings import choosing
from portal.settings.choosing import PERMISSIONS, Section
from portal.settings.forms import FORMS
from portal.settings.models import HouseText, Library, Reply
from portal.settings.place_forms import AREAS, CLOTHS
from portal.surveys import instruments
from tests import factories
from tests.conftest import Client
from tests.markup import Page

MOST_SWITCHES = 25
LIBRARY = {
    "name": "Elm Public Library",
    "short_name": "Elm",
    "address": "1 Elm Street",
    "email": "hello@elm.example.org",
    "phone": "555 0100",
    "timezone": "America/Chicago",
    "currency": "CAD",
}
CHOSEN: dict[Section, dict[str, Any]] = {
    Section.LIBRARY: LIBRARY,
    Section.LOOK: {"brand_colour": "#663399"},
    Section.WORDS: {"people_word": "patrons"},
    Section.PROMISES: {"vote_goal": 7, "answer_days": 14, "review_mode": "hold_new"},
    Section.PRIVACY: {
        "guest_days": 7,
        "vote_months": 3,
        "smallest_cell": 6,
        "smallest_survey": 20,
    },
}


def kept(section: Section) -> dict[str, Any]:
    library = db.session.get_one(Library, 1, populate_existing=True)
    return {name: getattr(library, name) for name in CHOSEN[section]}


@pytest.fixture
def administrator(client: Client) -> Client:
    return client.sign_in(factories.person(Role.ADMINISTRATOR))


@pytest.mark.parametrize("section", Section)
def test_what_is_chosen_is_kept_shown_and_noted(administrator: Client, section: Section) -> None:
    before = db.session.get_one(Library, 1).version

    answer = administrator.post(f"/staff/settings/{section}", data=CHOSEN[section])

    assert (answer.status_code, answer.location) == (303, "/staff/settings")
    assert kept(section) == CHOSEN[section]
    assert db.session.get_one(Library, 1).version == before + 1
    note = db.session.scalars(select(Entry)).one()
    assert note.action == f"settings.{section}"
    assert note.details == {"changed": " ".join(CHOSEN[section])}
    page = Page(administrator.get(f"/staff/settings/{section}").text)
    form = next(form for form in page.forms if "csrf_token" in form.fields and form.action == "")
    assert set(CHOSEN[section]) <= set(form.fields)


@pytest.mark.parametrize("section", Section)
def test_who_only_looks_at_it_has_changed_nothing(administrator: Client, section: Section) -> None:
    before = kept(section)

    answer = administrator.post(f"/staff/settings/{section}", data=CHOSEN[section] | {"try": "yes"})

    assert answer.status_code == 200
    assert kept(section) == before


@pytest.mark.parametrize(
    ("section", "wrong", "said"),
    [
        (Section.LIBRARY, {"name": " "}, "Write what the library is called"),
        (Section.LIBRARY, {"email": "hello"}, "Write an email address like name@example.org."),
        (Section.LIBRARY, {"phone": "call me"}, "Write the number with digits, like 555 0100."),
        (Section.LIBRARY, {"timezone": "Mars/Olympus"}, "Choose one of the answers"),
        (Section.LOOK, {"brand_colour": "red;}"}, "Write the color as # and six digits"),
        (Section.WORDS, {"people_word": "serfs"}, "Choose one of the answers"),
        (Section.PROMISES, {"vote_goal": "0"}, "Enter a number of 1 or more"),
        (Section.PROMISES, {"review_mode": ""}, "Choose who is read"),
        (Section.PRIVACY, {"guest_days": "31"}, "Choose one of the answers"),
        (Section.PRIVACY, {"vote_months": "13"}, "Choose one of the answers"),
        (Section.PRIVACY, {"smallest_cell": "4"}, "Enter a number from 5 to 100"),
        (Section.PRIVACY, {"smallest_survey": "9"}, "Enter a number from 10 to 1,000"),
    ],
)
def test_what_would_break_something_is_refused_and_the_rest_stays_typed(
    administrator: Client, section: Section, wrong: dict[str, str], said: str
) -> None:
    before = kept(section)

    answer = administrator.post(f"/staff/settings/{section}", data=CHOSEN[section] | wrong)

    assert answer.status_code == 422
    assert said in answer.text
    assert kept(section) == before
    for name in set(CHOSEN[section]) - set(wrong) - {"timezone", "currency", "review_mode"}:
        assert f'value="{CHOSEN[section][name]}"' in answer.text


def test_a_manager_sets_policy_and_no_more(client: Client) -> None:
    client.sign_in(factories.person(Role.MANAGER))
    index = client.get("/staff/settings").text

    for section in Section:
        mine = section in (Section.WORDS, Section.PROMISES)
        path = f"/staff/settings/{section}"
        assert client.get(path).status_code == (200 if mine else 403)
        assert client.post(path, data=CHOSEN[section]).status_code == (303 if mine else 403)
        assert (f'"{path}"' in index) == mine


def test_a_librarian_has_no_settings(client: Client) -> None:
    client.sign_in(factories.librarian())

    assert "/staff/settings" not in client.get("/staff").text
    assert client.get("/staff/settings").status_code == 403


def test_a_colour_that_is_tried_is_worn_by_that_page_alone(administrator: Client) -> None:
    tried = administrator.post(
        "/staff/settings/look", data={"brand_colour": "#FFEE00", "try": "yes"}
    )

    sheet = "/staff/settings/look/ffee00.css"
    assert f'href="{sheet}"' in tried.text
    assert "Your color is a little too light" in tried.text
    assert "--brand:" in administrator.get(sheet).text
    assert "ffee00" not in administrator.get("/").text
    assert administrator.get("/staff/settings/look/ffee0.css").status_code == 404


def test_words_and_promises_are_those_of_the_pages(administrator: Client) -> None:
    idea = factories.idea(unnamed=True)
    for section in (Section.WORDS, Section.PROMISES, Section.PRIVACY):
        administrator.post(f"/staff/settings/{section}", data=CHOSEN[section])

    assert "Ideas from your patrons" in administrator.get("/ideas").text
    page = administrator.get(f"/ideas/{idea.id}", follow_redirects=True).text
    assert "<b>a patron</b>" in page
    assert "answers within 14 days" in page
    privacy = administrator.get("/privacy").text
    assert "7 days after the event" in privacy
    assert "3 months after the library’s last word on the idea" in privacy


def test_house_rules_are_rendered_once_and_the_usual_ones_come_back(
    administrator: Client,
) -> None:
    usual = "<li>One person, one vote for each idea.</li>"
    assert usual in administrator.get("/rules").text

    words = "**Be kind.**\n\n<script>alert(1)</script>"
    answer = administrator.post("/staff/settings/rules", data={"words": words})
    assert answer.location == "/rules"
    page = administrator.get("/rules").text
    assert "<strong>Be kind.</strong>" in page
    assert "<script>alert" not in page
    assert usual not in page

    administrator.post("/staff/settings/rules", data={"words": ""})
    assert db.session.scalars(select(HouseText)).all() == []
    assert usual in administrator.get("/rules").text


def test_rules_can_be_looked_at_before(administrator: Client) -> None:
    shown = administrator.post(
        "/staff/settings/rules", data={"words": "- *Soft* shoes", "try": "yes"}
    )

    assert "<li><em>Soft</em> shoes</li>" in shown.text
    assert db.session.scalars(select(HouseText)).all() == []


def test_no_more_switches_than_a_library_can_overlook(app: Flask) -> None:
    with app.test_request_context():
        switches = [name for form in FORMS.values() for name in form()._fields]

    assert len(switches) + 3 <= MOST_SWITCHES  # and the mark, the rules and the replies


def test_every_setting_says_what_it_does_and_its_default(administrator: Client) -> None:
    with administrator.application.test_request_context():
        for form in FORMS.values():
            for field in form():
                said = str(field.description)
                assert re.search(r"\w\. .*(if nobody chooses|out if empty)\.$", said), field.name


def test_every_section_has_its_permission_and_its_form() -> None:
    assert set(PERMISSIONS) == set(FORMS) == set(Section)


def test_outcome_areas_are_those_that_surveys_know() -> None:
    codes = {one["code"] for one in instruments._own()}

    assert set(AREAS) == codes - {instruments.DEFAULT}


def test_cloths_are_those_of_the_style_sheet() -> None:
    with open("static/css/4-components.css", encoding="utf-8") as sheet:
        assert set(re.findall(r"\.t-(\w+) \{ --topic:", sheet.read())) == set(CLOTHS)


def test_the_usual_rules_are_not_kept_as_the_library_s_own(client: Client) -> None:
    actor = factories.actor(Role.MANAGER)
    choosing.write_rules(choosing.usual_rules(), by=actor)

    assert db.session.scalars(select(HouseText)).all() == []


def pages_of_what_is_there() -> list[tuple[str, dict[str, Any]]]:
    """Each with what may be sent to it; {words} is what somebody writes."""
    main, room, topic = factories.branch(), factories.room(), factories.topic()
    reply = factories.kept(Reply(title="Too long", words="Make it shorter."))
    look = {"cloth": topic.cloth, "outcome_area": topic.outcome_area, "code": topic.code}
    return [
        ("library", LIBRARY | {"name": "{words}"}),
        ("rules", {"words": "{words}"}),
        (f"replies/{reply.id}", {"title": "{words}", "words": "Make it shorter."}),
        (f"branches/{main.id}", {"name": "{words}", "kind": "central", "code": "M", "after": "0"}),
        (f"rooms/{room.id}", {"name": "{words}", "capacity": "30", "branch": str(main.id)}),
        (f"topics/{topic.id}", {"name": "{words}"} | look),
    ]


def test_nobody_undoes_what_somebody_else_saved_meanwhile(administrator: Client) -> None:
    def before(page: str) -> dict[str, str]:
        return {"before": re.findall(r'name="before" value="(\w+)"', page)[0]}

    for name, data in pages_of_what_is_there():
        path = f"/staff/settings/{name}"
        mine, theirs = (
            {key: value.format(words=words) for key, value in data.items()}
            for words in ("Mine", "Theirs")
        )
        seen = before(administrator.get(path).text)
        sent = [administrator.post(path, data=theirs | seen).status_code for _ in range(2)]
        assert sent == [303, 303], "who presses twice changed it themselves"

        refused = administrator.post(path, data=mine | seen)

        assert refused.status_code == 422, path
        assert "This was changed while you were writing" in refused.text
        assert "Mine" in refused.text
        assert ": Theirs</li>" in refused.text
        assert "Theirs" in administrator.get(path).text
        assert administrator.post(path, data=mine | before(refused.text)).status_code == 303
        assert "Mine" in administrator.get(path).text
