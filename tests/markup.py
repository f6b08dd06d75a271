"""Pages read as a browser reads them: which tags and attributes there are, which forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]
TYPED = ("text", "email", "tel", "url")


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)  # of these, what one types in


class Page(HTMLParser):
    """``tags`` and ``attributes`` are all names on the page; ``forms`` its forms, filled in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.forms: list[Form] = []
        self._shared: dict[str, Form] = {}  # by id
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= set(values)
        self.addresses |= {values[name] for name in ("href", "src", "action") if name in values}
        if tag == "form":
            made = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(made)
            self._shared[values.get("id", "")] = made
        elif "form" in values and "formaction" in values:
            of = self._shared[values["form"]]
            self.forms = [one for one in self.forms if one is not of]
            self.forms.append(Form(values["formaction"], of.method, of.fields, of.texts))
        elif self.forms and "name" in values and tag in ("input", "select", "textarea", "button"):
            usual = "ada@example.org" if values.get("type") == "email" else "1"
            self.forms[-1].fields.setdefault(values["name"], values.get("value", usual) or usual)
            if tag == "textarea" or (tag == "input" and values.get("type", "text") in TYPED):
                self.forms[-1].texts.add(values["name"])
        elif self.forms and tag == "option" and self.forms[-1].fields:
            name = next(reversed(self.forms[-1].fields))
            if self.forms[-1].fields[name] == "1":
                self.forms[-1].fields[name] = values.get("value", "1")
