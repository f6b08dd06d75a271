"""Addresses of ideas: the number is what counts, the words may change."""

from portal.core.text import slug


def idea_path(idea_id: int, title: str) -> str:
    words = slug(title)
    return f"/ideas/{idea_id}-{words}" if words else f"/ideas/{idea_id}"
