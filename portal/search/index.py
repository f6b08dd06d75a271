"""One plain index and one statement on both databases, so that both answer alike."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    func,
    insert,
    select,
    union,
    union_all,
)

from portal.core.database import db
from portal.search.models import Word
from portal.search.words import words_of

CANDIDATES = 1000
LAST_LETTER = "\U0010ffff"
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
    beginning), best first; where none has all, those that have most. Of a word that many have, the
    newest ``CANDIDATES`` things are looked at, so that it costs the same in a large library."""
    wanted = words_of(query)[:12]
    if not wanted:
        return []
    *whole, last = wanted
    of_kind = Word.kind == kind
    newest = [_first(and_(of_kind, Word.word == one), Word.thing_id.desc()) for one in wanted]
    newest.append(_first(and_(of_kind, _begins(last)), Word.word.desc(), Word.thing_id.desc()))
    candidates = union(*newest).cte().prefix_with("MATERIALIZED")
    looked_at = and_(of_kind, Word.thing_id.in_(select(candidates.c.thing_id)))
    hits = union_all(
        select(Word.thing_id, Word.weight).where(looked_at, Word.word.in_(whole)),
        select(Word.thing_id, func.max(Word.weight).label("weight"))
        .where(looked_at, _begins(last))
        .group_by(Word.thing_id),
    ).subquery()
    matched = func.count().label("matched")
    best = (
        select(hits.c.thing_id, matched)
        .group_by(hits.c.thing_id)
        .order_by(matched.desc(), func.sum(hits.c.weight).desc(), hits.c.thing_id.desc())
        .limit(limit)
    )
    rows = db.session.execute(best).all()
    return [row.thing_id for row in rows if row.matched == rows[0].matched]


def _first(which: ColumnElement[bool], *order: Any) -> Select[int]:
    few = select(Word.thing_id).where(which).order_by(*order).limit(CANDIDATES).subquery()
    return select(few.c.thing_id)


def _begins(word: str) -> ColumnElement[bool]:
    """A range of the index; of one or two letters, the word itself."""
    if len(word) < 3:
        return Word.word == word
    return and_(Word.word >= word, Word.word < f"{word}{LAST_LETTER}")
