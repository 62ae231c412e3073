"""Throw-away certificates, made when a test needs them."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


class Authority:
    """A certificate authority that exists for one test."""

    def __init__(self, folder: Path, name: str = "Test CA") -> None:
        self._folder = folder
        self._name = _name(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _certificate(self._name, self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_CA_USAGE, critical=True)
            .sign(self._key, SHA256())
        )
        self.ca_file = folder / f"{name}.pem"
        self.ca_file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def server(self, host: str, *, expired: bool = False) -> ssl.SSLContext:
        """What a server of this name needs to serve TLS."""
        key = ec.generate_private_key(ec.SECP256R1())
        ended = datetime.now(UTC) - timedelta(days=1) if expired else None
        builder = _certificate(_name(host), self._name, key.public_key(), ended)
        return _context(self._folder / "server.pem", key, _named(builder, host), self._key)


def self_signed(folder: Path, host: str) -> ssl.SSLContext:
    """What a server needs that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _certificate(_name(host), _name(host), key.public_key())
    return _context(folder / "self-signed.pem", key, _named(builder, host), key)


def _context(
    file: Path,
    key: ec.EllipticCurvePrivateKey,
    builder: x509.CertificateBuilder,
    signer: ec.EllipticCurvePrivateKey,
) -> ssl.SSLContext:
    certificate = builder.sign(signer, SHA256())
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    ended: datetime | None = None,
) -> x509.CertificateBuilder:
    end = ended or datetime.now(UTC) + timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=10))
        .not_valid_after(end)
    )


def _named(builder: x509.CertificateBuilder, host: str) -> x509.CertificateBuilder:
    return builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


_CA_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
