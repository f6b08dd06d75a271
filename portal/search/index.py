"""Both databases only find candidates, by the same plain index; one function here ranks them, so
that both answer alike."""

from collections import defaultdict

from sqlalchemy import delete, func, insert, or_, select

from portal.core.database import db
from portal.search.models import Word
from portal.search.words import words_of

CANDIDATES = 1000
IN_TITLE = 3
IN_TEXT = 1


def put(kind: str, thing_id: int, *, title: str, text: str) -> None:
    """These are the public words of the thing now."""
    drop(kind, thing_id)
    weights = dict.fromkeys(words_of(text), IN_TEXT) | dict.fromkeys(words_of(title), IN_TITLE)
    rows = [
        {"kind": kind, "word": word, "thing_id": thing_id, "weight": weight}
        for word, weight in weights.items()
    ]
    if rows:
        db.session.execute(insert(Word), rows)


def drop(kind: str, thing_id: int) -> None:
    """The thing is not public any more."""
    db.session.execute(delete(Word).where(Word.kind == kind, Word.thing_id == thing_id))


def drop_all(kind: str) -> None:
    """Nothing of this kind is found until it is put here again."""
    db.session.execute(delete(Word).where(Word.kind == kind))


def find(kind: str, query: str, *, limit: int = 60) -> list[int]:
    """Ids of the things that have every word of the query (of a last unfinished word, its
    beginning), best first; where none has all, those that have most."""
    wanted = words_of(query)[:12]
    if not wanted:
        return []
    return _ranked(_candidates(kind, wanted), wanted)[:limit]


def _candidates(kind: str, wanted: list[str]) -> dict[int, dict[str, int]]:
    """The newest things with any of the words: id -> word -> weight."""
    begins = Word.word.startswith(wanted[-1], autoescape=True)
    fits = or_(Word.word.in_(wanted), begins) if len(wanted[-1]) > 2 else Word.word.in_(wanted)
    most = (
        select(Word.thing_id)
        .where(Word.kind == kind, fits)
        .group_by(Word.thing_id)
        .order_by(func.count().desc(), Word.thing_id.desc())
        .limit(CANDIDATES)
    )
    rows = db.session.execute(
        select(Word.thing_id, Word.word, Word.weight).where(
            Word.kind == kind, fits, Word.thing_id.in_(most.scalar_subquery())
        )
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for thing_id, word, weight in rows:
        found[thing_id][word] = weight
    return found


def _ranked(found: dict[int, dict[str, int]], wanted: list[str]) -> list[int]:
    def hits(words: dict[str, int]) -> tuple[int, int]:
        best = [
            max((w for word, w in words.items() if word == one or _begins(word, one)), default=0)
            for one in wanted
        ]
        return sum(1 for weight in best if weight), sum(best)

    scores = {thing_id: hits(words) for thing_id, words in found.items()}
    most = max((matched for matched, _weight in scores.values()), default=0)
    kept = [thing_id for thing_id, (matched, _weight) in scores.items() if matched == most]
    return sorted(kept, key=lambda thing_id: (scores[thing_id][1], thing_id), reverse=True)


def _begins(word: str, beginning: str) -> bool:
    return len(beginning) > 2 and word.startswith(beginning)
