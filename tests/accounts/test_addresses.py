import pytest

from portal.accounts import addresses


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("maria@example.org", "maria@example.org"),
        ("  Maria.Lopez+books@Example.ORG ", "Maria.Lopez+books@example.org"),
        ("o'brien@example.co.uk", "o'brien@example.co.uk"),
        ("maria@bücher.example", "maria@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_as_typed_and_its_host_as_mail_needs_it(typed: str, tidy: str) -> None:
    assert addresses.tidy(typed) == tidy


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "maria",
        "maria@",
        "@example.org",
        "maria@example",
        "maria@127.0.0.1",
        "maria@-example.org",
        "maria@example..org",
        ".maria@example.org",
        "ma..ria@example.org",
        "ma ria@example.org",
        "maria@exam ple.org",
        "maria@example.org\nBcc: all@example.org",
        "maria@example.org\r\n.example",
        "maria@example.org,eve@example.org",
        "Maria <maria@example.org>",
        '"maria eve"@example.org',
        "mária@example.org",
        "maria\0@example.org",
        "m" * 65 + "@example.org",
        "maria@" + "a" * 64 + ".org",
        "maria@" + "a." * 130 + "org",
    ],
)
def test_what_mail_cannot_reach_is_no_address(typed: str) -> None:
    assert addresses.tidy(typed) is None


@pytest.mark.parametrize(
    "spellings",
    [
        ["Maria@Example.org", "maria@example.org"],
        ["jane.doe@gmail.com", "JaneDoe@gmail.com", "j.anedoe+x@googlemail.com"],
        ["jane@proton.me", "jane+ideas@protonmail.com", "Jane@pm.me"],
        ["jane@icloud.com", "jane@me.com", "jane+x@mac.com"],
    ],
)
def test_spellings_of_one_mailbox_share_a_key(spellings: list[str]) -> None:
    assert len({addresses.key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jane.doe@example.org", "janedoe@example.org"),
        ("jane+x@example.org", "jane@example.org"),
        ("jane.doe@outlook.com", "janedoe@outlook.com"),
        ("jane@gmail.com", "jane@gmail.co"),
    ],
)
def test_what_may_be_two_mailboxes_is_two(one: str, other: str) -> None:
    assert addresses.key(one) != addresses.key(other)
