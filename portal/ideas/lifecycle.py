"""The two lives of an idea: whether its text is public, and what the library decided on it."""

from enum import StrEnum

from portal.core.lifecycle import Lifecycle, Step


class Publication(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    PUBLISHED = "published"
    SENT_BACK = "sent_back"
    NOT_PUBLISHED = "not_published"
    HIDDEN = "hidden"
    RETIRED = "retired"
    MERGED = "merged"


READABLE = (Publication.PUBLISHED, Publication.MERGED)  # by everybody


class Publishing(StrEnum):
    SUBMIT = "submit"
    PUBLISH = "publish"
    SEND_BACK = "send_back"
    REFUSE = "refuse"
    APPEAL = "appeal"
    HIDE = "hide"
    RETIRE = "retire"
    MERGE = "merge"
    PART = "part"


P = Publication

PUBLICATION = Lifecycle(
    {
        Publishing.SUBMIT: Step({P.DRAFT, P.SENT_BACK}, P.PENDING),
        Publishing.PUBLISH: Step({P.DRAFT, P.PENDING}, P.PUBLISHED),
        Publishing.SEND_BACK: Step({P.PENDING}, P.SENT_BACK),
        Publishing.REFUSE: Step({P.PENDING}, P.NOT_PUBLISHED),
        Publishing.APPEAL: Step({P.NOT_PUBLISHED, P.HIDDEN}, P.PENDING),
        Publishing.HIDE: Step({P.PUBLISHED}, P.HIDDEN),
        Publishing.RETIRE: Step({P.PUBLISHED}, P.RETIRED),
        Publishing.MERGE: Step({P.PUBLISHED}, P.MERGED),
        Publishing.PART: Step({P.MERGED}, P.PUBLISHED),
    }
)


class Stage(StrEnum):
    OPEN = "open"
    UNDER_REVIEW = "under_review"
    LOOKING = "looking_for_partner"
    PLANNING = "in_planning"
    SCHEDULED = "scheduled"
    HELD = "held"
    RESULTS = "results_published"
    NOT_NOW = "not_now"
    NOT_MOVING = "not_moving_forward"
    ALREADY = "already_offered"


class Decision(StrEnum):
    REVIEW = "review"
    SEEK_PARTNER = "seek_partner"
    PLAN = "plan"
    SCHEDULE = "schedule"
    HOLD = "hold"
    PUBLISH_RESULTS = "publish_results"
    POSTPONE = "postpone"
    REOPEN = "reopen"
    DECLINE = "decline"
    POINT_TO = "point_to"
    LOSE_PARTNER = "lose_partner"
    CALL_OFF = "call_off"
    END_SEARCH = "end_search"


S = Stage
VOTABLE = frozenset({S.OPEN, S.UNDER_REVIEW, S.LOOKING})
PROMISED = VOTABLE | {S.PLANNING}
SETTLED = frozenset({S.HELD, S.RESULTS, S.NOT_MOVING, S.ALREADY})  # no way back to votes

STAGES = Lifecycle(
    {
        Decision.REVIEW: Step({S.OPEN}, S.UNDER_REVIEW),
        Decision.SEEK_PARTNER: Step({S.OPEN, S.UNDER_REVIEW}, S.LOOKING),
        Decision.PLAN: Step(VOTABLE, S.PLANNING),
        Decision.SCHEDULE: Step(PROMISED, S.SCHEDULED),
        Decision.HOLD: Step(PROMISED | {S.SCHEDULED}, S.HELD),
        Decision.PUBLISH_RESULTS: Step({S.HELD}, S.RESULTS),
        Decision.POSTPONE: Step(PROMISED | {S.SCHEDULED}, S.NOT_NOW),
        Decision.REOPEN: Step({S.NOT_NOW}, S.OPEN),
        Decision.DECLINE: Step(VOTABLE, S.NOT_MOVING),
        Decision.POINT_TO: Step(VOTABLE, S.ALREADY),
        Decision.LOSE_PARTNER: Step({S.PLANNING}, S.LOOKING),
        Decision.CALL_OFF: Step({S.SCHEDULED}, S.PLANNING),
        Decision.END_SEARCH: Step({S.LOOKING}, S.UNDER_REVIEW),
    }
)
