"""What every change of how somebody signs in does besides: the audit log says who did it, and the
person is told by mail, for it may not have been them."""

from enum import StrEnum

from portal.audit.recording import record
from portal.core.tokens import draw
from portal.mail import outbox


class Change(StrEnum):
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    APP_SET_UP = "app_set_up"
    APP_REMOVED = "app_removed"
    PASSWORD_SET = "password_set"  # noqa: S105  a word of the log
    CODES_DRAWN = "codes_drawn"
    CODE_USED = "code_used"  # a recovery code
    WAYS_RESET = "ways_reset"


def changed(person_id: int, change: Change, *, by: int) -> None:
    record(f"person.{change}", actor_id=by, thing=("person", person_id))
    outbox.queue(
        "sign_in_changed",
        key=f"sign_in_changed:{draw()}",
        to=person_id,
        context={"change": change.value},
    )
