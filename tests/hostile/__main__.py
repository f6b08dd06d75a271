import argparse
import sys
import tempfile
import time
from collections.abc import Callable

from flask import Flask

from portal.core.database import transaction
from portal.core.web import local_path
from tests.addresses import world
from tests.chromium import launched
from tests.conftest import Client
from tests.hammer.portals import portal
from tests.hostile import corpus, forms, showing
from tests.hostile.judging import NOTHING, Found, Judge

ROUNDS = 5  # in which every column has new texts and every page is looked at
TOLD = 10  # of what is wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile")
    parser.add_argument("what", choices=DOES)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--addresses", type=int, default=100_000)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--db", metavar="URL")
    wanted = parser.parse_args()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        portal(wanted.db or f"sqlite:///{folder}/hostile.db") as app,
    ):
        wrong = DOES[wanted.what](app, wanted)
    print(f"{time.monotonic() - began:.0f} seconds, {wrong} wrong")
    return min(wrong, 1)


def _texts(app: Flask, wanted: argparse.Namespace) -> int:
    with launched() as browser:
        judge, found = Judge(browser), dict[str, Found]()
        for batch in showing.in_batches(corpus.texts(wanted.texts)):
            found = showing.added(found, showing.every_way(app, judge, batch))
        print(f"{wanted.texts} texts   {'scripts run':>12} {'foreign':>8} {'broken out':>11}")
        for name, one in found.items():
            print(f"{name:14}   {one.ran:12} {one.foreign:8} {one.lost:11}")
        return sum(one != NOTHING for one in found.values()) + _pages(app, judge)


def _pages(app: Flask, judge: Judge) -> int:
    with transaction():
        made = world()
    reader, texts = app.test_client(), corpus.texts(10**9, seed=11)
    assert isinstance(reader, Client)
    reader.sign_in(made.everybody)
    looked, ran, columns = 0, list[str](), 0
    for _ in range(ROUNDS):
        columns = showing.store(texts)
        more, bad = showing.pages(judge, reader, made)
        looked, ran = looked + more, ran + bad
    print(f"{looked} pages with texts in {columns} columns: scripts ran on {len(ran)}")
    _tell(ran)
    return len(ran)


def _addresses(_app: Flask, wanted: argparse.Namespace) -> int:
    with launched() as browser:
        judge, left, typed_left, kept = Judge(browser), list[str](), 0, 0
        for batch in showing.in_batches(corpus.addresses(wanted.addresses), 5000):
            taken = [local_path(one) for one in batch]
            kept += sum(one != "/" for one in taken)
            left += judge.leave(taken)
            typed_left += len(judge.leave(batch))
    print(f"{wanted.addresses} addresses, {typed_left} of which lead elsewhere as they are typed:")
    print(f"{kept} are kept, {len(left)} leave the site")
    _tell(left)
    return len(left)


def _forms(app: Flask, wanted: argparse.Namespace) -> int:
    tried = forms.fill(app, wanted.cases)
    print(f"{sum(tried.statuses.values())} posts to {tried.addresses} addresses: {tried.told()}")
    _tell(tried.broken)
    return len(tried.broken)


def _tell(wrong: list[str]) -> None:
    for one in wrong[:TOLD]:
        print(f"    {one!r}"[:200])


DOES: dict[str, Callable[[Flask, argparse.Namespace], int]] = {
    "texts": _texts,
    "addresses": _addresses,
    "forms": _forms,
}

if __name__ == "__main__":
    sys.exit(main())
