"""People's words: rendered once when saved, folded for search, made into addresses."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt

_markdown = MarkdownIt("commonmark", {"html": False}).disable(
    ["image", "html_inline", "html_block"]
)
_TAGS = {
    "p",
    "br",
    "em",
    "strong",
    "ul",
    "ol",
    "li",
    "blockquote",
    "code",
    "pre",
    "a",
    "h3",
    "h4",
    "hr",
}
_ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "*": set()}  # * else lets title and lang in


def render(text: str) -> str:
    """Markdown as HTML that is safe on any page: no tag, attribute or scheme but those named."""
    html = _markdown.render(text)
    html = re.sub(r"<(/?)h[12]>", r"<\1h3>", html)
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )


_UNSEEN = dict.fromkeys(
    (0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), None
)  # of no width, or turning round the direction of what follows


def one_line(text: str) -> str:
    """Without line breaks, control characters, doubled blanks and letters that nobody sees."""
    seen = text.translate(_UNSEEN)
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in seen)
    return " ".join(kept.split())


@lru_cache(maxsize=10_000)
def excerpt(text: str, letters: int = 160) -> str:
    """The beginning, cut between words."""
    flat = one_line(text)
    if len(flat) <= letters:
        return flat
    head, _blank, _tail = flat[: letters + 1].rpartition(" ")
    return (head or flat[:letters]).rstrip(" ,;:.-") + "…"


_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")


def host_of(link: str) -> str:
    """The host of an https address on the web; empty where it is no such address, or hides where
    it leads."""
    try:
        parts = urlsplit(link)
        _port, host = parts.port, parts.hostname or ""
    except ValueError:
        return ""
    plain = link.isascii() and link.isprintable() and not set(link) & set(' "<>\\')
    web = parts.scheme == "https" and "@" not in parts.netloc and _HOST.fullmatch(host)
    return host if plain and web else ""


@lru_cache(maxsize=10_000)
def slug(text: str) -> str:
    """Plain letters for an address, at most 60; empty where none are left."""
    plain = fold(text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    out = ""
    for word in words:
        if len(out) + len(word) + 1 > 60:
            break
        out = f"{out}-{word}" if out else word
    return out


def fold(text: str) -> str:
    """Lower case, without accents: what two spellings of one word share."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
