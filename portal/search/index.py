"""One plain index and one statement on both databases, so that both answer alike."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    delete,
    func,
    select,
    union_all,
)

from portal.core.database import db, insert, read, write
from portal.search.models import Word
from portal.search.words import words_of

CANDIDATES = 1000
FIRST_LETTER, LAST_LETTER = "\x01", "\U0010ffff"
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
        db.session.connection().execute(insert(Word), rows)


def drop(kind: str, thing_id: int) -> None:
    """The thing is not public any more."""
    write(_dropped, of=kind, thing=thing_id)


def _dropped() -> Delete:
    ours = (Word.kind == bindparam("of"), Word.thing_id == bindparam("thing"))
    return delete(Word).where(*ours)


def drop_all(kind: str) -> None:
    """Nothing of this kind is found until it is put here again."""
    db.session.execute(delete(Word).where(Word.kind == kind))


def find(kind: str, query: str, *, limit: int = 60, least: int = IN_TEXT) -> list[int]:
    """Ids of the things that have every word of the query (of a last unfinished word, its
    beginning), best first; where none has all, those that have most. Of a word that many have, the
    newest ``CANDIDATES`` things are known, of more than three words fewer of each; those of them
    that have the rarest words are looked at. So the cost has a bound, however large the library.
    ``least`` is what the words of a thing weigh together, or it is not found."""
    wanted = words_of(query)[:12]
    if not wanted:
        return []
    values = {f"word{n}": word for n, word in enumerate(wanted)}
    rows = read(
        _best(len(wanted)),
        kind=kind,
        end=_end(wanted[-1]),
        each=min(CANDIDATES, 3 * CANDIDATES // len(wanted)),
        looked_at=min(CANDIDATES, 4 * limit),
        limit=limit,
        **values,
    ).all()
    most = [row for row in rows if row.matched == rows[0].matched]
    return [row.thing_id for row in most if row.weighs >= least]


def _end(word: str) -> str:
    """Before it is all that begins so; where one or two letters do, the word itself."""
    return f"{word}{FIRST_LETTER if len(word) < 3 else LAST_LETTER}"


_KIND, _END = bindparam("kind", type_=String), bindparam("end", type_=String)
_EACH, _LOOKED_AT = bindparam("each", type_=Integer), bindparam("looked_at", type_=Integer)
_OF_KIND = Word.kind == _KIND
_NEWEST = select(func.max(Word.thing_id)).where(_OF_KIND).scalar_subquery()


@cache
def _best(number: int) -> Select[Any]:
    """The statement for so many words, written once."""
    *whole, last = (bindparam(f"word{n}", type_=String) for n in range(number))
    candidates = _candidates(whole, last).cte().prefix_with("MATERIALIZED")
    looked_at = and_(_OF_KIND, Word.thing_id.in_(select(candidates.c.thing_id)))
    hits = union_all(
        select(Word.thing_id, Word.weight).where(looked_at, Word.word.in_(whole)),
        select(Word.thing_id, func.max(Word.weight).label("weight"))
        .where(looked_at, Word.word >= last, Word.word < _END)
        .group_by(Word.thing_id),
    ).subquery()
    matched = func.count().label("matched")
    weighs = func.sum(hits.c.weight).label("weighs")
    return (
        select(hits.c.thing_id, matched, weighs)
        .group_by(hits.c.thing_id)
        .order_by(matched.desc(), weighs.desc(), hits.c.thing_id.desc())
        .limit(bindparam("limit", type_=Integer))
    )


def _candidates(whole: Sequence[ColumnElement[str]], last: ColumnElement[str]) -> Select[Any]:
    """Those with the rarest words. A word is the rarer the further back its newest things reach;
    all are equally rare of which every thing is known."""
    known = [_known(Word.word == one, _NEWEST - _reach(one)) for one in (*whole, last)]
    begins = and_(Word.word > last, Word.word < _END)
    known.append(_known(begins, _NEWEST, Word.word.desc()))
    each = union_all(*known).subquery()
    return (
        select(each.c.thing_id)
        .group_by(each.c.thing_id)
        .order_by(func.sum(each.c.rarity).desc(), each.c.thing_id.desc())
        .limit(_LOOKED_AT)
    )


def _known(which: ColumnElement[bool], rarity: ColumnElement[int], *order: Any) -> Select[Any]:
    newest = select(Word.thing_id).where(_OF_KIND, which).order_by(*order, Word.thing_id.desc())
    few = newest.limit(_EACH).subquery()
    return select(few.c.thing_id, rarity.label("rarity"))


def _reach(word: ColumnElement[str]) -> ColumnElement[int]:
    newest = select(Word.thing_id).where(_OF_KIND, Word.word == word)
    unknown = newest.order_by(Word.thing_id.desc()).limit(1).offset(_EACH).scalar_subquery()
    return func.coalesce(unknown, 0)
