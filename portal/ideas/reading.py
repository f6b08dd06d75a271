"""From an address to what its reader wants to see: what is not known is left out."""

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from portal.ideas.models import AgeGroup
from portal.ideas.queries import SORTS, STAGE_WORDS, Wanted
from portal.settings.queries import current as library

LONGEST_QUERY = 200
Choices = tuple[tuple[str, str], ...]  # codes and names


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What the list can be narrowed by, and the codes that are chosen."""

    stages: frozenset[str]
    ages: frozenset[str]
    topics: Choices
    chosen_topics: frozenset[str]
    branches: Choices
    chosen_branches: frozenset[str]

    @property
    def used(self) -> bool:
        return bool(self.stages or self.ages or self.chosen_topics or self.chosen_branches)


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


def filters_of(wanted: Wanted) -> Filters:
    facts = library()
    return Filters(
        stages=frozenset(word for word, meant in STAGE_WORDS.items() if meant <= wanted.stages),
        ages=wanted.ages,
        topics=tuple((one.code, one.name) for one in facts.open_topics),
        chosen_topics=frozenset(facts.topics[one].code for one in wanted.topics),
        branches=tuple((one.code, one.name) for one in facts.open_branches),
        chosen_branches=frozenset(facts.branches[one].code for one in wanted.branches),
    )
