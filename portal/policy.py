"""Who may do what: the whole table, on one page.

A rule speaks of persons, never of dates or stages; whether a thing can be done
now is a matter for its lifecycle. Rules are plain functions of the actor and,
where it matters, of the thing acted on, so the table can be tested without a
database and printed for the people who answer for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from flask_babel import gettext as _

from portal.core.errors import Forbidden


class Role(StrEnum):
    """What a person is trusted with. Everybody who has an account is a resident."""

    RESIDENT = "resident"
    LIBRARIAN = "librarian"  # moderates and plans
    MANAGER = "manager"  # also sets policy, signs agreements, sees reports
    ADMINISTRATOR = "administrator"  # also settings and people


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """The person behind a request, as far as the rules need to know them."""

    id: int | None = None
    name: str = ""
    grants: frozenset[tuple[Role, int | None]] = frozenset()  # branch id, or None for all
    organisations: frozenset[int] = frozenset()  # that they act for, as owner or editor
    owned: frozenset[int] = frozenset()  # of these, as owner

    @property
    def signed_in_id(self) -> int:
        """The id, where a guard has made sure that there is one."""
        assert self.id is not None, "a guard is missing"
        return self.id

    @property
    def roles(self) -> frozenset[Role]:
        held = {role for role, _branch in self.grants}
        return frozenset(held | {Role.RESIDENT}) if self.id is not None else frozenset()


@runtime_checkable
class Authored(Protocol):
    author_id: int | None


@runtime_checkable
class AtBranch(Protocol):
    branch_id: int | None


@runtime_checkable
class OfOrganisation(Protocol):
    organisation_id: int | None


@dataclass(frozen=True, slots=True)
class Site:
    """The branch to which something belongs that names none itself."""

    branch_id: int | None


class Permission(StrEnum):
    PUBLIC_READ = "public.read"
    IDEA_PROPOSE = "idea.propose"
    IDEA_EDIT = "idea.edit"
    IDEA_VOTE = "idea.vote"
    IDEA_FOLLOW = "idea.follow"
    IDEA_MODERATE = "idea.moderate"
    IDEA_DECIDE = "idea.decide"
    OWN_PAGE = "own.page"
    ORGANISATION_VERIFY = "organisation.verify"
    ORGANISATION_WORK = "organisation.work"
    OFFER_DECIDE = "offer.decide"
    AGREEMENT_READ = "agreement.read"
    AGREEMENT_SEND = "agreement.send"
    AGREEMENT_SIGN_LIBRARY = "agreement.sign_library"
    AGREEMENT_SIGN_PARTNER = "agreement.sign_partner"
    PROGRAM_PLAN = "program.plan"
    SESSION_RUN = "session.run"
    RESULT_PUBLISH = "result.publish"
    DESK_READ = "desk.read"
    DESK_ENTER = "desk.enter"
    SETTINGS_READ = "settings.read"
    SETTINGS_CHANGE = "settings.change"
    POLICY_SET = "policy.set"
    PLACE_CHANGE = "place.change"
    PEOPLE_GRANT = "people.grant"
    REPORT_READ = "report.read"


Rule = Callable[[Actor, object], bool]


def anyone(actor: Actor, thing: object) -> bool:
    return True


def signed_in(actor: Actor, thing: object) -> bool:
    return actor.id is not None


def holds(*roles: Role) -> Rule:
    """One of these roles: for all branches, or for the thing's own."""

    def rule(actor: Actor, thing: object) -> bool:
        if not actor.grants:  # nor is the thing looked at, for most people hold none
            return False
        branch_id = thing.branch_id if isinstance(thing, AtBranch) else None
        return any(
            role in roles and (branch in (None, branch_id) or branch_id is None)
            for role, branch in actor.grants
        )

    return rule


def everywhere(*roles: Role) -> Rule:
    """One of these roles for all branches: what is changed is the whole library's."""
    return lambda actor, thing: any((role, None) in actor.grants for role in roles)


def wrote_it(actor: Actor, thing: object) -> bool:
    return isinstance(thing, Authored) and actor.id is not None and actor.id == thing.author_id


def for_it(actor: Actor, thing: object) -> bool:
    """A member of the organisation whose thing it is; of any, where no thing is named."""
    if thing is None:
        return bool(actor.organisations)
    return isinstance(thing, OfOrganisation) and thing.organisation_id in actor.organisations


def owns_it(actor: Actor, thing: object) -> bool:
    """An owner of that organisation: who binds it."""
    return isinstance(thing, OfOrganisation) and thing.organisation_id in actor.owned


def not_own(rule: Rule) -> Rule:
    return lambda actor, thing: rule(actor, thing) and not wrote_it(actor, thing)


def either(*rules: Rule) -> Rule:
    return lambda actor, thing: any(rule(actor, thing) for rule in rules)


librarian = holds(Role.LIBRARIAN, Role.MANAGER, Role.ADMINISTRATOR)
manager = holds(Role.MANAGER, Role.ADMINISTRATOR)

POLICY: Mapping[Permission, Rule] = {
    Permission.PUBLIC_READ: anyone,
    Permission.IDEA_PROPOSE: signed_in,
    Permission.IDEA_EDIT: wrote_it,
    Permission.IDEA_VOTE: signed_in,
    Permission.IDEA_FOLLOW: signed_in,
    Permission.IDEA_MODERATE: not_own(librarian),
    Permission.IDEA_DECIDE: librarian,
    Permission.OWN_PAGE: signed_in,
    Permission.ORGANISATION_VERIFY: librarian,
    Permission.ORGANISATION_WORK: for_it,
    Permission.OFFER_DECIDE: librarian,
    Permission.AGREEMENT_READ: librarian,
    Permission.AGREEMENT_SEND: librarian,
    Permission.AGREEMENT_SIGN_LIBRARY: manager,
    Permission.AGREEMENT_SIGN_PARTNER: owns_it,
    Permission.PROGRAM_PLAN: librarian,
    Permission.SESSION_RUN: librarian,
    Permission.RESULT_PUBLISH: librarian,
    Permission.DESK_READ: librarian,
    Permission.DESK_ENTER: librarian,
    Permission.SETTINGS_READ: either(everywhere(Role.MANAGER), holds(Role.ADMINISTRATOR)),
    Permission.SETTINGS_CHANGE: everywhere(Role.ADMINISTRATOR),
    Permission.POLICY_SET: everywhere(Role.MANAGER, Role.ADMINISTRATOR),
    Permission.PLACE_CHANGE: holds(Role.ADMINISTRATOR),
    Permission.PEOPLE_GRANT: everywhere(Role.ADMINISTRATOR),
    Permission.REPORT_READ: manager,
}


def may(actor: Actor, permission: Permission, thing: object = None) -> bool:
    return POLICY[permission](actor, thing)


def require(actor: Actor, permission: Permission, thing: object = None) -> None:
    if not may(actor, permission, thing):
        raise Forbidden(
            _("Your account does not allow this."),
            _("Ask a librarian if you think it should."),
        )
