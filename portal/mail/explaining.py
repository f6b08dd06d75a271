"""Why the mail server did not take a mail, for whoever set it up."""

from flask_babel import lazy_gettext as _l

_UNREACHED = _l("The mail server cannot be reached. Look at the host, the port and firewalls.")
REASONS = {  # by the kind of error
    "SMTPAuthenticationError": _l("The mail server does not take this user and password."),
    "SSLCertVerificationError": _l(
        "The mail server’s certificate is for another name, or nobody vouches for it. It was told "
        "nothing. Write the host as your provider does."
    ),
    "SSLError": _l("There is no way of encryption that both know. Look at the port."),
    "gaierror": _l("There is no mail server of this name. Look at the host."),
    "ConnectionRefusedError": _l("No mail server answers at this port. Look at the port."),
    "TimeoutError": _UNREACHED,
    "OSError": _UNREACHED,
    "SMTPServerDisconnected": _l(
        "The mail server said nothing or hung up. Look at the port and at encryption."
    ),
    "SMTPNotSupportedError": _l(
        "The mail server does not offer what was set. Many let nobody sign in without encryption."
    ),
    "SMTPSenderRefused": _l("The mail server does not take mail from this sender."),
    "SMTPRecipientsRefused": _l("The mail server does not take mail for your address."),
}
_OTHER = _l("The mail server did not take it.")


def reason(last_error: str) -> str:
    """A sentence for what a mail's ``last_error`` says; of what was not foreseen only that."""
    return str(REASONS.get(last_error.partition(":")[0], _OTHER))
