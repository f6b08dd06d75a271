"""The catalogue of every word that people read: portal/translations/messages.pot.

    python -m tools.catalogue     writes it anew from the code and the templates

English is the source, so the template catalogue is all that English needs.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

FILE = Path("portal/translations/messages.pot")
PAGES, MAILS = "templates/**.html", "templates/**.txt"
METHODS = [("portal/**.py", "python"), (PAGES, "jinja2"), (MAILS, "jinja2")]
# silent: false, or a template with a mistake would be left out without a word.
OPTIONS = {key: {"silent": "false", "trimmed": "true"} for key in (PAGES, MAILS)}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def extract(root: Path = Path()) -> Catalog:
    """Every message of the code and the templates."""
    catalogue = Catalog(fuzzy=False)
    for _file, _line, message, comments, context in extract_from_dir(
        str(root), METHODS, OPTIONS, KEYWORDS, ("L10N:",)
    ):
        catalogue.add(message, auto_comments=comments, context=context)
    return catalogue


def committed(root: Path = Path()) -> Catalog:
    with (root / FILE).open("rb") as file:
        return read_po(file)


def text(catalogue: Catalog) -> bytes:
    """As it is committed: sorted, without dates and places, so that it changes only with words."""
    out = io.BytesIO()
    write_po(out, catalogue, no_location=True, omit_header=True, sort_output=True, width=100)
    return out.getvalue()


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_bytes(text(extract()))
