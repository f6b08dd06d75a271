import pytest

from portal.search import index
from portal.search.words import words_of

pytestmark = pytest.mark.usefixtures("app")


def test_words_are_found_in_other_forms_and_spellings() -> None:
    index.put("idea", 1, title="Résumé nights", text="We repair résumés together")

    assert index.find("idea", "resumes") == [1]
    assert index.find("idea", "REPAIRING") == [1]
    assert index.find("event", "resumes") == []


def test_the_title_counts_more_than_the_text() -> None:
    index.put("idea", 1, title="Chess", text="for beginners")
    index.put("idea", 2, title="Beginners welcome", text="chess and cake")

    assert index.find("idea", "chess") == [1, 2]


def test_a_word_that_is_not_finished_finds_its_beginning() -> None:
    index.put("idea", 1, title="Telescope evening", text="")

    assert index.find("idea", "teles") == [1]


def test_those_with_all_words_come_alone() -> None:
    index.put("idea", 1, title="Bike repair", text="")
    index.put("idea", 2, title="Bike tour", text="")

    assert index.find("idea", "bike repair") == [1]


def test_what_was_dropped_is_not_found() -> None:
    index.put("idea", 1, title="Chess", text="")
    index.drop("idea", 1)

    assert index.find("idea", "chess") == []


@pytest.mark.parametrize(
    "query", ["", "   ", "%", "' OR 1=1 --", '"', "\0", "a" * 5000, "💥", "the of"]
)
def test_no_query_fails(query: str) -> None:
    index.put("idea", 1, title="Chess", text="")

    assert index.find("idea", query) == []


def test_empty_words_are_left_out() -> None:
    assert words_of("The library should have a repair night") == ["repair", "night"]


def test_a_rare_word_is_found_among_many_that_have_a_frequent_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "CANDIDATES", 3)
    for n in range(1, 9):
        index.put("idea", n, title=f"Night of {'chess' if n == 2 else 'cake'}", text="")

    assert index.find("idea", "chess night") == [2]
    assert index.find("idea", "night") == [8, 7, 6]


def test_of_a_long_sentence_the_one_that_says_the_same_comes_first_however_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "CANDIDATES", 30)
    often = "evenings families neighbors together music cooking games stories"
    index.put("idea", 1, title="Mend ukuleles and kites", text="neighbors bring broken ones")
    for n in range(2, 80):
        two = f"{often.split()[n % 8]} {often.split()[n % 7]}"
        index.put("idea", n, title=f"Come for {two}", text=f"{two} for everybody")

    sentence = "neighbors mend ukuleles, kites and games together on evenings: cooking and music"
    assert len(words_of(sentence)) == 9
    assert index.find("idea", sentence, limit=3) == [1]


def test_of_two_frequent_words_those_with_both_are_found_before_the_newest_with_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index, "CANDIDATES", 12)
    for n in range(1, 60):
        words = "chess night" if n % 20 == 10 else ("chess" if n % 2 else "night")
        index.put("idea", n, title=words, text="")

    assert index.find("idea", "chess night", limit=1) == [50]
    assert index.find("idea", "chess night") == [50]
