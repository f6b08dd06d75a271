"""A second step, where the library asks for it or somebody has an app: until it is done, nobody is
signed in."""

import re
from base64 import urlsafe_b64decode
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts import code_app, passwords, second_step, signing_in
from portal.accounts.models import CodeApp, Device, Passkey, Person, RecoveryCode
from portal.core import clock
from portal.core.database import db
from portal.core.errors import Forbidden
from portal.core.tokens import unseal
from portal.policy import Role
from portal.settings.models import Library
from tests import factories
from tests.accounts.authenticator import Authenticator
from tests.accounts.conftest import another, ask, begun, sign_out, signed_in, waves, with_token
from tests.accounts.test_passkeys import (
    NEW,
    NEW_CHALLENGE,
    SIGN_IN,
    add,
    asked,
    codes_in,
    onward,
    told,
)
from tests.accounts.test_passwords import PASSWORD, with_password
from tests.conftest import Client, Probe

STEP, APP = "/sign-in/second-step", "/sign-in/app"


def require_it() -> None:
    db.session.execute(update(Library).values(second_step=True, version=Library.version + 1))
    db.session.commit()


def first_step(client: Client, person: Person, at: str = "/sign-in/password") -> None:
    person.password_hash = person.password_hash or passwords._hasher.hash(PASSWORD)
    answer = client.post(at, data={"email": str(person.email), "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, STEP)
    assert signed_in(client) is None


def set_up(client: Client) -> tuple[str, list[str], str]:
    """The app's secret, the recovery codes, and where the page leads on to."""
    page = client.get(APP)
    assert "no-store" in page.headers["Cache-Control"]
    parcel = re.search(r'name="parcel"[^>]* value="([^"]+)"', page.text)
    assert parcel
    _owner, secret = str(unseal(urlsafe_b64decode(parcel[1]))).split()
    assert secret[:4] in page.text
    shown = client.post(APP, data={"parcel": parcel[1], "code": code_of(secret)})
    return secret, codes_in(shown), onward(shown)


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + 30 * steps)


def with_app(client: Client, person: Person) -> tuple[str, list[str]]:
    client.sign_in(person)
    secret, codes, _path = set_up(client)
    sign_out(client)
    return secret, codes


def later(minutes: int = 16) -> None:
    clock.move(timedelta(minutes=minutes))


def test_who_has_none_is_led_to_set_one_up_and_can_do_nothing_else_till_then(
    client: Client,
) -> None:
    person = with_password(Role.LIBRARIAN)
    require_it()
    first_step(client, person, "/sign-in/password?next=/staff")

    assert "Set up a second step" in client.get(STEP).text
    assert client.get("/staff").location.startswith("/sign-in")
    assert client.get("/me").location.startswith("/sign-in")
    _secret, codes, path = set_up(client)
    assert (path, signed_in(client), len(set(codes))) == ("/staff", person.email, 10)
    assert client.get("/staff").status_code == 200
    assert told(person) == [("person.app_set_up", "app_set_up")]


def test_a_passkey_made_while_signing_in_is_the_second_step(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    require_it()
    first_step(client, person, "/sign-in/password?next=/staff")
    answer = Authenticator().makes(asked(client, NEW_CHALLENGE))
    assert client.post(NEW, data={"answer": answer, "name": ""}).status_code == 422
    answer = Authenticator().makes(asked(client, NEW_CHALLENGE))
    shown = client.post(NEW, data={"answer": answer, "name": "x"})
    assert (len(set(codes_in(shown))), onward(shown)) == (10, "/staff")
    assert signed_in(client) == person.email


def test_a_code_of_the_app_is_good_once_and_for_a_minute_or_so(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    secret, _codes = with_app(client, person)
    later()
    first_step(client, person)
    for wrong in (code_of(secret, -2), code_of(secret, 2), "", "½", "x" * 61):
        assert client.post(STEP, data={"code": wrong}).status_code == 422
    later()
    first_step(client, person)
    code = code_of(secret)
    assert client.post(STEP, data={"code": f" {code[:3]} {code[3:]} "}).status_code == 303
    assert signed_in(client) == person.email

    second = another(client)
    first_step(second, person)
    assert second.post(STEP, data={"code": code}).status_code == 422
    assert second.post(STEP, data={"code": code_of(secret, -1)}).status_code == 422
    assert second.post(STEP, data={"code": code_of(secret, 1)}).status_code == 303


def test_the_code_that_set_the_app_up_signs_in_no_more(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    secret, _codes = with_app(client, person)
    first_step(client, person)

    assert client.post(STEP, data={"code": code_of(secret)}).status_code == 422


def test_a_recovery_code_is_good_once_and_its_owner_is_told(client: Client) -> None:
    person, other = with_password(Role.LIBRARIAN), with_password(Role.LIBRARIAN)
    _secret, codes = with_app(client, person)
    with_app(client, other)
    first_step(client, other)
    assert client.post(STEP, data={"code": codes[0]}).status_code == 422
    first_step(client, person)
    assert client.post(STEP, data={"code": codes[0].lower().replace("-", " ")}).status_code == 303
    assert told(person)[-1] == ("person.code_used", "code_used")
    assert "9 recovery codes are left" in client.get("/me/sign-in").text

    again = another(client)
    first_step(again, person)
    assert again.post(STEP, data={"code": codes[0]}).status_code == 422
    shown = with_token(client).post("/me/sign-in/codes")
    assert codes[1] not in shown.text
    assert again.post(STEP, data={"code": codes[1]}).status_code == 422


def test_five_tries_in_a_quarter_of_an_hour_are_all_whatever_the_browser(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    secret, _codes = with_app(client, person)
    later()
    with clock.moved_to(clock.now().replace(minute=1)):
        for _ in range(5):
            browser = another(client)
            first_step(browser, person)
            assert browser.post(STEP, data={"code": "000000"}).status_code == 422
        first_step(client, person)
        right = client.post(STEP, data={"code": code_of(secret)})

    assert (right.status_code, "too often" in right.text) == (422, True)


def test_the_first_step_lasts_ten_minutes_in_its_browser_and_is_used_once(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    secret, codes = with_app(client, person)
    first_step(client, person)
    assert another(client).post(STEP, data={"code": codes[0]}).location == "/sign-in"
    with client.session_transaction() as session:
        kept = dict(session)
    with clock.moved_to(clock.now() + second_step.VALID_FOR + timedelta(seconds=1)):
        assert client.post(STEP, data={"code": code_of(secret)}).location == "/sign-in"
        assert client.get(STEP).location == "/sign-in"
    assert client.post(STEP, data={"code": codes[0]}).status_code == 303
    thief = another(client)
    with thief.session_transaction() as session:
        session.update(kept)
    assert thief.post(STEP, data={"code": codes[1]}).location == "/sign-in"


def test_the_first_step_alone_adds_no_other_way_in(client: Client) -> None:
    """Else a stolen password would be enough."""
    person = with_password(Role.LIBRARIAN)
    with_app(client, person)
    before = db.session.scalars(select(CodeApp.sealed)).one()
    require_it()
    first_step(client, person)
    offer = code_app.offer(person.id)
    sent = {"parcel": offer.parcel, "code": code_of(offer.secret)}

    assert client.get(APP).status_code == 409
    assert client.post(APP, data=sent).status_code == 409
    assert client.post(NEW_CHALLENGE).status_code == 409
    assert client.post(NEW, data={"answer": "x", "name": "x"}).status_code == 409
    assert db.session.scalars(select(CodeApp.sealed)).one() == before


def test_a_stranger_and_a_resident_set_nothing_up(client: Client) -> None:
    for browser in (client, another(client).sign_in(factories.person())):
        assert browser.get(APP).status_code == 403
        assert browser.post(NEW_CHALLENGE).status_code == 403
    assert client.get(STEP).location == "/sign-in"


def test_the_secret_of_another_is_not_taken(client: Client) -> None:
    client.sign_in(factories.librarian())
    other = code_app.offer(factories.librarian().id)
    for parcel in (other.parcel, "x", "ÿ", other.secret):
        sent = {"parcel": parcel, "code": code_of(other.secret)}
        assert client.post(APP, data=sent).status_code == 422

    assert db.session.scalars(select(CodeApp)).all() == []


def test_a_passkey_is_both_steps_and_does_the_second_for_what_was_begun(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    made = add(client, person)
    require_it()
    answer = {"answer": made.uses(asked(client))}
    assert client.post(f"{SIGN_IN}?next=/staff", data=answer).location == "/staff"
    sign_out(client)

    first_step(client, person, "/sign-in/password?next=/staff/ideas")
    page = client.get(STEP).text
    assert "Code from your app" not in page
    answer = {"answer": made.uses(asked(client))}
    assert client.post(SIGN_IN, data=answer).location == "/staff/ideas"
    assert signed_in(client) == person.email


def with_passkey(client: Client, person: Person) -> list[str]:
    """One that is gone. Gives the recovery codes that came with it; they are signed in."""
    client.sign_in(person)
    answer = Authenticator().makes(asked(client, NEW_CHALLENGE))
    return codes_in(client.post(NEW, data={"answer": answer, "name": "Gone"}))


def test_whose_one_passkey_is_gone_comes_in_with_a_recovery_code(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    codes = with_passkey(client, person)
    sign_out(client)
    require_it()
    first_step(client, person, "/sign-in/password?next=/staff")
    assert "Recovery code" in client.get(STEP).text
    assert client.post(STEP, data={"code": "AAAA-BBBB-CCCC"}).status_code == 422

    assert client.post(STEP, data={"code": codes[3]}).location == "/staff"

    assert signed_in(client) == person.email
    assert told(person)[-1] == ("person.code_used", "code_used")
    again = another(client)
    first_step(again, person)
    assert again.post(STEP, data={"code": codes[3]}).status_code == 422


def test_codes_come_with_the_first_way_are_drawn_anew_and_go_with_the_last(client: Client) -> None:
    person = with_password(Role.LIBRARIAN)
    assert with_token(client.sign_in(person)).post("/me/sign-in/codes").status_code == 409
    codes = with_passkey(client, person)
    answer = Authenticator().makes(asked(client, NEW_CHALLENGE))
    assert client.post(NEW, data={"answer": answer, "name": "Two"}).location == "/me/sign-in"
    assert "10 recovery codes are left" in client.get("/me/sign-in").text

    anew = codes_in(client.post("/me/sign-in/codes"))

    assert not set(codes) & set(anew)
    assert told(person)[-1] == ("person.codes_drawn", "codes_drawn")
    first, second = db.session.scalars(select(Passkey.id).order_by(Passkey.id))
    for passkey, left in ((first, 10), (first, 10), (second, 0)):
        client.post("/me/sign-in/passkey", data={"passkey": str(passkey)})
        assert len(db.session.scalars(select(RecoveryCode.id)).all()) == left
    with_app(client, person)
    with_token(client.sign_in(person))
    with_passkey_too = Authenticator().makes(asked(client, NEW_CHALLENGE))
    client.post(NEW, data={"answer": with_passkey_too, "name": "Three"})
    client.post("/me/sign-in/app")
    assert len(db.session.scalars(select(RecoveryCode.id)).all()) == 10


def test_the_mail_s_link_and_code_are_one_step_and_what_waits_is_done_after_both(
    probe: Probe,
) -> None:
    client, person = probe.client, factories.librarian()
    _secret, codes = with_app(client, person)
    client.token = ""
    require_it()
    letter = ask(client, str(person.email), at=begun(probe))
    assert client.post(letter.link).location == STEP
    assert (signed_in(client), waves()) == (None, 0)
    assert client.post(STEP, data={"code": codes[0]}).location == "/waved"
    assert (signed_in(client), waves()) == (person.email, 1)

    sign_out(client)
    letter = ask(client, str(person.email))
    assert client.post("/sign-in/code", data={"code": letter.code}).location == STEP


def test_it_is_asked_of_staff_alone(client: Client) -> None:
    resident = factories.person()
    require_it()
    letter = ask(client, str(resident.email))

    assert client.post(letter.link).location == "/"
    assert signed_in(client) == resident.email


def test_who_was_signed_in_without_it_signs_in_again(client: Client) -> None:
    """The switch, and a role given later, hold for browsers that are signed in already."""
    client.sign_in(factories.librarian())
    assert client.get("/staff").status_code == 200
    require_it()
    answer = client.get("/staff")

    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/staff")


def test_a_link_from_the_command_line_is_the_way_back_in(app: Flask, client: Client) -> None:
    person = factories.librarian()
    with_app(client, person)
    require_it()
    token = signing_in.hand_out(str(person.email))
    client.token = ""
    assert client.post(f"/sign-in/link/{token}").location == "/"

    assert signed_in(client) == person.email
    assert with_token(client).post("/me/sign-in/app").status_code == 303
    assert db.session.scalars(select(RecoveryCode)).all() == []


def test_an_administrator_resets_another_s_who_is_told_and_signed_out(client: Client) -> None:
    person, admin = with_password(Role.LIBRARIAN), factories.person(Role.ADMINISTRATOR)
    made = add(client, person)
    secret, _codes = with_app(client, person)
    first_step(another(client), person)
    client.sign_in(admin)
    assert "Has a second step" in client.get("/staff/settings/people").text
    assert client.post(f"/staff/settings/people/{person.id}/reset").status_code == 303
    assert client.post("/staff/settings/people/999999/reset").status_code == 404

    assert told(person)[-1] == ("person.ways_reset", "ways_reset")
    own = select(Device.id).where(Device.person_id == person.id, Device.ended_at.is_(None))
    assert db.session.scalars(own).all() == []
    assert "Has a second step" not in client.get("/staff/settings/people").text
    sign_out(client)
    assert client.post(SIGN_IN, data={"answer": made.uses(asked(client))}).status_code == 422
    require_it()
    first_step(client, person)
    assert "Set up a second step" in client.get(STEP).text
    assert secret


def test_only_an_administrator_resets(app: Flask) -> None:
    with pytest.raises(Forbidden):
        second_step.reset(factories.person().id, by=factories.actor(Role.MANAGER))


def test_the_secret_is_sealed_and_the_codes_are_hashed(client: Client) -> None:
    person = factories.librarian()
    secret, codes = with_app(client, person)
    row = db.session.scalars(select(CodeApp)).one()
    hashes = db.session.scalars(select(RecoveryCode.code_hash)).all()

    assert secret.encode() not in row.sealed
    assert unseal(row.sealed) == secret
    assert not {one.replace("-", "") for one in codes} & set(hashes)


def test_the_switch_is_for_administrators(client: Client) -> None:
    privacy = {"guest_days": "30", "smallest_cell": "5", "smallest_survey": "10"}
    for role, status in ((Role.MANAGER, 403), (Role.ADMINISTRATOR, 303)):
        client.sign_in(factories.person(role))
        sent = client.post("/staff/settings/privacy", data={**privacy, "second_step": "y"})
        assert sent.status_code == status
    db.session.rollback()

    assert db.session.scalar(select(Library.second_step)) is True
    assert client.get("/staff/settings").location.startswith("/sign-in")
