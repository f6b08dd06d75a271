"""Ten codes on paper, for the day a phone or a passkey is gone: each does the second step once.
They come with the first way to do it, go with the last, and can be drawn anew."""

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from portal.accounts import second_step
from portal.accounts.changes import Change, changed
from portal.accounts.models import Person, RecoveryCode
from portal.core import clock
from portal.core.database import db, lock
from portal.core.errors import Refused
from portal.core.tokens import draw_word, keyed

CODES = 10
LETTERS = 12


def draw(person_id: int) -> list[str]:
    """New codes, which are told this once; those before are worth nothing."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    words = [draw_word(LETTERS) for _n in range(CODES)]
    db.session.add_all(
        RecoveryCode(person_id=person_id, code_hash=_hash(person_id, word)) for word in words
    )
    return ["-".join((word[:4], word[4:8], word[8:])) for word in words]


def draw_first(person_id: int) -> list[str]:
    """The same for somebody who has none left; nothing for who has."""
    return [] if left(person_id) else draw(person_id)


def draw_anew(person_id: int) -> list[str]:
    """New ones for somebody who asks for them, and has a second step."""
    lock(Person, person_id)
    if not any(second_step.has(person_id)):
        raise Refused(
            _("Recovery codes come with a passkey or an app."), _("Set one of them up first.")
        )
    changed(person_id, Change.CODES_DRAWN, by=person_id)
    return draw(person_id)


def left(person_id: int) -> int:
    """How many are good still."""
    unused = (RecoveryCode.person_id == person_id) & RecoveryCode.used_at.is_(None)
    return db.session.scalar(select(func.count(RecoveryCode.id)).where(unused)) or 0


def use(person_id: int, typed: str) -> bool:
    """Whether this is one of theirs. It is used up, and they are told."""
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == _hash(person_id, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
    if db.session.scalar(used.returning(RecoveryCode.id)) is None:
        return False
    changed(person_id, Change.CODE_USED, by=person_id)
    return True


def end_with_last(person_id: int) -> None:
    """A way to do the second step was removed: where it was the last, the codes go, too."""
    if not any(second_step.has(person_id)):
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _hash(person_id: int, typed: str) -> str:
    word = "".join(letter for letter in typed.upper() if letter.isalnum())
    return keyed("recovery code", f"{person_id}:{word}")
