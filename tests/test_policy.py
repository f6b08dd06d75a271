"""The policy table, role by role."""

import pytest

from portal.core.errors import Forbidden
from portal.policy import Actor, Permission, Role, may, require

VISITOR = Actor()
EVERYBODY = {None, *Role}
SIGNED_IN = set(Role)
STAFF = {Role.LIBRARIAN, Role.MANAGER, Role.ADMINISTRATOR}
MANAGERS = {Role.MANAGER, Role.ADMINISTRATOR}

TABLE: dict[Permission, set[Role | None]] = {
    Permission.PUBLIC_READ: EVERYBODY,
    Permission.IDEA_PROPOSE: {*SIGNED_IN},
    Permission.IDEA_EDIT: set(),
    Permission.IDEA_VOTE: {*SIGNED_IN},
    Permission.IDEA_FOLLOW: {*SIGNED_IN},
    Permission.IDEA_MODERATE: {*STAFF},
    Permission.IDEA_DECIDE: {*STAFF},
    Permission.OWN_PAGE: {*SIGNED_IN},
    Permission.ORGANISATION_VERIFY: {*STAFF},
    Permission.ORGANISATION_WORK: set(),
    Permission.OFFER_DECIDE: {*STAFF},
    Permission.AGREEMENT_READ: {*STAFF},
    Permission.AGREEMENT_SEND: {*STAFF},
    Permission.AGREEMENT_SIGN_LIBRARY: {*MANAGERS},
    Permission.AGREEMENT_SIGN_PARTNER: set(),
    Permission.PROGRAM_PLAN: {*STAFF},
    Permission.SESSION_RUN: {*STAFF},
    Permission.RESULT_PUBLISH: {*STAFF},
    Permission.DESK_READ: {*STAFF},
    Permission.DESK_ENTER: {*STAFF},
    Permission.SETTINGS_READ: {*MANAGERS},
    Permission.SETTINGS_CHANGE: {Role.ADMINISTRATOR},
    Permission.POLICY_SET: {*MANAGERS},
    Permission.PLACE_CHANGE: {Role.ADMINISTRATOR},
    Permission.PEOPLE_GRANT: {Role.ADMINISTRATOR},
    Permission.REPORT_READ: {*MANAGERS},
}


class Thing:
    def __init__(
        self,
        *,
        author_id: int | None = None,
        branch_id: int | None = None,
        organisation_id: int | None = None,
    ) -> None:
        self.author_id = author_id
        self.branch_id = branch_id
        self.organisation_id = organisation_id


def holder(role: Role, *, branch_id: int | None = None) -> Actor:
    return Actor(id=1, grants=frozenset({(role, branch_id)}))


@pytest.mark.parametrize("permission", Permission)
def test_who_may_do_what(permission: Permission) -> None:
    actors = {None: VISITOR} | {role: holder(role) for role in Role}

    assert {role for role, actor in actors.items() if may(actor, permission)} == TABLE[permission]


def test_a_role_for_one_branch_ends_at_its_door() -> None:
    eastside = holder(Role.LIBRARIAN, branch_id=7)

    assert may(eastside, Permission.IDEA_MODERATE, Thing(branch_id=7))
    assert may(eastside, Permission.IDEA_MODERATE, Thing(branch_id=None))
    assert not may(eastside, Permission.IDEA_MODERATE, Thing(branch_id=8))


def test_who_is_administrator_of_a_branch_changes_the_branch_and_not_the_library() -> None:
    eastside = holder(Role.ADMINISTRATOR, branch_id=7)

    assert may(eastside, Permission.PLACE_CHANGE, Thing(branch_id=7))
    assert not may(eastside, Permission.PLACE_CHANGE, Thing(branch_id=8))
    assert not may(eastside, Permission.SETTINGS_CHANGE)
    assert not may(eastside, Permission.POLICY_SET)
    assert not may(eastside, Permission.PEOPLE_GRANT)


def test_nobody_judges_their_own() -> None:
    assert not may(holder(Role.ADMINISTRATOR), Permission.IDEA_MODERATE, Thing(author_id=1))


def test_only_its_writer_edits_an_idea() -> None:
    assert may(Actor(id=1), Permission.IDEA_EDIT, Thing(author_id=1))
    assert not may(Actor(id=2), Permission.IDEA_EDIT, Thing(author_id=1))
    assert not may(VISITOR, Permission.IDEA_EDIT, Thing(author_id=None))


def test_an_owner_acts_for_the_own_organisation_alone_and_an_editor_does_not_bind_it() -> None:
    editor = Actor(id=1, organisations=frozenset({5}))
    owner = Actor(id=2, organisations=frozenset({5}), owned=frozenset({5}))

    for member in (editor, owner):
        assert may(member, Permission.ORGANISATION_WORK, Thing(organisation_id=5))
        assert not may(member, Permission.ORGANISATION_WORK, Thing(organisation_id=6))
    assert may(owner, Permission.AGREEMENT_SIGN_PARTNER, Thing(organisation_id=5))
    assert not may(owner, Permission.AGREEMENT_SIGN_PARTNER, Thing(organisation_id=6))
    assert not may(editor, Permission.AGREEMENT_SIGN_PARTNER, Thing(organisation_id=5))


def test_a_refusal_says_what_to_do() -> None:
    with pytest.raises(Forbidden) as refused:
        require(VISITOR, Permission.DESK_READ)

    assert refused.value.next_step != ""
