import pytest

from tests.conftest import Client

PAGES = ["/help", "/rules", "/privacy", "/accessibility", "/partners"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_plain_words_costs_one_statement(
    client: Client, statements: list[str], path: str
) -> None:
    client.get(path)
    statements.clear()

    page = client.get(path)

    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert len(statements) == 1


def test_help_speaks_of_the_library_s_own_promise(client: Client) -> None:
    assert "At 25 votes the library answers within 30 days." in client.get("/help").text


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_s_page_carries_nothing_of_its_visitor(client: Client, path: str) -> None:
    page = client.get(path)

    assert "Set-Cookie" not in page.headers
    assert "csrf" not in page.text
