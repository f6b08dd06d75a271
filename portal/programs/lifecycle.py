"""The lives of a program, of its sessions and of a seat."""

from enum import StrEnum

from portal.core.lifecycle import Lifecycle, Step


class ProgramStage(StrEnum):
    PLANNING = "planning"
    ANNOUNCED = "announced"
    DONE = "done"
    CANCELLED = "cancelled"


class ProgramMove(StrEnum):
    ANNOUNCE = "announce"
    FINISH = "finish"
    CANCEL = "cancel"


PROGRAM = Lifecycle(
    {
        ProgramMove.ANNOUNCE: Step({ProgramStage.PLANNING}, ProgramStage.ANNOUNCED),
        ProgramMove.FINISH: Step({ProgramStage.ANNOUNCED}, ProgramStage.DONE),
        ProgramMove.CANCEL: Step(
            {ProgramStage.PLANNING, ProgramStage.ANNOUNCED}, ProgramStage.CANCELLED
        ),
    }
)


class SessionStage(StrEnum):
    SCHEDULED = "scheduled"
    HELD = "held"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"


class SessionMove(StrEnum):
    HOLD = "hold"
    CANCEL = "cancel"
    POSTPONE = "postpone"
    RESCHEDULE = "reschedule"


SESSION = Lifecycle(
    {
        SessionMove.HOLD: Step({SessionStage.SCHEDULED}, SessionStage.HELD),
        SessionMove.CANCEL: Step(
            {SessionStage.SCHEDULED, SessionStage.POSTPONED}, SessionStage.CANCELLED
        ),
        SessionMove.POSTPONE: Step({SessionStage.SCHEDULED}, SessionStage.POSTPONED),
        SessionMove.RESCHEDULE: Step({SessionStage.POSTPONED}, SessionStage.SCHEDULED),
    }
)


class SeatState(StrEnum):
    REGISTERED = "registered"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"  # counts as taken until its time runs out
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


LIVE = frozenset({SeatState.REGISTERED, SeatState.WAITLISTED, SeatState.OFFERED})  # to come
TAKING = frozenset({SeatState.REGISTERED, SeatState.OFFERED, SeatState.ATTENDED, SeatState.NO_SHOW})


class SeatMove(StrEnum):
    OFFER = "offer"
    TAKE = "take"
    WAIT_ON = "wait_on"
    CANCEL = "cancel"
    CHECK_IN = "check_in"
    UNDO_CHECK_IN = "undo_check_in"
    UNDO_WALK_IN = "undo_walk_in"
    MISS = "miss"


T = SeatState

SEAT = Lifecycle(
    {
        SeatMove.OFFER: Step({T.WAITLISTED}, T.OFFERED),
        SeatMove.TAKE: Step({T.OFFERED}, T.REGISTERED),
        SeatMove.WAIT_ON: Step({T.OFFERED}, T.WAITLISTED),
        SeatMove.CANCEL: Step({T.REGISTERED, T.WAITLISTED, T.OFFERED}, T.CANCELLED),
        SeatMove.CHECK_IN: Step({T.REGISTERED, T.OFFERED, T.WAITLISTED, T.NO_SHOW}, T.ATTENDED),
        SeatMove.UNDO_CHECK_IN: Step({T.ATTENDED}, T.REGISTERED),
        SeatMove.UNDO_WALK_IN: Step({T.ATTENDED}, T.CANCELLED),
        SeatMove.MISS: Step({T.REGISTERED}, T.NO_SHOW),
    }
)
