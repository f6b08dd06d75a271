"""What we print can be typed."""

import pytest

from portal.cli.naming import typed


@pytest.mark.parametrize(
    ("called", "instance", "said"),
    [
        ([".venv/bin/flask", "portal", "init"], "", ".venv/bin/flask portal link a@b.org"),
        (
            ["/srv/my own/flask", "--app", "wsgi.py", "portal", "init"],
            "our library",
            "PORTAL_INSTANCE='our library' '/srv/my own/flask' --app wsgi.py portal link a@b.org",
        ),
        (["/usr/lib/pytest"], "", "flask portal link a@b.org"),
    ],
)
def test_a_command_is_named_as_this_one_was_called(
    monkeypatch: pytest.MonkeyPatch, called: list[str], instance: str, said: str
) -> None:
    monkeypatch.setattr("sys.argv", called)
    monkeypatch.setenv("PORTAL_INSTANCE", instance)

    assert typed("link a@b.org") == said
