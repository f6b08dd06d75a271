"""The hostile in short, and proof that each judge notices what it is there for."""

import pytest
from flask import Flask
from playwright.sync_api import Browser

from portal.core.web import local_path
from tests.addresses import world
from tests.conftest import Client
from tests.hostile import corpus, forms, showing
from tests.hostile.judging import NOTHING, Judge

TEXTS = 500
ADDRESSES = 20_000
CASES = 300


@pytest.fixture
def judge(chromium: Browser) -> Judge:
    return Judge(chromium)


@pytest.mark.browser
@pytest.mark.usefixtures("on_one_database")
def test_no_text_runs_or_breaks_out_however_it_is_shown(app: Flask, judge: Judge) -> None:
    """Without our content policy, which would stop what got through."""
    found = showing.every_way(app, judge, list(corpus.texts(TEXTS)))

    assert found == dict.fromkeys(found, NOTHING)


@pytest.mark.browser
@pytest.mark.usefixtures("on_the_second_database")
def test_no_page_runs_what_is_stored(client: Client, judge: Judge) -> None:
    made = world()
    columns = showing.store(corpus.texts(1000, seed=11))
    looked, ran = showing.pages(judge, client.sign_in(made.everybody), made)

    assert ran == []
    assert columns > 40
    assert looked > 80


@pytest.mark.browser
@pytest.mark.usefixtures("on_one_database")
def test_no_address_to_go_on_to_leads_elsewhere(judge: Judge) -> None:
    typed = list(corpus.addresses(ADDRESSES))
    taken = [local_path(one) for one in typed]

    assert judge.leave(taken) == []
    assert len(judge.leave(typed)) > ADDRESSES / 20
    assert sum(one != "/" for one in taken) > ADDRESSES / 100


@pytest.mark.browser
@pytest.mark.usefixtures("on_one_database")
def test_the_judge_notices_a_text_that_is_shown_as_it_is(judge: Judge) -> None:
    """Whatever runs, whatever is no element of ours, whatever ends what it stands in."""
    ran, foreign, lost = (
        judge.sees(["<script>__hit()</script>", "<img src=x>"]),
        judge.sees(["<p onclick=x>x</p>", '<a href=" javascript:x">x</a>', "<form></form>"]),
        judge.sees(["</div></div><p>x", "x"]),
    )

    assert (ran.ran, ran.foreign, foreign.foreign, lost.lost) == (1, 2, 3, 0)
    assert judge.runs("<title>x</title><script>alert(1)</script>") == 1


def test_no_form_breaks_however_it_is_sent(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    tried = forms.fill(app, CASES)

    assert tried.broken == []
    assert tried.statuses[422] > CASES / 20
    assert tried.statuses[303] > CASES / 20


@pytest.mark.usefixtures("on_the_second_database")
def test_a_form_that_breaks_is_noticed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(forms, "_given_back", _breaks)
    tried = forms.fill(app, 8)

    assert len(tried.broken) == tried.statuses[500] > 0


def _breaks(_answer: object) -> bool:
    raise LookupError
