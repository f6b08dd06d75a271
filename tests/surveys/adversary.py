"""Somebody who holds the whole database, and tries to tie answers to guests.

They order the guests by everything that any row about them has (invitation, registration, mail,
person; on PostgreSQL also where and by which transaction a row was written), order the answers
likewise, and pair the two. Of all pairings the best one counts: that is more than an attacker
has, who does not know which it is.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from portal.core.database import db

PERMUTATIONS = 2000
_chance = random.SystemRandom()
_LANE = 16  # bits for one pairing's count

_GUESTS = """
SELECT {system} r.*, i.survey_id, o.id AS o_id, o.sent_at AS o_sent, o.attempt AS o_attempt,
       o.due_at AS o_due, o.queued_at AS o_queued, p.id AS p_id, p.name AS p_name
FROM survey_invitations i
JOIN registrations r ON r.id = i.registration_id
LEFT JOIN people p ON p.id = r.person_id
LEFT JOIN outbox o ON o.dedupe_key = 'survey:' || CAST(r.session_id AS varchar) || ':' ||
                                     CAST(r.id AS varchar)
WHERE i.survey_id = :survey
"""
_ANSWERS = "SELECT {system} a.* FROM survey_answers a WHERE a.survey_id = :survey"
_WHERE_KEPT = (
    "({0}.ctid::text::point)[0] AS {0}_page, ({0}.ctid::text::point)[1] AS {0}_line,"
    " {0}.xmin::text::bigint AS {0}_xmin,"
)


@dataclass(frozen=True)
class Case:
    """One survey: pairings[guest][answer] has a 1 in the lane of each pairing that says so."""

    truth: Mapping[str, int]  # answer -> guest
    pairings: Mapping[int, Mapping[str, int]]
    lanes: int

    def best(self, truth: Mapping[str, int]) -> int:
        """How many answers the best pairing gives to the right guest."""
        total = sum(self.pairings[guest].get(answer, 0) for answer, guest in truth.items())
        lanes = total.to_bytes(self.lanes * _LANE // 8, "little")
        return max(int.from_bytes(lanes[at : at + 2], "little") for at in range(0, len(lanes), 2))


def look(survey_id: int, truth: Mapping[str, int]) -> Case:
    """All pairings that the tables allow. ``truth`` says which answer is whose."""
    guests = _orders(_read(_GUESTS, "iro", survey_id), "id")
    answers = _orders(_read(_ANSWERS, "a", survey_id), "key")
    pairings: dict[int, dict[str, int]] = {one: {} for one in guests[0]}
    lanes = 0
    for by_guest in guests:
        for by_answer in answers:
            for guest, answer in zip(by_guest, by_answer, strict=False):
                now = pairings[guest].get(answer, 0)
                pairings[guest][answer] = now | 1 << lanes * _LANE
            lanes += 1
    return Case(truth, pairings, lanes)


def ties(cases: Sequence[Case]) -> tuple[int, int]:
    """How many answers are tied, and how many would be by luck once in a thousand times."""
    found = sum(case.best(case.truth) for case in cases)
    by_luck = sorted(sum(_shuffled(case) for case in cases) for _ in range(PERMUTATIONS))
    return found, by_luck[int(PERMUTATIONS * 0.999)]


def _shuffled(case: Case) -> int:
    guests = list(case.truth.values())
    _chance.shuffle(guests)
    return case.best(dict(zip(case.truth, guests, strict=True)))


def _read(statement: str, tables: str, survey_id: int) -> list[Mapping[str, Any]]:
    on_postgresql = db.engine.dialect.name == "postgresql"
    system = "".join(_WHERE_KEPT.format(table) for table in tables) if on_postgresql else ""
    rows = db.session.execute(text(statement.format(system=system)), {"survey": survey_id})
    return [dict(row) for row in rows.mappings()]


def _orders(rows: list[Mapping[str, Any]], key: str) -> list[list[Any]]:
    """The keys of the rows, by every column up and down, and as the database gives them."""
    found = [[row[key] for row in rows]]
    found += [[row[key] for row in ordered] for ordered in _by_columns(rows)]
    unlike = {tuple(order): order for order in (*found, *(order[::-1] for order in found))}
    return list(unlike.values())


def _by_columns(rows: list[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    for column in rows[0]:
        values = {str(row[column]) for row in rows}
        if len(values) == len(rows) and column != "answers":
            yield sorted(rows, key=lambda row: (str(type(row[column])), row[column]))
