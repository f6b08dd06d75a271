"""What leaves the house goes to the mail server that was named, and to no other."""

import ssl
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.core import clock
from portal.mail import transport
from portal.mail.transport import Relay
from tests.serving import free_port


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """One that nobody vouches for, for localhost, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = tmp_path / "mail.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Taken:
    def __init__(self) -> None:
        self.subjects: list[str] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802
        self.subjects.append(envelope.content.decode().splitlines()[0])  # type: ignore[attr-defined]
        return "250 taken"


@pytest.mark.parametrize("from_its_first_byte", [False, True])
@pytest.mark.parametrize("vouched_for", [True, False])
def test_mail_is_handed_only_to_a_server_that_is_who_it_says(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, vouched_for: bool, from_its_first_byte: bool
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    taken, port = Taken(), free_port()
    if from_its_first_byte:
        monkeypatch.setattr(transport, "SUBMISSIONS", port)
        controller = Controller(taken, hostname="localhost", port=port, ssl_context=context)
    else:
        controller = Controller(
            taken, hostname="localhost", port=port, tls_context=context, require_starttls=True
        )
    settings = {"smtp_host": "localhost", "smtp_port": port, "smtp_tls": True, "smtp_user": ""}
    monkeypatch.setattr("portal.core.config.current", lambda: type("Config", (), settings))
    if vouched_for:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Seeds", "a@example.org", "b@example.org"
    relay = Relay()
    controller.start()
    try:
        if vouched_for:
            relay.send(message)
        else:
            with pytest.raises(ssl.SSLCertVerificationError):
                relay.send(message)
    finally:
        relay.close()
        controller.stop()

    assert taken.subjects == (["Subject: Seeds"] if vouched_for else [])
