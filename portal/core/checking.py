"""What must always be true and a query can test. Each capability registers its own:

    @checks("votes are counted", mend=recount)
    def vote_counts() -> Iterable[str]: ...

A check names each drift that it finds, in a sentence with ids; it finds none in a library in order.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Finder = Callable[[], Iterable[str]]
Mender = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    find: Finder
    mend: Mender | None = None


registered: list[Check] = []


def checks(name: str, *, mend: Mender | None = None) -> Callable[[Finder], Finder]:
    """Register the decorated function; ``mend`` sets right what it finds, in the caller's
    transaction."""

    def register(find: Finder) -> Finder:
        registered.append(Check(name, find, mend))
        return find

    return register
