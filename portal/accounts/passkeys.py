"""Passkeys, for staff: a key that a device or a password manager keeps, and lets its owner use by
finger, face or PIN. It works at our address alone, so it cannot be phished, and it is both steps
of signing in at once.

Each use signs a challenge: drawn by lot, good once and for ten minutes, in the browser that asked.

The library that knows the standard takes 0.2 s to load, so the functions that use it load it.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, exists, func, select

from portal.accounts import identity, quotas, recovery
from portal.accounts.changes import Change, changed
from portal.accounts.models import Challenge, Grant, Passkey, Person
from portal.core import clock, config
from portal.core.database import db, get, insert, keep_on_refusal, lock
from portal.core.errors import Refused
from portal.core.tokens import digest
from portal.settings.queries import current as library

VALID_FOR = timedelta(minutes=10)
MOST = 20  # of one person


def to_add(person_id: int) -> str:
    """What the browser needs to make a new passkey, as JSON."""
    import webauthn
    from webauthn.helpers import structs

    person = get(Person, person_id)
    known = select(Passkey.credential_id).where(Passkey.person_id == person_id)
    options = webauthn.generate_registration_options(
        rp_id=config.current().host,
        rp_name=library().name,
        user_id=_handle(person_id),
        user_name=person.email or "",
        user_display_name=person.name,
        challenge=_ask(person_id),
        timeout=int(VALID_FOR.total_seconds() * 1000),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=one) for one in db.session.scalars(known)
        ],
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
    )
    return webauthn.options_to_json(options)


def to_sign_in() -> str:
    """What the browser needs to use a passkey, as JSON; it asks its owner which."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=config.current().host,
        challenge=_ask(None),
        timeout=int(VALID_FOR.total_seconds() * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def add(person_id: int, answer: str, *, name: str) -> list[str]:
    """Keep the passkey that the browser made, under this name. The person is told. Gives recovery
    codes to who has none, which are told this once."""
    import webauthn
    from webauthn.helpers import parse_client_data_json, parse_registration_credential_json

    keep_on_refusal()
    lock(Person, person_id)
    count = select(func.count(Passkey.id)).where(Passkey.person_id == person_id)
    if (db.session.scalar(count) or 0) >= MOST:
        raise Refused(_("You have as many passkeys as there can be."), _("Remove one first."))
    with _from_outside():
        given = parse_registration_credential_json(answer)
        challenge = parse_client_data_json(given.response.client_data_json).challenge
    _use_up(challenge, person_id)
    with _from_outside():
        made = webauthn.verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=config.current().host,
            expected_origin=config.current().base_url,
            require_user_verification=True,
        )
    new = insert(Passkey).values(
        person_id=person_id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        added_at=clock.now(),
    )
    kept = new.on_conflict_do_nothing(index_elements=[Passkey.credential_id])
    if db.session.scalar(kept.returning(Passkey.id)) is None:
        raise _refusal()
    changed(person_id, Change.PASSKEY_ADDED, by=person_id)
    return recovery.draw_first(person_id)


def owner(answer: str) -> int:
    """Who of the staff signed with their passkey; it is marked as used."""
    import webauthn
    from webauthn.helpers import parse_authentication_credential_json, parse_client_data_json

    keep_on_refusal()
    with _from_outside():
        given = parse_authentication_credential_json(answer)
        challenge = parse_client_data_json(given.response.client_data_json).challenge
    _use_up(challenge, None)
    key = db.session.scalars(
        select(Passkey)
        .where(
            Passkey.credential_id == given.raw_id,
            exists().where(Grant.person_id == Passkey.person_id),
        )
        .with_for_update()
    ).one_or_none()
    if key is None or given.response.user_handle != _handle(key.person_id):
        raise _refusal()
    with _from_outside():
        verified = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=config.current().host,
            expected_origin=config.current().base_url,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    key.sign_count, key.used_at = verified.new_sign_count, clock.now()
    return key.person_id


def remove(person_id: int, passkey_id: int) -> None:
    """One of one's own goes, and the person is told. Twice does no harm."""
    own = delete(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person_id)
    if db.session.scalar(own.returning(Passkey.id)) is not None:
        recovery.end_with_last(person_id)
        changed(person_id, Change.PASSKEY_REMOVED, by=person_id)


def _handle(person_id: int) -> bytes:
    """What a passkey knows its owner by."""
    return str(person_id).encode()


def _ask(person_id: int | None) -> bytes:
    quotas.spend_here("passkey", limit=50, per=timedelta(minutes=15))
    challenge = Challenge(
        value=secrets.token_bytes(32),
        browser_hash=digest(identity.browser()),
        expires_at=clock.now() + VALID_FOR,
        person_id=person_id,
    )
    db.session.add(challenge)
    return challenge.value


def _use_up(value: bytes, person_id: int | None) -> None:
    asked = delete(Challenge).where(
        Challenge.value == value,
        Challenge.browser_hash == digest(identity.known_browser() or ""),
        Challenge.person_id.is_not_distinct_from(person_id),
        Challenge.expires_at > clock.now(),
    )
    if db.session.scalar(asked.returning(Challenge.id)) is None:
        raise _refusal()


@contextmanager
def _from_outside() -> Iterator[None]:
    """What a browser sent is bytes of any kind, and reading it fails in many ways: to the person
    they are one."""
    try:
        yield
    except Exception as error:
        raise _refusal() from error


def _refusal() -> Refused:
    return Refused(
        _("This passkey was not accepted."), _("Try again, or choose another way to sign in.")
    )
