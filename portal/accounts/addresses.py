"""E-mail addresses: which text is one, and when two are the same mailbox."""

import re

_LETTERS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_LETTERS}(\.{_LETTERS})*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")

_SAME_AS = {
    "googlemail.com": "gmail.com",
    "mac.com": "icloud.com",
    "me.com": "icloud.com",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
}
_PLUS_IS_A_NOTE = {
    "fastmail.com",
    "gmail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "outlook.com",
    "proton.me",
}
_DOTS_MEAN_NOTHING = {"gmail.com"}


def tidy(text: str) -> str | None:
    """The address to write to, or None where the text is no address that mail can reach."""
    local, _at, host = text.strip().rpartition("@")
    try:
        host = host.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = host.split(".")
    good = (
        len(local) <= 64
        and len(local) + len(host) < 254
        and len(labels) > 1
        and not labels[-1].isdigit()
        and all(len(label) < 64 and _LABEL.fullmatch(label) for label in labels)
        and _LOCAL.fullmatch(local)
    )
    return f"{local}@{host}" if good else None


def key(address: str) -> str:
    """What all spellings of one mailbox share, for comparing only: mail goes to what was typed."""
    local, _at, host = address.lower().rpartition("@")
    host = _SAME_AS.get(host, host)
    if host in _PLUS_IS_A_NOTE:
        local = local.partition("+")[0]
    if host in _DOTS_MEAN_NOTHING:
        local = local.replace(".", "")
    return f"{local}@{host}"
