"""The life of an organisation: it applies, staff verify it, then it may partner."""

from enum import StrEnum

from portal.core.lifecycle import Lifecycle, Step


class Standing(StrEnum):
    APPLIED = "applied"
    VERIFIED = "verified"
    PAUSED = "paused"
    ENDED = "ended"
    DECLINED = "declined"


ACTIVE = frozenset({Standing.APPLIED, Standing.VERIFIED})  # may offer


class Move(StrEnum):
    VERIFY = "verify"
    DECLINE = "decline"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


LIFE = Lifecycle(
    {
        Move.VERIFY: Step({Standing.APPLIED}, Standing.VERIFIED),
        Move.DECLINE: Step({Standing.APPLIED}, Standing.DECLINED),
        Move.PAUSE: Step({Standing.VERIFIED}, Standing.PAUSED),
        Move.RESUME: Step({Standing.PAUSED}, Standing.VERIFIED),
        Move.END: Step({Standing.VERIFIED, Standing.PAUSED}, Standing.ENDED),
    }
)
