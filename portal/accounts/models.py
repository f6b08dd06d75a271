from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, validates

from portal.accounts import addresses
from portal.core import clock
from portal.core.database import Base, Rows
from portal.policy import Role


class Person(Base):
    """Somebody with an account. Blanked when they leave, never deleted."""

    __tablename__ = "people"

    email: Mapped[str | None] = mapped_column(String(254))  # as typed: mail goes here
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True, init=False)
    name: Mapped[str] = mapped_column(String(120), default="")
    lang: Mapped[str] = mapped_column(String(12), default="en")
    password_hash: Mapped[str | None] = mapped_column(String(200), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    trusted_at: Mapped[datetime | None] = mapped_column(default=None)  # "Publish and trust"
    mail_stopped_at: Mapped[datetime | None] = mapped_column(default=None)  # an explicit no to all
    leaves_at: Mapped[datetime | None] = mapped_column(default=None, index=True)  # to be blanked
    withdraws_ideas: Mapped[bool] = mapped_column(default=False, server_default=false())
    blanked_at: Mapped[datetime | None] = mapped_column(default=None)
    joined_at: Mapped[datetime] = mapped_column(default_factory=clock.now)

    @validates("email")
    def _one_person_a_mailbox(self, _name: str, email: str | None) -> str | None:
        self.email_key = addresses.key(email) if email else None
        return email


class Grant(Base):
    """A role that somebody holds: for all branches, or for the one named."""

    __tablename__ = "grants"
    __table_args__ = (
        Index(
            "uq_grants_everywhere",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("branch_id IS NULL"),
            postgresql_where=text("branch_id IS NULL"),
        ),
        Index("uq_grants_at_branch", "person_id", "role", "branch_id", unique=True),
        CheckConstraint("role <> 'resident'", name="resident_is_everybody"),
        *Base.__table_args__,
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[Role]
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"), default=None)


class Device(Base):
    """One browser that is signed in. The cookie holds its key, this row the key's hash."""

    __tablename__ = "devices"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    label: Mapped[str] = mapped_column(String(80), default="")
    shared: Mapped[bool] = mapped_column(default=False)  # 15 minutes idle, nothing left behind
    second_step: Mapped[bool] = mapped_column(default=False, server_default=false())  # was done
    signed_in_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    used_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class Waiting(Base):
    """What somebody did before it was known who they are: it waits for their e-mail."""

    __tablename__ = "waiting"

    kind: Mapped[str] = mapped_column(String(32))  # a key of accounts.waiting
    payload: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    browser_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class SignIn(Base):
    """A request to sign in by e-mail: one link and one code, once, within minutes."""

    __tablename__ = "sign_ins"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries"), *Base.__table_args__)

    email: Mapped[str] = mapped_column(String(254), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    code_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    browser_hash: Mapped[str | None] = mapped_column(String(64), default=None)  # none: any browser
    name: Mapped[str] = mapped_column(String(120), default="")  # for somebody new
    shared: Mapped[bool] = mapped_column(default=False)
    next_path: Mapped[str] = mapped_column(String(1000), default="/")
    waiting_id: Mapped[int | None] = mapped_column(ForeignKey("waiting.id"), default=None)
    by_operator: Mapped[bool] = mapped_column(default=False, server_default=false())  # all steps
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class HalfSignIn(Base):
    """Somebody who showed that mailbox or password is theirs, and has a second step to do."""

    __tablename__ = "half_sign_ins"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    browser_hash: Mapped[str] = mapped_column(String(64), index=True)
    shared: Mapped[bool]
    next_path: Mapped[str] = mapped_column(String(1000))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    waiting_id: Mapped[int | None] = mapped_column(ForeignKey("waiting.id"), default=None)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class Passkey(Base):
    """The public half of a key that a device or a password manager of one of the staff keeps."""

    __tablename__ = "passkeys"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)  # as its device counts; many never do
    name: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class Challenge(Base):
    """What a passkey is to sign: once, within minutes, in the browser that asked. Of a person
    where it is to be added; of nobody yet where it signs in."""

    __tablename__ = "challenges"

    value: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), default=None, index=True)


class CodeApp(Rows):
    """An app that shows one of the staff a new code every 30 seconds, from a secret it shares
    with us. ``last_step`` is the time of the last code that was used, in such steps."""

    __tablename__ = "code_apps"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class RecoveryCode(Base):
    """A code on paper, good once, for somebody whose app or passkey is gone."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class Quota(Rows):
    """How often something was done in a window of time; the key says by whom, not readably."""

    __tablename__ = "quotas"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window: Mapped[datetime] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(default=0)
