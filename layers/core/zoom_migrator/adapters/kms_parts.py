"""Texts of any length encrypted under a key that never leaves KMS, in as many calls as it takes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from zoom_migrator.adapters.aws import aws_calls, error_code

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

# Source: KMS API reference, Encrypt. What is longer takes several calls, which costs less than the
# library for encrypting it under a data key.
PART_BYTES: Final = 4_096
# What is encrypted under another key, for another purpose, or is not as KMS returned it.
_NOT_OURS: Final = frozenset({"IncorrectKeyException", "InvalidCiphertextException"})
_SEPARATOR: Final = "."


class KmsParts:
    """Seals and opens texts, each in parts.

    Which part of how many each is, is part of what is authenticated, beside the caller's context:
    parts that are left out, repeated or put together anew cannot be opened.
    """

    def __init__(self, client: KMSClient, key_id: str) -> None:
        """Take what the key is reached by.

        Args:
            client: A client set up with :func:`~zoom_migrator.adapters.aws.client_config`.
            key_id: Id or ARN of a symmetric key for encryption.
        """
        self._client = client
        self._key_id = key_id

    def seal(self, plain: bytes, context: Mapping[str, str]) -> str:
        """The text, encrypted under the context; ASCII.

        Args:
            context: KMS writes it to CloudTrail in the clear, so nothing secret may stand in it.

        Raises:
            StoreUnavailable: The key is out of reach.
        """
        starts = range(0, len(plain), PART_BYTES)
        parts = [
            self._encrypted(
                plain[start : start + PART_BYTES], _of(context, part=number, of=len(starts))
            )
            for number, start in enumerate(starts, start=1)
        ]
        return _SEPARATOR.join(base64.b64encode(part).decode() for part in parts)

    def open(self, sealed: str, context: Mapping[str, str]) -> bytes:
        """The text.

        Raises:
            ValueError: It was not sealed under this key and context, or is damaged.
            StoreUnavailable: The key is out of reach.
        """
        parts = sealed.split(_SEPARATOR)
        return b"".join(
            self._decrypted(_bytes(part), _of(context, part=number, of=len(parts)))
            for number, part in enumerate(parts, start=1)
        )

    def _encrypted(self, plain: bytes, context: Mapping[str, str]) -> bytes:
        with aws_calls(f"KMS key {self._key_id}"):
            answer = self._client.encrypt(
                KeyId=self._key_id, Plaintext=plain, EncryptionContext=context
            )
        return answer["CiphertextBlob"]

    def _decrypted(self, ciphertext: bytes, context: Mapping[str, str]) -> bytes:
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


def _of(context: Mapping[str, str], *, part: int, of: int) -> Mapping[str, str]:
    return {**context, "part": f"{part}/{of}"}


def _bytes(part: str) -> bytes:
    try:
        ciphertext = base64.b64decode(part, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not as it was sealed") from None
    if not ciphertext:
        raise ValueError("nothing was sealed")
    return ciphertext
