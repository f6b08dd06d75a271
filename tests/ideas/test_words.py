"""Every state of an idea has its word."""

from flask import Flask, render_template_string

from portal.ideas.lifecycle import Publication, Stage
from portal.ideas.words import STATUSES


def test_every_state_has_a_word_and_none_is_left_over() -> None:
    assert set(STATUSES) == {*Publication, *Stage}


def test_a_tag_is_found_by_the_code_word_as_the_database_gives_it(app: Flask) -> None:
    with app.test_request_context():
        page = render_template_string(
            '{% from "ui/ui.html" import status %}{{ status("not_moving_forward") }}'
        )

    assert page.startswith('<span class="tag tag--no">')
    assert page.endswith("</svg>Not moving forward</span>")
