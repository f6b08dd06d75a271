"""Secrets that travel: random tokens, typed codes, signed links, sealed parcels.

A token is kept only as its hash. A signed link needs no row: it is the HMAC of what it
allows (purpose, id, version), so a reminder can repeat it and a new version ends it.
"""

import hmac
import secrets
import unicodedata
from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

BITS = 192
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that look alike


def draw() -> str:
    """A token that nobody can guess, for an address."""
    return secrets.token_urlsafe(BITS // 8)


def draw_code(letters: int = 6) -> str:
    """Digits that a person types; few tries make it safe."""
    return f"{secrets.randbelow(10**letters):0{letters}d}"


def draw_word(letters: int) -> str:
    """Letters and digits that a person types or reads aloud, none that look alike."""
    return "".join(secrets.choice(LETTERS) for _ in range(letters))


def digits(typed: str) -> str:
    """The digits, of whatever script, without what stands between them."""
    return "".join(str(unicodedata.decimal(letter)) for letter in typed if letter.isdecimal())


def digest(token: str) -> str:
    """What is kept of a token: 64 hexadecimal digits."""
    return sha256(token.encode()).hexdigest()


def sign(purpose: str, id: int | str, version: int = 0) -> str:
    """22 letters that prove a link ``purpose/id`` came from us for this version."""
    return _mac(f"link:{purpose}:{id}:{version}")


def is_signed(signature: str, purpose: str, id: int | str, version: int = 0) -> bool:
    return hmac.compare_digest(signature.encode(), sign(purpose, id, version).encode())


def keyed(purpose: str, text: str) -> str:
    """A keyed fingerprint, for things that must be compared but not be readable."""
    return _mac(f"fingerprint:{purpose}:{text}")


def _mac(message: str) -> str:
    key = str(current_app.secret_key).encode()
    mac = hmac.new(key, message.encode(), sha256).digest()[:16]
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def seal(text: str, *, key: bytes | None = None) -> bytes:
    """The text, readable only with the key (32 bytes; the installation's own when absent)."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key or _own_key()).encrypt(nonce, text.encode(), None)


def unseal(parcel: bytes, *, key: bytes | None = None) -> str | None:
    """The text, or None where the key is another or the parcel was changed."""
    try:
        return AESGCM(key or _own_key()).decrypt(parcel[:12], parcel[12:], None).decode()
    except (InvalidTag, ValueError):
        return None


def _own_key() -> bytes:
    return sha256(b"seal:" + str(current_app.secret_key).encode()).digest()
