import re
from itertools import combinations

import pytest
from flask import Flask

from portal.core import tokens


def test_a_token_has_192_bits_and_is_never_drawn_twice() -> None:
    drawn = {tokens.draw() for _ in range(2_000)}

    assert len(drawn) == 2_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", token) for token in drawn)


def test_codes_are_digits_also_small_ones() -> None:
    drawn = [tokens.draw_code() for _ in range(2_000)]

    assert all(re.fullmatch(r"\d{6}", code) for code in drawn)
    assert any(code.startswith("0") for code in drawn)


def test_words_have_no_letters_that_look_alike() -> None:
    assert not set("".join(tokens.draw_word(12) for _ in range(500))) & set("01OIL")


def test_a_digest_is_that_of_the_token() -> None:
    assert re.fullmatch("[0-9a-f]{64}", tokens.digest("a"))
    assert tokens.digest("a") != tokens.digest("b")


def test_a_signature_is_for_one_purpose_one_thing_and_one_version(app: Flask) -> None:
    links = [("ticket", 5, 0), ("cancel", 5, 0), ("ticket", 50, 0), ("ticket", 5, 1)]
    for one, other in combinations(links, 2):
        assert not tokens.is_signed(tokens.sign(*one), *other)
    for link in links:
        assert tokens.is_signed(tokens.sign(*link), *link)


@pytest.mark.parametrize("signature", ["", "x", "ü" * 22, "=" * 22])
def test_what_is_no_signature_is_refused(app: Flask, signature: str) -> None:
    assert not tokens.is_signed(signature, "ticket", 5)


def test_a_fingerprint_is_no_signature(app: Flask) -> None:
    for text in ("5:0", "5"):
        assert not tokens.is_signed(tokens.keyed("ticket", text), "ticket", 5)


def test_another_installation_signs_otherwise(app: Flask) -> None:
    signature = tokens.sign("ticket", 5)
    other = Flask("other")
    other.secret_key = "another"
    with other.app_context():
        assert not tokens.is_signed(signature, "ticket", 5)


def test_a_parcel_opens_with_its_key_only_and_whole(app: Flask) -> None:
    parcel = tokens.seal("a secret")
    assert b"secret" not in parcel
    assert tokens.unseal(parcel) == "a secret"
    assert tokens.unseal(parcel, key=b"k" * 32) is None
    assert tokens.unseal(parcel[:-1] + bytes([parcel[-1] ^ 1])) is None
    assert tokens.unseal(b"") is None
    assert tokens.unseal(tokens.seal("own", key=b"k" * 32), key=b"k" * 32) == "own"


def test_the_same_words_are_sealed_otherwise_each_time(app: Flask) -> None:
    assert tokens.seal("a") != tokens.seal("a")
