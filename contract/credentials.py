"""A throw-away app key and a throw-away certificate for 127.0.0.1, made for one run."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONSUMER_KEY: Final = "contract-check-app"
_VALID_FOR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the clients log in with, and what they trust.

    Attributes:
        private_key: File of the app's RSA key, PEM.
        certificate: The app's certificate, PEM.
        authority: File of the certificate authority that signed the server's certificate.
        server_certificate: File of the server's certificate, PEM.
        server_key: File of its key, PEM.
        tls: The server's side of TLS.
        consumer_secret: The app's secret for the client credentials flow.
    """

    private_key: Path
    certificate: bytes
    authority: Path
    server_certificate: Path
    server_key: Path
    tls: ssl.SSLContext
    consumer_secret: str


def make(folder: Path, consumer_secret: str, hosts: tuple[str, ...] = ()) -> Credentials:
    """Make everything anew in a folder.

    Args:
        hosts: What the server's certificate is for, besides ``localhost`` and 127.0.0.1.
    """
    app_key = _key()
    certificate = _certificate("contract check app", app_key, "contract check app", app_key)
    authority_key = _key()
    authority = _certificate("throw-away CA", authority_key, "throw-away CA", authority_key)
    server_key = _key()
    server = _certificate(
        "localhost", server_key, "throw-away CA", authority_key, serves=("localhost", *hosts)
    )
    files = {
        "app.key": _pem(app_key),
        "authority.crt": authority.public_bytes(Encoding.PEM),
        "server.key": _pem(server_key),
        "server.crt": server.public_bytes(Encoding.PEM),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "server.crt", folder / "server.key")
    return Credentials(
        folder / "app.key",
        certificate.public_bytes(Encoding.PEM),
        folder / "authority.crt",
        folder / "server.crt",
        folder / "server.key",
        tls,
        consumer_secret,
    )


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _certificate(
    subject: str,
    key: rsa.RSAPrivateKey,
    issuer: str,
    issuer_key: rsa.RSAPrivateKey,
    *,
    serves: tuple[str, ...] = (),
) -> x509.Certificate:
    now = datetime.now(UTC)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    issuer_identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=not serves, path_length=None), critical=True)
        .add_extension(_usage(signs=not serves), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(issuer_identifier, critical=False)
    )
    if serves:
        loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        names = x509.SubjectAlternativeName([*map(x509.DNSName, serves), loopback])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(names, critical=False).add_extension(usage, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(*, signs: bool) -> x509.KeyUsage:
    # Strict verification (the default since Python 3.13) wants to see what a key may be used for.
    return x509.KeyUsage(
        digital_signature=not signs,
        key_encipherment=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
