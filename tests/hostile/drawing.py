"""A text as pages and mails show it: where it is rendered, and where it stands as it was typed."""

from collections.abc import Callable
from datetime import date

from flask import current_app, render_template_string

from portal.agreements.drafting import Promise, draft
from portal.core import config
from portal.core.text import excerpt, one_line, render
from portal.mail import views as mail_views
from portal.mail.letters import Letter

PLACES = """\
<p class="own" title="{{ it }}" aria-label='{{ it }}'>{{ it }}</p>
<textarea class="own">{{ it }}</textarea><input class="own" value="{{ it }}">
<select class="own"><option class="own" value="{{ it }}">{{ it }}</option></select>
<script class="own" type="application/ld+json">{{ [it]|tojson }}</script>"""
"""What ``templates/`` does with a word: text, attributes in both quotes, fields, facts."""


def as_typed(text: str) -> str:
    return render_template_string(PLACES, it=text)


def as_word(text: str) -> str:
    return render_template_string(
        "<p class=own>{{ it }}</p>", it=f"{one_line(text)} {excerpt(text)}"
    )


def as_letter(text: str) -> str:
    """The HTML twin of a mail."""
    letter = Letter(
        subject=one_line(text), lines=[text], reason=text, after=[text], button=(text, "/ideas")
    )
    words = {"letter": letter, "stops": [(text, "/stop")], "base_url": "", "head": text}
    return current_app.jinja_env.get_template("mail/letter.html").render(words)


def as_demo_mail(text: str) -> str:
    return str(mail_views._with_links(f"{text} {config.current().base_url}/{text}"))


def as_agreement(text: str) -> str:
    word = one_line(text)
    promise = Promise(
        library=word,
        partner=word,
        program=word,
        plan_number=1,
        goal=text,
        need=text,
        votes=1,
        age_group=word,
        sittings=(word,),
        measures=((word, 1),),
        library_tasks=(word,),
        partner_tasks=(word,),
        survey=word,
        contact=word,
    )
    return render(draft(promise, number=1, day=date(2026, 11, 26)))


RARELY = {"letter": 10, "agreement": 10}  # these take long: each tenth text
WAYS: dict[str, Callable[[str], str]] = {
    "long text": render,
    "as typed": as_typed,
    "word": as_word,
    "demo mail": as_demo_mail,
    "letter": as_letter,
    "agreement": as_agreement,
}
