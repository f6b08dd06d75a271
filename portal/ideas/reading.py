"""From an address to what its reader wants to see: what is not known is left out."""

from werkzeug.datastructures import MultiDict

from portal.ideas.models import AgeGroup
from portal.ideas.queries import SORTS, STAGE_WORDS, Wanted
from portal.settings.queries import current as library

LONGEST_QUERY = 200


def wanted_of(args: MultiDict[str, str]) -> Wanted:
    facts = library()
    topics = {one.code: one.id for one in facts.topics.values()}
    branches = {one.code: one.id for one in facts.branches.values()}
    ages = {age.value for age in AgeGroup}
    sort = args.get("sort", "")
    return Wanted(
        stages=frozenset().union(*(STAGE_WORDS.get(w, frozenset()) for w in args.getlist("stage"))),
        topics=frozenset(topics[code] for code in args.getlist("topic") if code in topics),
        branches=frozenset(branches[code] for code in args.getlist("branch") if code in branches),
        ages=frozenset(AgeGroup(age) for age in args.getlist("age") if age in ages),
        sort=sort if sort in SORTS else SORTS[0],
        words=args.get("q", "")[:LONGEST_QUERY].strip(),
    )
