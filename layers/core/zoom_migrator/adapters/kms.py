"""Keys that never leave KMS: they encrypt task tokens and sign links."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from zoom_migrator.adapters.aws import aws_calls, error_code
from zoom_migrator.domain.errors import InvariantViolation

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

# Source: KMS API reference, GenerateMac and Encrypt. A task token has at most 2,048 characters
# (Step Functions API reference, SendTaskSuccess), so one call encrypts it as it is.
_MAX_MESSAGE_BYTES: Final = 4_096
_MAC_ALGORITHM: Final = "HMAC_SHA_256"
# What is encrypted under another key, for another purpose, or is not as KMS returned it.
_NOT_OURS: Final = frozenset({"IncorrectKeyException", "InvalidCiphertextException"})


class KmsTokenVault:
    """The :class:`~zoom_migrator.ports.TokenVault` of the deployed product.

    The org and the attempt are part of what is authenticated, so that a token copied to another
    item of the table cannot be opened there.
    """

    def __init__(self, client: KMSClient, key_id: str) -> None:
        """Take what the key is reached by.

        Args:
            client: A client set up with :func:`~zoom_migrator.adapters.aws.client_config`.
            key_id: Id or ARN of a symmetric key for encryption.
        """
        self._client = client
        self._key_id = key_id

    def seal(self, task_token: str, *, org_id: str, attempt: int) -> str:
        """See the port."""
        with self._calls():
            answer = self._client.encrypt(
                KeyId=self._key_id,
                Plaintext=task_token.encode(),
                EncryptionContext=_context(org_id, attempt),
            )
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def open(self, sealed: str, *, org_id: str, attempt: int) -> str:
        """See the port."""
        try:
            ciphertext = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise _not_sealed_for(org_id, attempt) from None
        if not ciphertext:
            raise _not_sealed_for(org_id, attempt)
        with self._calls():
            try:
                answer = self._client.decrypt(
                    KeyId=self._key_id,
                    CiphertextBlob=ciphertext,
                    EncryptionContext=_context(org_id, attempt),
                )
            except ClientError as error:
                if error_code(error) in _NOT_OURS:
                    raise _not_sealed_for(org_id, attempt) from error
                raise
        return answer["Plaintext"].decode()

    def _calls(self) -> AbstractContextManager[None]:
        return aws_calls(f"KMS key {self._key_id}")


class KmsLinkSigner:
    """The :class:`~zoom_migrator.ports.LinkSigner` of the deployed product."""

    def __init__(self, client: KMSClient, key_id: str) -> None:
        """Take what the key is reached by.

        Args:
            client: A client set up with :func:`~zoom_migrator.adapters.aws.client_config`.
            key_id: Id or ARN of an ``HMAC_256`` key.
        """
        self._client = client
        self._key_id = key_id

    def sign(self, claims: str) -> str:
        """See the port."""
        message = _message(claims)
        if not 0 < len(message) <= _MAX_MESSAGE_BYTES:
            raise InvariantViolation(f"A text of {len(message)} bytes cannot be signed.")
        with self._calls():
            answer = self._client.generate_mac(
                KeyId=self._key_id, Message=message, MacAlgorithm=_MAC_ALGORITHM
            )
        return _text(answer["Mac"])

    def is_genuine(self, claims: str, signature: str) -> bool:
        """See the port."""
        message, mac = _message(claims), _mac(signature)
        if mac is None or not 0 < len(message) <= _MAX_MESSAGE_BYTES:
            return False
        with self._calls():
            try:
                answer = self._client.verify_mac(
                    KeyId=self._key_id, Message=message, MacAlgorithm=_MAC_ALGORITHM, Mac=mac
                )
            except ClientError as error:
                if error_code(error) != "KMSInvalidMacException":
                    raise
                return False
        return answer["MacValid"]

    def _calls(self) -> AbstractContextManager[None]:
        return aws_calls(f"KMS key {self._key_id}")


def _context(org_id: str, attempt: int) -> Mapping[str, str]:
    # KMS writes the context to CloudTrail in the clear, so nothing secret may ever stand in it.
    return {"purpose": "task_token", "org_id": org_id, "attempt": str(attempt)}


def _not_sealed_for(org_id: str, attempt: int) -> InvariantViolation:
    return InvariantViolation(
        f"The stored task token of org {org_id}, attempt {attempt}, was not sealed for it, "
        "or is damaged."
    )


def _message(claims: str) -> bytes:
    # A link comes from anywhere, so it may hold what is no character by itself.
    return claims.encode(errors="surrogatepass")


def _text(mac: bytes) -> str:
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def _mac(signature: str) -> bytes | None:
    """The bytes of a signature, or None where :func:`_text` would not have written it so.

    The last of 43 characters carries two bits that no byte holds: other spellings of the same
    bytes are refused, so that of every link there is only one.
    """
    try:
        mac = base64.urlsafe_b64decode(signature + "=")
    except (binascii.Error, ValueError):
        return None
    return mac if _text(mac) == signature and len(signature) == 43 else None
