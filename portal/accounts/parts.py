"""What is held about a person themselves, what was written to them, and what they did that the log
names."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.accounts.exports import adds, leaves_out
from portal.accounts.models import (
    Challenge,
    CodeApp,
    Device,
    Grant,
    HalfSignIn,
    Passkey,
    Person,
    RecoveryCode,
    SignIn,
    Waiting,
)
from portal.audit.models import Entry
from portal.mail.models import DemoMail, Outgoing, Suppression


def is_email_of(column: ColumnElement[str] | object, person_id: int) -> ColumnElement[bool]:
    """Whether this column has the person's address, however its letters are written."""
    own = select(func.lower(Person.email)).where(Person.id == person_id).scalar_subquery()
    return func.lower(column) == own


adds(
    "you",
    _l("Who you are here"),
    lambda person_id: Person.id == person_id,
    number=(Person.id, _l("Your number")),
    email=(Person.email, _l("Your email")),
    name=(Person.name, _l("The name you are shown with")),
    language=(Person.lang, _l("The language we write to you in")),
    joined_at=(Person.joined_at, _l("When your account was made")),
    confirmed_at=(Person.confirmed_at, _l("When your email was confirmed")),
    trusted_at=(
        Person.trusted_at,
        _l("Since when your texts appear without a librarian reading them first"),
    ),
    mail_stopped_at=(Person.mail_stopped_at, _l("When you said no to all mail")),
    leaves_at=(Person.leaves_at, _l("When your account will be deleted, if you asked for that")),
    withdraws_ideas=(Person.withdraws_ideas, _l("Whether your ideas are taken back then")),
)
leaves_out(
    _l("Secrets that prove who you are."),
    *(Person.password_hash, Device.key_hash, CodeApp.sealed, CodeApp.last_step),
    *(RecoveryCode.id, RecoveryCode.code_hash, RecoveryCode.used_at),
    *(Passkey.credential_id, Passkey.public_key, Passkey.sign_count),
)
leaves_out(
    _l("What is kept for ten minutes while you sign in, and gone a day later."),
    *(Challenge.id, Challenge.value, Challenge.browser_hash, Challenge.expires_at),
    *(Challenge.person_id, HalfSignIn.id, HalfSignIn.person_id, HalfSignIn.browser_hash),
    *(HalfSignIn.shared, HalfSignIn.next_path, HalfSignIn.expires_at, HalfSignIn.waiting_id),
    HalfSignIn.used_at,
    *(SignIn.id, SignIn.email, SignIn.name, SignIn.token_hash, SignIn.code_hash),
    *(SignIn.browser_hash, SignIn.shared, SignIn.next_path, SignIn.waiting_id, SignIn.by_operator),
    *(SignIn.used_at, SignIn.tries, SignIn.expires_at, SignIn.made_at),
)
leaves_out(_l("The same as what is here, in another form."), Person.email_key)
leaves_out(_l("Only in rows of people who have left."), Person.blanked_at)
adds(
    "roles",
    _l("What the library trusts you with"),
    lambda person_id: Grant.person_id == person_id,
    number=(Grant.id, _l("The number of the row")),
    role=(Grant.role, _l("The role")),
    branch=(Grant.branch_id, _l("The number of the branch; none: all branches")),
)
adds(
    "devices",
    _l("The browsers where you are signed in"),
    lambda person_id: Device.person_id == person_id,
    number=(Device.id, _l("The number of the row")),
    browser=(Device.label, _l("What the browser calls itself")),
    shared=(Device.shared, _l("Whether you said that it is a shared computer")),
    signed_in_at=(Device.signed_in_at, _l("When you signed in")),
    used_at=(Device.used_at, _l("When it was last used")),
    expires_at=(Device.expires_at, _l("When it ends by itself")),
    ended_at=(Device.ended_at, _l("When you signed out")),
    second_step=(Device.second_step, _l("Whether you did a second step to sign in")),
)
adds(
    "passkeys",
    _l("Your passkeys"),
    lambda person_id: Passkey.person_id == person_id,
    number=(Passkey.id, _l("The number of the row")),
    name=(Passkey.name, _l("The name you gave it")),
    added_at=(Passkey.added_at, _l("When you added it")),
    used_at=(Passkey.used_at, _l("When it was last used")),
)
adds(
    "code_app",
    _l("Your app for codes"),
    lambda person_id: CodeApp.person_id == person_id,
    added_at=(CodeApp.added_at, _l("When you set it up")),
    used_at=(CodeApp.used_at, _l("When a code of it was last used")),
)
adds(
    "waiting",
    _l("What you did before you signed in"),
    lambda person_id: Waiting.person_id == person_id,
    number=(Waiting.id, _l("The number of the row")),
    kind=(Waiting.kind, _l("What it was")),
    what=(Waiting.payload, _l("What you wrote or chose")),
    made_at=(Waiting.made_at, _l("When you did it")),
    expires_at=(Waiting.expires_at, _l("Until when it waits")),
    done_at=(Waiting.done_at, _l("When it was done")),
)
leaves_out(_l("A mark of the browser, scrambled."), Waiting.browser_hash)
adds(
    "mails",
    _l("Which mails we sent you, for 30 days"),
    lambda person_id: or_(
        Outgoing.person_id == person_id, is_email_of(Outgoing.address, person_id)
    ),
    number=(Outgoing.id, _l("The number of the mail")),
    kind=(Outgoing.kind, _l("What it was about")),
    address=(Outgoing.address, _l("The address; none: the one of your account")),
    about=(Outgoing.context, _l("The numbers and words that it was made from")),
    state=(Outgoing.state, _l("Whether it was sent")),
    queued_at=(Outgoing.queued_at, _l("When there was a reason for it")),
    due_at=(Outgoing.due_at, _l("When it was to be sent")),
    sent_at=(Outgoing.sent_at, _l("When it was sent")),
    last_error=(Outgoing.last_error, _l("What the mail server said if it did not take it")),
)
leaves_out(
    _l("How the mail is kept from being sent twice."),
    Outgoing.dedupe_key,
    Outgoing.attempt,
    Outgoing.lease_until,
)
leaves_out(_l("A secret inside a mail, until it is sent."), Outgoing.sealed)
adds(
    "mail_refused",
    _l("That a mail server refused your address for good"),
    lambda person_id: is_email_of(Suppression.address, person_id),
    address=(Suppression.address, _l("The address")),
    reason=(Suppression.reason, _l("What the mail server said")),
    since=(Suppression.since, _l("Since when we do not write to it")),
)
leaves_out(
    _l("The mails themselves, which only a demo keeps, for everybody to read."),
    *(DemoMail.id, DemoMail.outgoing_id, DemoMail.address, DemoMail.subject, DemoMail.words),
    *(DemoMail.html, DemoMail.sent_at),
)
adds(
    "log",
    _l("What the log says you did, or was done to your account"),
    lambda person_id: or_(
        Entry.actor_id == person_id,
        and_(Entry.thing_kind == "person", Entry.thing_id == person_id),
    ),
    number=(Entry.id, _l("The number of the entry")),
    action=(Entry.action, _l("What was done")),
    thing=(Entry.thing_kind, _l("What it was done to")),
    thing_number=(Entry.thing_id, _l("The number of that thing")),
    details=(Entry.details, _l("More about it, in numbers")),
    at=(Entry.at, _l("When")),
)
leaves_out(
    _l("It is you, in every row of yours."),
    *(Grant.person_id, Device.person_id, Waiting.person_id, Outgoing.person_id, Entry.actor_id),
    *(Passkey.person_id, CodeApp.person_id, RecoveryCode.person_id),
)
