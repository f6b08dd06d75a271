"""Fifty at once, and exactly one wins."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from portal.accounts.models import Device, Person, SignIn, Waiting
from portal.core import clock
from portal.core.database import db
from tests import factories
from tests.accounts.conftest import ask, begun, waves, with_token
from tests.conftest import Client, Probe

MANY, AT_ONCE = 50, 10


def all_at_once(
    client: Client, press: Callable[[Client, int], int | str | None]
) -> Counter[object]:
    """Press fifty times in copies of this browser, ten of them in the same instant."""
    cookie = client.get_cookie("session")
    start = Barrier(AT_ONCE)

    def one(n: int) -> object:
        copy = client.application.test_client()
        assert isinstance(copy, Client)
        copy.token = client.token
        if cookie:
            copy.set_cookie("session", cookie.value)
        start.wait(10)
        return press(copy, n)

    db.session.commit()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(one, range(MANY)))


def count(table: type[Device] | type[Person]) -> int:
    db.session.commit()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_link_is_used_once(client: Client) -> None:
    letter = ask(client, at="/sign-in?next=/ideas")
    went = all_at_once(client, lambda copy, _n: copy.post(letter.link).location)

    assert went == {"/ideas": 1, letter.link: MANY - 1}
    assert (count(Device), count(Person)) == (1, 1)


def test_a_code_is_used_once(client: Client) -> None:
    letter = ask(client)
    data = {"code": letter.code}
    went = all_at_once(client, lambda copy, _n: copy.post("/sign-in/code", data=data).status_code)

    assert went == {303: 1, 422: MANY - 1}
    assert (count(Device), count(Person)) == (1, 1)


def test_five_tries_are_all_however_many_come_at_once(client: Client) -> None:
    letter = ask(client)
    wrong = [f"{n:06d}" for n in range(MANY + 1) if f"{n:06d}" != letter.code]

    def guess(copy: Client, n: int) -> str:
        page = copy.post("/sign-in/code", data={"code": wrong[n]}).text
        return "run out" if "That code has run out" in page else "no match"

    assert all_at_once(client, guess) == {"no match": 4, "run out": MANY - 4}
    db.session.commit()
    assert db.session.scalars(select(SignIn.tries)).all() == [5]


def test_what_waits_is_done_once_wherever_it_is_confirmed(probe: Probe) -> None:
    letter = ask(probe.client, at=begun(probe))
    stranger = probe.client.application.test_client()
    assert isinstance(stranger, Client)

    def press(copy: Client, n: int) -> int:
        browser = copy if n % 2 else stranger.application.test_client()
        return browser.post(letter.link, headers={"Sec-Fetch-Site": "same-origin"}).status_code

    assert all_at_once(probe.client, press) == {303: MANY}
    assert (waves(), count(Person), count(Device)) == (1, 1, 1)


def test_what_was_refused_is_tried_again_once(probe: Probe) -> None:
    letter = ask(probe.client, at=begun(probe, to="nobody"))
    address = probe.client.post("/sign-in/code", data={"code": letter.code}).location
    db.session.scalars(select(Waiting)).one().payload = {"to": "the sea"}
    client = with_token(probe.client)
    went = all_at_once(client, lambda copy, _n: copy.post(address).location)

    assert (went["/waved"], waves()) == (1, 1)


def test_one_mailbox_becomes_one_person(client: Client) -> None:
    letters = []
    for spelling in ("jane.doe@gmail.com", "janedoe@gmail.com", "jane.doe+x@gmail.com"):
        letters.append(ask(client, spelling))
    all_at_once(client, lambda copy, n: copy.post(letters[n % 3].link).status_code)

    assert count(Person) == 1
    assert count(Device) == 3


def test_a_password_is_tried_ten_times_in_a_quarter_of_an_hour(client: Client) -> None:
    person = factories.librarian()
    data = {"email": str(person.email), "password": "wrong"}

    def guess(copy: Client, _n: int) -> str:
        page = copy.post("/sign-in/password", data=data).text
        return "too often" if "too often" in page else "wrong"

    with clock.moved_to(clock.now().replace(minute=1)):
        assert all_at_once(client, guess) == {"wrong": 10, "too often": MANY - 10}
