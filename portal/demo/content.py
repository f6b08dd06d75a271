"""What the file says, read into values."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("library.json")


@dataclass(frozen=True, kw_only=True, slots=True)
class Somebody:
    """A person of the demo whom one may sign in as. ``who`` says it in words."""

    name: str
    email: str
    who: str
    roles: tuple[str, ...] = ()
    branch: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """An organisation, and how the library stands to it by now."""

    name: str
    kind: str
    brings: str
    standing: str
    contact: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """An idea and its course: how far it got. ``day`` is that of its session, counted from today;
    ``votes``, ``heads`` and ``parties`` are how many voted, came and signed up."""

    title: str
    happens: str
    need: str
    topic: str
    age_group: str
    format: str
    branch: str
    votes: int
    heads: int
    course: str
    day: int = 0
    parties: int = 0
    partner: str = ""
    author: str = ""
    paper: str = ""
    reason: str = ""
    sentence: str = ""
    link: str = ""
    change: str = ""
    offers: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    library: dict[str, str]
    branches: list[dict[str, Any]]
    topics: list[dict[str, str]]
    people: list[Somebody]
    given_names: list[str]
    organisations: list[Group]
    stories: list[Story]
    words: dict[str, Any] = field(repr=False)


@cache
def content() -> Content:
    read = json.loads(_FILE.read_text("utf-8"))
    return Content(
        library=read["library"],
        branches=read["branches"],
        topics=read["topics"],
        people=[Somebody(**one) for one in read["people"]],
        given_names=read["given_names"],
        organisations=[Group(**one) for one in read["organisations"]],
        stories=[Story(**one) for one in read["ideas"]],
        words=read["words"],
    )


def how_to_sign_in() -> str:
    """Lines that say whom one may be in the demo, and how."""
    people = (f"  {one.email:20} {one.name}, {one.who}" for one in content().people)
    how = "A demo: no mail leaves. Sign in at /sign-in as one of these; the mail is at /demo/mail."
    return "\n".join(("", how, *people))
