"""How the portal says no.

A service raises one of these; a single handler turns it into a page.
``str(error)`` is written for the person who asked, never for a log;
``next_step`` says what that person can do now.
"""

from typing import ClassVar


class Refused(Exception):
    """A rule of the library stands in the way. ``field`` is the name of what it is about, where
    forms ask for that."""

    status: ClassVar[int] = 409

    def __init__(self, sentence: str, next_step: str = "", *, field: str = "") -> None:
        super().__init__(sentence)
        self.next_step = next_step
        self.field = field


class Forbidden(Refused):
    """This person may not do this."""

    status = 403


class Missing(Refused):
    """There is no such thing, or none that this person may see."""

    status = 404


class TooMany(Refused):
    """Somebody asked for this too often."""

    status = 429
