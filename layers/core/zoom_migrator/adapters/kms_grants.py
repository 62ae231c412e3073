"""The key that seals the tokens of grants, which never leaves KMS."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from zoom_migrator.adapters.aws import aws_calls, error_code
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.grant import GrantSubject, TokenPair

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

# Source: KMS API reference, Encrypt. Two of Zoom's tokens have fitted into one call so far; longer
# ones take several, which costs less than the library for encrypting them under a data key.
_MAX_PLAINTEXT_BYTES: Final = 4_096
_MAX_PARTS: Final = 8
# What is encrypted under another key, for another purpose, or is not as KMS returned it.
_NOT_OURS: Final = frozenset({"IncorrectKeyException", "InvalidCiphertextException"})
_SEPARATOR: Final = "."


class KmsGrantVault:
    """The :class:`~zoom_migrator.oauth_ports.GrantVault` of the deployed product.

    Whose tokens they are, and which part of how many, is part of what is authenticated: tokens
    copied to another grant, or put together anew, cannot be opened.
    """

    def __init__(self, client: KMSClient, key_id: str) -> None:
        """Take what the key is reached by.

        Args:
            client: A client set up with :func:`~zoom_migrator.adapters.aws.client_config`.
            key_id: Id or ARN of a symmetric key for encryption.
        """
        self._client = client
        self._key_id = key_id

    def seal(self, pair: TokenPair, *, subject: GrantSubject) -> str:
        """See the port."""
        plain = json.dumps([pair.access_token, pair.refresh_token]).encode()
        starts = range(0, len(plain), _MAX_PLAINTEXT_BYTES)
        if len(starts) > _MAX_PARTS:
            raise InvariantViolation(f"Tokens of {len(plain)} bytes cannot be sealed.")
        parts = [
            self._encrypted(
                plain[start : start + _MAX_PLAINTEXT_BYTES],
                _context(subject, part=number, of=len(starts)),
            )
            for number, start in enumerate(starts, start=1)
        ]
        return _SEPARATOR.join(base64.b64encode(part).decode() for part in parts)

    def open(self, sealed: str, *, subject: GrantSubject) -> TokenPair:
        """See the port."""
        parts = sealed.split(_SEPARATOR)
        try:
            plain = b"".join(
                self._decrypted(
                    base64.b64decode(part, validate=True),
                    _context(subject, part=number, of=len(parts)),
                )
                for number, part in enumerate(parts, start=1)
            )
            access_token, refresh_token = json.loads(plain)
        except (binascii.Error, ValueError):
            raise _not_sealed_for(subject) from None
        return TokenPair(access_token, refresh_token)

    def _encrypted(self, plain: bytes, context: Mapping[str, str]) -> bytes:
        with aws_calls(f"KMS key {self._key_id}"):
            answer = self._client.encrypt(
                KeyId=self._key_id, Plaintext=plain, EncryptionContext=context
            )
        return answer["CiphertextBlob"]

    def _decrypted(self, ciphertext: bytes, context: Mapping[str, str]) -> bytes:
        if not ciphertext:
            raise ValueError("nothing was sealed")
        with aws_calls(f"KMS key {self._key_id}"):
            try:
                answer = self._client.decrypt(
                    KeyId=self._key_id, CiphertextBlob=ciphertext, EncryptionContext=context
                )
            except ClientError as error:
                if error_code(error) not in _NOT_OURS:
                    raise
                raise ValueError("sealed for something else") from None
        return answer["Plaintext"]


def _context(subject: GrantSubject, *, part: int, of: int) -> Mapping[str, str]:
    # KMS writes the context to CloudTrail in the clear, so nothing secret may ever stand in it.
    return {
        "purpose": "zoom_grant",
        "client_id": subject.client_id,
        "account_id": subject.account_id,
        "user_id": subject.user_id,
        "org_id": subject.org_id,
        "part": f"{part}/{of}",
    }


def _not_sealed_for(subject: GrantSubject) -> InvariantViolation:
    return InvariantViolation(
        f"The stored tokens of grant {subject.grant_id} were not sealed for it, or are damaged."
    )
