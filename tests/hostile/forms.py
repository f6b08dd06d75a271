"""Every address that takes a form, sent what no browser of a person of good will would send."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlsplit

from flask import Flask, Response
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.core import database
from portal.core.database import db, transaction
from portal.settings.models import ClosedDays
from tests import factories
from tests.addresses import PAGES, World, world
from tests.hammer.games import _tickets
from tests.markup import Page
from tests.roles.browsing import Browser
from tests.test_holes import _acts, _at_the_desk

Fields = dict[str, str]
MULTIPART = "multipart/form-data; boundary=b"
URLENCODED = "application/x-www-form-urlencoded"

BY_THEMSELVES: list[tuple[str, Fields]] = [  # forms for which the world has no occasion
    ("/me/stay", {}),
    ("/sign-in/waiting/1", {"name": "Ada"}),
    ("/sign-in/link/nobody", {"shared": "y"}),
    ("/sign-in/code", {"code": "123456", "shared": "y"}),
    ("/sign-in/second-step", {"code": "123456"}),
    ("/sign-in/passkey", {"answer": "{}", "next": "/"}),
    ("/sign-in/passkey/challenge", {}),
    ("/sign-in/passkey/new/challenge", {}),
    ("/me/sign-in/codes", {}),
    ("/me/sign-in/app", {}),
]
VALUES: tuple[bytes, ...] = (
    b"",
    b" ",
    b"0",
    b"-1",
    b"1.5",
    b"1e400",
    b"NaN",
    b"9" * 40,
    str(2**31).encode(),
    str(2**63).encode(),
    str(-(2**63) - 1).encode(),
    "٣½②".encode(),
    b"0000-00-00",
    b"0001-01-01",
    b"9999-12-31",
    b"10000-01-01",
    b"2026-02-30",
    b"2026-03-08T02:30",
    b"02:30",
    b"24:00",
    b"99:99:99",
    b"x" * 10_000,
    "\U0001f4da".encode() * 2_500,
    b"a\0b",
    b"\0",
    bytes(range(1, 32)),
    b"\x7f\xc2\x85\xe2\x80\xa8\xef\xbb\xbf\xe2\x80\xae",
    b"\xff\xfe",
    b"\xc3\x28\xe2\x82",
    b"\xed\xa0\x80",  # a lone surrogate
    b"\xed\xbf\xbfx",
    b"\xef\xbf\xbf\xf4\x8f\xbf\xbf",
    b"%00%s%n{}{{7*7}}${7*7}",
    b"'; DROP TABLE people; --",
    b'" OR 1=1',
    b"../../../../etc/passwd",
    b"\r\nSet-Cookie: a=b",
    b"javascript:alert(1)",
    b"true",
    b"null",
    b"[]",
    b"a@b",
    b"a@" + b"b" * 300 + b".example",
    b"=cmd|' /C calc'!A0",
)


@dataclass
class Tried:
    addresses: int
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def told(self) -> str:
        return ", ".join(f"{n} of {status}" for status, n in sorted(self.statuses.items()))


def fill(app: Flask, cases: int, *, seed: int = 5) -> Tried:
    """So many posts, half of them by staff, the others by a resident and a stranger. What they
    write is tried and given back, so that each meets the same library. Raises LookupError where an
    address has no form."""
    with transaction():
        made, resident = world(), factories.person()
        numbers = _at_the_desk(made) | {"closed": db.session.scalars(select(ClosedDays.id)).one()}
        [(_survey_id, ticket)] = _tickets(1)
    staff, *others = [Browser(app, person) for person in (made.everybody, resident, None)]
    wanted = _all_forms(app, made, (staff, *others), ticket, numbers)
    senders = (staff, others[0], staff, others[1])
    draw = random.Random(seed)  # noqa: S311
    tried = Tried(len({path for path, _fields in wanted}))
    kept = database._is_kept
    database._is_kept = _given_back
    try:
        for n in range(cases):
            path, fields = wanted[n // 4 % len(wanted)]
            body, kind = _body(draw, fields)
            answer = senders[n % 4].sends("POST", path, body, content_type=kind)
            tried.statuses[answer.status_code] += 1
            if answer.status_code >= 500:
                tried.broken.append(f"{answer.status_code} {path} {body[:150]!r}")
    finally:
        database._is_kept = kept
    return tried


def _given_back(response: Response) -> bool:
    """The database has seen it all, and keeps nothing."""
    db.session.flush()
    return False


def _all_forms(
    app: Flask, made: World, browsers: Sequence[Browser], ticket: str, numbers: dict[str, int]
) -> list[tuple[str, Fields]]:
    """Every form that a page shows, and what tests/test_holes.py sends where no page has one."""
    forms: dict[tuple[str, str], tuple[str, Fields]] = {}
    for browser in browsers:
        for path, fields in _shown(browser, made, ticket):
            forms.setdefault((_endpoint(app, path), " ".join(sorted(fields))), (path, fields))
    known = [(path.format(**numbers), values) for path, values in _known(made).values()]
    for path, fields in [*known, *BY_THEMSELVES]:
        forms.setdefault((_endpoint(app, path), ""), (path, fields))
    missing = {
        rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())
    } - {endpoint for endpoint, _names in forms}
    if missing:
        raise LookupError(f"no form for {', '.join(sorted(missing))}")
    return [forms[key] for key in sorted(forms)]


def _known(made: World) -> dict[str, tuple[str, Fields]]:
    named = ("offer", "organisation")  # of which a page has the form
    return {
        name: act
        for name, act in _acts(made).items()
        if not any(f"{{{one}}}" in act[0] for one in named)
    }


def _shown(browser: Browser, made: World, ticket: str) -> Iterator[tuple[str, Fields]]:
    paths = (path for of in PAGES.values() for path in of(made))
    answers = [browser.client.get(path, follow_redirects=True) for path in paths]
    sheets = [browser.client.post("/s/", data={"ticket": ticket}), browser.client.post(made.wall)]
    for answer in (*answers, *sheets):
        here = answer.request.path
        for form in Page(answer.text).forms:
            if form.method == "post":
                yield form.action or here, form.fields


def _endpoint(app: Flask, path: str) -> str:
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(path).path, "POST")[0])
    except (HTTPException, RequestRedirect):
        return ""


def _body(draw: random.Random, fields: Fields) -> tuple[bytes, str]:
    """The form as it is, but for one to three changes."""
    pairs = [(name, value.encode()) for name, value in fields.items() if name != "csrf_token"]
    for _ in range(draw.randint(1, 3)):
        if not pairs:
            break
        place = draw.randrange(len(pairs))
        name, value = pairs[place]
        change = draw.randrange(8)
        if change == 0:
            del pairs[place]
        elif change == 1:
            pairs.insert(place, (name, draw.choice(VALUES)))
        elif change == 2:
            pairs.append((draw.choice(("id", "person_id", f"{name}-0", f"{name}[]")), value))
        else:
            pairs[place] = (name, draw.choice(VALUES))
    if draw.random() < 0.1:
        return _multipart(pairs), MULTIPART
    return b"&".join(f"{quote_plus(name)}={quote_plus(one)}".encode() for name, one in pairs), (
        URLENCODED
    )


def _multipart(pairs: Sequence[tuple[str, bytes]]) -> bytes:
    parts = (
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in pairs
    )
    return b"".join(parts) + b"--b--\r\n"
