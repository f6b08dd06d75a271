"""Holes that systems of our kind really had and that no single package can rule out: each is tried
on every page, every form and every address, so that a new one is tried as well."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Enum, String, delete, select, text, update
from werkzeug.routing import AnyConverter, BaseConverter

from portal.accounts.models import Device, Person
from portal.agreements.models import Offer
from portal.core import clock
from portal.core.database import Rows, db
from portal.core.text import render
from portal.ideas.lifecycle import Publication
from portal.ideas.models import Idea
from portal.organisations.models import Organisation
from portal.policy import Role
from portal.programs.models import Program, Registration, Session
from portal.settings.models import ClosedDays
from portal.surveys import figures
from portal.surveys.models import Quote, Result, Survey
from tests import factories
from tests.addresses import PAGES, World, world
from tests.conftest import Client
from tests.markup import Form, Page

STRINGS = Path(__file__).parents[2] / "shared" / "data" / "hostile-strings" / "blns.txt"

HOSTILE = "\"'><x-mark onx=1 hx-get=/a data-hx-get=/b>{{ 7654321 * 7 }}<!--</title></textarea>"
# What the portal itself writes, in letters of its own.
MACHINE = {
    *("action", "address", "became", "brand_colour", "browser_hash", "cloth", "code", "code_hash"),
    *("currency", "dedupe_key", "email", "email_key", "key", "key_hash", "kind", "lang", "mailbox"),
    *("next_path", "outcome_area", "password_hash", "reason_code", "source_key", "thing_kind"),
    *("timezone", "token_hash", "was", "word", "zone"),
}
SIGNED = {"agreement_versions", "signatures"}  # no word of them can be changed any more

# Their address is the proof: a mail program may post to them.
UNSAFE_WITHOUT_TOKEN = {
    "accounts.stay_by_link",
    "notifications.stop_all",
    "notifications.stop_guest",
    "notifications.stop_idea",
    "programs.change_seat",
}


def _everything_hostile() -> None:
    """Every word that a person could have written is hostile."""
    for table in Rows.metadata.sorted_tables:
        words = {column.name: _hostile(column) for column in table.columns}
        words = {name: word for name, word in words.items() if word is not None}
        if words and table.name not in SIGNED:
            db.session.execute(update(table).values(words))
    db.session.expire_all()
    for survey in db.session.scalars(select(Survey)):
        one = [{"text": HOSTILE, "quotable": True}]
        survey.tally = (survey.tally or {}) | {"words": [one, one]}
    for result in db.session.scalars(select(Result)):
        result.delivered = {number: {"words": HOSTILE, "met": True} for number in result.delivered}
    for result in db.session.scalars(select(Result).where(Result.published_at.is_not(None))):
        result.figures = figures.of(db.session.get_one(Program, result.program_id))
    db.session.commit()


def _hostile(column: Column[Any]) -> str | None:
    """What stands in a column that a person writes to; none in others."""
    kind = column.type
    if not isinstance(kind, String) or isinstance(kind, Enum) or column.name in MACHINE:
        return None
    return render(HOSTILE) if column.name.endswith("html") else HOSTILE[: kind.length]


def _addresses(made: World) -> list[str]:
    return [path for address in PAGES.values() for path in address(made)]


def _readers(client: Client, made: World) -> Iterator[Client]:
    """Somebody who sees everything, and a stranger."""
    fresh = client.application.test_client()
    assert isinstance(fresh, Client)
    yield client.sign_in(made.everybody)
    yield fresh


def _is_clean(page: Page) -> bool:
    foreign = {name for name in page.attributes if name in ("onx", "hx-get") or name[:2] == "on"}
    scripts = {one for one in page.addresses if one.lower().strip().startswith("javascript:")}
    return "x-mark" not in page.tags and not foreign and not scripts


def test_no_stored_word_becomes_markup(client: Client) -> None:
    """Holes 12 to 15: name, title, note, answer, label, queue, desk: all of them, everywhere."""
    made = world()
    _everything_hostile()
    shown = 0
    for reader in _readers(client, made):
        for path in _addresses(made):
            answer = reader.get(path, follow_redirects=True)
            assert answer.status_code < 500, path
            shown += "x-mark" in answer.text
            assert _is_clean(Page(answer.text)), path
            assert "53580247" not in answer.text, path

    assert shown > 40  # else the pages showed nothing hostile, and the test nothing


def test_no_word_of_an_address_becomes_markup(client: Client) -> None:
    """Hole 17: what a page takes from its address comes back as words, or not at all."""
    made = world()
    names = ("q", "title", "happens", "next", "after", "sort", "stage", "topic", "branch", "age")
    more = ("show", "idea", "waiting", "version", "theme", "lang", "per_page")
    hostile = dict.fromkeys(names + more, HOSTILE)
    for reader in _readers(client, made):
        for path in _addresses(made):
            answer = reader.get(path.partition("?")[0], query_string=hostile, follow_redirects=True)
            assert answer.status_code < 500, path
            assert _is_clean(Page(answer.text)), path


def _rules(app: Flask, method: str) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            values = {name: _part(rule._converters[name]) for name in rule.arguments}
            with app.test_request_context():
                yield rule.endpoint, rule.build(values, append_unknown=False)[1]  # type: ignore[index]


def _part(converter: BaseConverter) -> Any:
    """What an address can have at this place."""
    return min(converter.items) if isinstance(converter, AnyConverter) else 1


def test_nothing_is_done_for_another_site(app: Flask, client: Client) -> None:
    """Hole 29: every address that acts, for somebody signed in and for a stranger."""
    known = client.sign_in(factories.person(Role.ADMINISTRATOR))
    stranger = app.test_client()
    addresses = dict(_rules(app, "POST"))
    forged = {"X-CSRFToken": "", "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    taken = {
        name
        for name, path in addresses.items()
        for sender in (known, stranger)
        if sender.post(path, headers=forged).status_code != 400
    }

    assert len(addresses) > 35
    assert taken == UNSAFE_WITHOUT_TOKEN


def _dump() -> dict[str, list[Any]]:
    db.session.rollback()
    tables = (t for t in Rows.metadata.sorted_tables if t.name not in ("quotas", "devices"))
    return {
        t.name: sorted(map(str, db.session.execute(select(t).order_by(*t.primary_key)).all()))
        for t in tables
    }


def _acts(made: World) -> dict[str, tuple[str, dict[str, str]]]:
    """Every address that acts on a thing, sent with all that it needs, on what somebody else has:
    who is not named in ``MAY`` changes nothing."""
    door = f"/staff/events/{made.program}/1"
    plan = f"/staff/ideas/{made.planned}/plan"
    soon = (clock.now() + timedelta(days=30)).date().isoformat()
    branch, room = made.places["branches"], made.places["rooms"]
    goal = {"title": "Mine", "goal": "g", "summary": "s", "age_group": "general", "measure": "m"}
    idea = {"title": "Mine", "happens": "x", "need": "y", "shown_as": "name", "seen": "1"}
    return {
        "agreements.end": (f"/partner/agreements/{made.agreement}/end", {"end-sentence": "No"}),
        "agreements.send_back": (
            f"/partner/agreements/{made.agreement}/send-back",
            {"sentence": "No", "seen": "1"},
        ),
        "agreements.sign": (
            f"/partner/agreements/{made.agreement}/sign",
            {"name": "Me", "agree": "y", "seen": "1", "side": "partner"},
        ),
        "agreements.sign library": (
            f"/partner/agreements/{made.agreement}/sign",
            {"name": "Me", "agree": "y", "seen": "1", "side": "library"},
        ),
        "appeals.ask": (f"/ideas/{made.refused}/appeal", {"sentence": "Why not?"}),
        "agreements.withdraw": ("/partner/offers/{offer}/withdraw", {}),
        "accounts.end_device": ("/me/devices", {"device": "{device}"}),
        "accounts.remove_passkey": ("/me/sign-in/passkey", {"passkey": "{passkey}"}),
        "accounts.stay_by_link": (f"/stay/{made.everybody.id}/{'x' * 22}", {}),
        "answers.answer": (
            f"/staff/ideas/{made.idea}/answer",
            {"move": "note", "sentence": "x", "seen": "1"},
        ),
        "quiet.ideas": (
            "/staff/ideas/quiet",
            {"idea": "{quiet}", "move": "decline", "sentence": "x", "reason": "room"},
        ),
        "counter.idea": ("/staff/ideas/new", idea | {"branch": "{branch}"}),
        "counter.support": (f"/staff/ideas/{made.idea}/support", {"more": "1"}),
        "counter.seat": (f"/staff/events/{made.program}/2/seat", {"name": "Me", "seats": "1"}),
        "counter.cancel_seat": (
            f"/staff/events/{made.program}/2/seat/{{desk_seat}}/cancel",
            {},
        ),
        "dates.change": (
            f"/staff/events/{made.program}/2/date",
            {"day": soon, "starts": "10:00", "ends": "12:00", "place": "x", "reason": "x"},
        ),
        "dates.postpone": (f"/staff/events/{made.program}/2/postpone", {"reason": "Because"}),
        "desk.cancel": (f"{door}/cancel", {"reason": "Because"}),
        "desk.close": (f"{door}/close", {"heads": "7"}),
        "desk.door": (f"{door}/door", {"do": "walk_in", "people": "2"}),
        "desk.seats": (f"{door}/seats", {"seats": "30"}),
        "desk_people.index": (
            "/staff/settings/people",
            {"email": "x@example.org", "role": "administrator"},
        ),
        "desk_people.take_back": (
            f"/staff/settings/people/{made.everybody.id}/take-back",
            {"role": "administrator"},
        ),
        "desk_people.reset": (f"/staff/settings/people/{made.everybody.id}/reset", {}),
        "desk_places.closed_days": ("/staff/settings/closed-days", {"first": "2099-01-01"}),
        "desk_places.edit": (f"/staff/settings/rooms/{room}", {"name": "Mine", "capacity": "1"}),
        "desk_places.edit new": ("/staff/settings/topics/new", {"name": "Mine", "cloth": "make"}),
        "desk_places.move": (f"/staff/settings/branches/{branch}/close", {}),
        "desk_places.move remove": (f"/staff/settings/rooms/{room}/remove", {}),
        "desk_places.open_days": ("/staff/settings/closed-days/{closed}/open", {}),
        "desk_settings.drop_reply": (f"/staff/settings/replies/{made.reply}/drop", {}),
        "desk_settings.reply": (
            f"/staff/settings/replies/{made.reply}",
            {"title": "Mine", "words": "x"},
        ),
        "desk_settings.mark": ("/staff/settings/mark", {}),
        "desk_settings.wear_mark": ("/staff/settings/mark/wear", {"tried": made.mark}),
        "desk_settings.take_off_mark": ("/staff/settings/mark/take-off", {}),
        "desk_settings.rules": ("/staff/settings/rules", {"words": "Mine"}),
        "desk_settings.section": ("/staff/settings/look", {"brand_colour": "#000000"}),
        "desk_settings.section promises": (
            "/staff/settings/promises",
            {"vote_goal": "1", "answer_days": "1", "review_mode": "hold_none"},
        ),
        "desk_settings.send_test": ("/staff/settings/mail", {}),
        "desk_partners.answer": ("/staff/partners/offers/{offer}", {"move": "talk", "seen": "1"}),
        "desk_partners.move": (
            "/staff/partners/{organisation}",
            {"move": "end", "sentence": "x", "seen": "1"},
        ),
        "desk_results.edit": (
            f"/staff/events/{made.held}/results",
            {"sentence": "s", "next_step": "n"},
        ),
        "desk_results.quote": (f"/staff/events/{made.held}/1/quotes", {"words": "x", "drop": "1"}),
        "ideas.edit": (f"/ideas/{made.idea}/edit", idea),
        "ideas.retire": (f"/ideas/{made.idea}/retire", {}),
        "moderation.show": (f"/staff/review/{made.pending}", {"verdict": "publish", "seen": "2"}),
        "programs.change_own_seat": (f"/me/seats/{made.registration}", {"do": "cancel"}),
        "programs.change_seat": (f"/seats/{made.registration}/{'x' * 22}", {"do": "cancel"}),
        "notifications.stop_all": (f"/stop/{made.everybody.id}/{'x' * 22}", {}),
        "notifications.stop_guest": (f"/stop/guest/{'x' * 22}/{'x' * 22}", {}),
        "notifications.stop_idea": (f"/stop/{made.everybody.id}/{made.idea}/{'x' * 22}", {}),
        "transfer.up": (
            "/staff/settings/people/file",
            {"rows": "email,name,role,branch\nx@example.org,X,administrator,", "bring": "yes"},
        ),
        "wizard.again": (f"/staff/events/{made.program}/again", {}),
        "wizard.begin": (f"/staff/ideas/{made.idea}/plan", {}),
        "wizard.discard": (f"/staff/events/{made.program}/discard", {}),
        "wizard.publish": (f"{plan}/publish", {"reason": "x"}),
        "wizard.send_agreement": (f"{plan}/agreement", {}),
        "wizard.show": (f"{plan}/1", goal | {"target": "3", "kind": ""}),
    }


OF_NO_BRANCH = {"desk_partners.move"}  # an organisation is the whole library's


def test_nobody_acts_on_what_is_anothers(app: Flask, client: Client) -> None:
    """Holes 3 to 6: by number, by a link that is not whole, from another branch."""
    made, main = world(), factories.branch()
    for table in (Idea, Program):
        db.session.execute(update(table).values(branch_id=main.id))
    actors = {
        "a stranger": None,
        "a resident": factories.person(),
        "a member of another organisation": _member(),
        "a librarian of another branch": factories.person(
            Role.MANAGER, branch_id=factories.branch("EAST").id
        ),
    }
    offer = db.session.scalars(select(Offer.id)).first()
    organisation = db.session.scalars(select(Organisation.id).order_by(Organisation.id)).first()
    factories.kept(Quote(program_id=made.held, words="x", chosen_by=made.everybody.id))
    client.sign_in(made.everybody)
    device = db.session.scalars(select(Device.id)).first()
    closed = db.session.scalars(select(ClosedDays.id)).first()
    numbers: dict[str, object] = {
        "offer": offer,
        "organisation": organisation,
        "device": device,
        "closed": closed,
    }
    numbers |= _at_the_desk(made)
    numbers["quiet"] = f"{made.idea}-{db.session.get_one(Idea, made.idea).version}"
    numbers["passkey"] = factories.passkey(made.everybody).id
    senders = {name: _sender(app, person) for name, person in actors.items()}
    before = _dump()
    for name, sender in senders.items():
        for act, (path, values) in _acts(made).items():
            sent = {field: value.format(**numbers) for field, value in values.items()}
            if name.startswith("a librarian") and act in OF_NO_BRANCH:
                continue
            assert sender.post(path.format(**numbers), data=sent).status_code < 500, (name, act)
            assert _dump() == before, (name, act)


def _at_the_desk(made: World) -> dict[str, int]:
    second = select(Session).where(Session.program_id == made.program, Session.number == 2)
    seat = factories.registration(db.session.scalars(second).one(), email=None, at_desk=True)
    return {"desk_seat": seat.id, "branch": factories.branch().id}


def _member() -> Person:
    person = factories.person()
    factories.organisation(person)
    return person


def _sender(app: Flask, person: Person | None) -> Client:
    made = app.test_client()
    assert isinstance(made, Client)
    return made.sign_in(person) if person else made


SENT_FOR_ONESELF = {
    *("accounts.copy", "accounts.stay", "me.leave", "own_mail.change_all", "own_mail.change_one"),
    *("accounts.end_all_devices", "accounts.name", "accounts.password", "accounts.sign_in"),
    *("accounts.sign_in_code", "accounts.sign_in_link", "accounts.sign_in_password"),
    *("accounts.challenge", "accounts.code_app", "accounts.draw_codes", "accounts.new_challenge"),
    *("accounts.new_passkey", "accounts.remove_app", "accounts.second_step"),
    *("accounts.sign_in_passkey", "accounts.sign_out"),
    *("accounts.still_waiting", "agreements.offer", "ideas.follow"),
    *("ideas.new", "ideas.vote", "ideas.withdraw_vote", "programs.session", "settings.display"),
    *("held.enter", "survey.answer", "survey.answer_at_wall", "survey.draw", "survey.show"),
    "wizard.new",
}


def test_every_address_that_acts_is_tried_by_others(app: Flask) -> None:
    acts = {name.split()[0] for name in _acts(world())}

    assert acts | SENT_FOR_ONESELF == dict(_rules(app, "POST")).keys()
    assert acts & SENT_FOR_ONESELF == set()


HIDDEN = [
    *(Publication.PENDING, Publication.SENT_BACK, Publication.NOT_PUBLISHED),
    *(Publication.HIDDEN, Publication.RETIRED),
]


def test_what_is_not_public_is_on_no_page_and_in_no_calendar(app: Flask, client: Client) -> None:
    """Hole 7: by a side door, such as the event that an idea became."""
    made = world()
    for idea in db.session.scalars(select(Idea)):
        idea.publication, idea.title = HIDDEN[idea.id % len(HIDDEN)], "Xylograph"
        idea.happens = idea.need = "Xylograph"
        idea.happens_html = idea.need_html = "<p>Xylograph</p>"
    for result in db.session.scalars(select(Result).where(Result.published_at.is_not(None))):
        result.figures = figures.of(db.session.get_one(Program, result.program_id))
    db.session.commit()
    paths = [*_addresses(made), "/events.ics", f"/events/{made.program}/1.ics", "/ideas/similar"]
    seen = [
        path
        for person in (None, factories.person())
        for path in paths
        if "xylograph" in _sender(app, person).get(path, follow_redirects=True).text.lower()
    ]

    assert seen == []


def _typed() -> list[str]:
    typed = ["a\0b", "9" * 40, "٣", "½", "x" * 10_000, HOSTILE, "0001-01-01", "9999-12-31"]
    typed += ["\ud7ff\uffff\U0010ffff%00%s\r\nX: y"]
    if STRINGS.exists():
        lines = [line for line in STRINGS.read_text("utf-8").splitlines() if line[:1] != "#"]
        typed += ["\n".join(lines)[:4900], " ".join(lines[::8])[:110]]
    return typed


@pytest.mark.usefixtures("on_the_second_database")  # tests/hostile sends its forms to both
def test_no_form_breaks_whatever_is_typed(client: Client) -> None:
    """Holes 25 and 35: every field of every form of every page, one at a time and all at once."""
    made = world()
    for reader in _readers(client, made):
        forms: dict[str, Form] = {}
        for path in _addresses(made):
            for form in Page(reader.get(path, follow_redirects=True).text).forms:
                if form.method == "post" and "/sign-out" not in form.action:
                    forms[f"{form.action or path} {sorted(form.fields)}"] = form
        assert len(forms) > 3
        for name, form in forms.items():
            action = name.partition(" ")[0]
            for sent in _fillings(form):
                answer = reader.post(action, data=sent)
                assert answer.status_code < 500, (action, sent)
                assert _is_clean(Page(answer.text)), (action, sent)


def _fillings(form: Form) -> Iterator[dict[str, str]]:
    """Each field hostile in a form that is else in order; and all of them, but for what chooses
    the way."""
    names = sorted(form.fields.keys() - {"csrf_token"})
    for hostile in _typed():
        yield {name: form.fields[name] if name in WAYS else hostile for name in names}
    rest = cycle(_typed())
    for name in names:
        for hostile in islice(rest, 3):
            yield {**form.fields, name: hostile}


WAYS = {"do", "move", "verdict", "side", "seen"}

ASSIGNED = {
    **dict.fromkeys(("id", "author_id", "person_id", "votes", "imported_votes", "taken"), "7"),
    **dict.fromkeys(("is_staff", "trusted", "role", "grants", "confirmed_at", "walk_in"), "1"),
    **dict.fromkeys(("publication", "stage", "state", "standing", "published_at"), "published"),
    **dict.fromkeys(("arrived", "place", "code", "version", "organisation_id", "source_key"), "1"),
}


def test_nobody_assigns_what_a_form_does_not_ask(client: Client) -> None:
    """Hole 24: the same rows, field by field, whether or not more was sent than was asked."""
    idea = {"title": "Chess", "happens": "x", "need": "y", "shown_as": "name"}
    seat = {"name": "Gus", "email": "gus@example.org", "seats": "1"}
    session = factories.session(factories.program())
    path, rows = f"/events/{session.program_id}/1", []
    for sent in ({}, ASSIGNED):
        assert _sender(client.application, None).post(path, data=sent | seat).status_code == 200
        author = factories.person(name="Ada")
        asked = _sender(client.application, author).post("/ideas/new", data=sent | idea)
        assert asked.status_code == 303
        db.session.rollback()
        written = db.session.scalars(select(Idea).order_by(Idea.id.desc())).first()
        seated = db.session.scalars(select(Registration)).one()
        assert written is not None
        assert (written.author_id, seated.person_id) == (author.id, None)
        rows.append([_plain(written, "author_id"), _plain(seated)])
        db.session.execute(delete(Registration))
        db.session.execute(update(Session).values(taken=0))
    assert rows[0] == rows[1]


def _plain(row: Rows, *drawn: str) -> dict[str, Any]:
    """A row but for what is drawn anew for each."""
    drawn = (*drawn, "id", "code", "made_at", "sent_at", "stage_since")
    return {c.key: getattr(row, c.key) for c in row.__table__.columns if c.key not in drawn}


SOMEBODY = {"email": "ada@x"}


def _bad_statement() -> None:
    db.session.execute(text("SELECT secret_column FROM people WHERE email = :email"), SOMEBODY)


def _bad_code() -> None:
    raise LookupError("secret_column")


@pytest.mark.parametrize("act", [_bad_statement, _bad_code])
def test_a_page_that_fails_shows_nothing_of_the_inside(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    act: Callable[[], None],
) -> None:
    """Holes 38 and 39: a sentence and a number, never a statement or a row, in no log either."""
    made = world()
    client.sign_in(made.everybody)
    monkeypatch.setitem(client.application.config, "PROPAGATE_EXCEPTIONS", False)

    for name in PAGES:
        monkeypatch.setitem(client.application.view_functions, name, lambda **_: act())
    failed = 0
    for path in _addresses(made):
        answer = client.get(path)
        if answer.status_code >= 500:
            failed += 1
            assert "secret_column" not in answer.text, path
            assert "Try again" in answer.text or "try again" in answer.text
    assert failed > 40
    assert "secret_column" in caplog.text  # for whoever mends it
    assert SOMEBODY["email"] not in caplog.text


def test_a_body_too_large_is_refused_in_a_sentence(client: Client) -> None:
    """Hole 35."""
    made = world()
    part = b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n'
    sent = {
        "application/x-www-form-urlencoded": b"title=" + b"x" * 2_000_000,
        "multipart/form-data; boundary=b": part * 600 + b"--b--\r\n",
    }
    for reader in _readers(client, made):
        for kind, body in sent.items():
            answer = reader.post("/ideas/new", data=body, content_type=kind)
            assert answer.status_code == 413
            assert "That was more than we can take at once." in answer.text
