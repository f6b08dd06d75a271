"""Addresses of programs ("events" in pages) and their sessions."""

from portal.core.text import slug
from portal.core.tokens import sign


def program_path(program_id: int, title: str) -> str:
    words = slug(title)
    return f"/events/{program_id}-{words}" if words else f"/events/{program_id}"


def session_path(program_id: int, number: int) -> str:
    return f"/events/{program_id}/{number}"


def results_path(program_id: int) -> str:
    return f"/results/{program_id}"


def seat_path(registration_id: int, version: int) -> str:
    """The link in mails by which a guest changes their own seat; a new version ends it."""
    return f"/seats/{registration_id}/{sign('seat', registration_id, version)}"


def plan_path(program_id: int, idea_id: int | None) -> str:
    """Where a plan goes on: at the idea that asked for it, else at itself."""
    return f"/staff/ideas/{idea_id}/plan" if idea_id else f"/staff/events/{program_id}/plan"
