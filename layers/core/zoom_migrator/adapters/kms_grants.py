"""The key that seals the tokens of grants, which never leaves KMS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from zoom_migrator.adapters.kms_parts import PART_BYTES, KmsParts
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.grant import GrantSubject, TokenPair

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

# Two of Zoom's tokens have fitted into one part so far.
_MAX_PLAINTEXT_BYTES: Final = 8 * PART_BYTES


class KmsGrantVault:
    """The :class:`~zoom_migrator.oauth_ports.GrantVault` of the deployed product.

    Whose tokens they are is part of what is authenticated: tokens copied to another grant, or put
    together anew, cannot be opened.
    """

    def __init__(self, client: KMSClient, key_id: str) -> None:
        """Take what the key is reached by.

        Args:
            client: A client set up with :func:`~zoom_migrator.adapters.aws.client_config`.
            key_id: Id or ARN of a symmetric key for encryption.
        """
        self._parts = KmsParts(client, key_id)

    def seal(self, pair: TokenPair, *, subject: GrantSubject) -> str:
        """See the port."""
        plain = json.dumps([pair.access_token, pair.refresh_token]).encode()
        if len(plain) > _MAX_PLAINTEXT_BYTES:
            raise InvariantViolation(f"Tokens of {len(plain)} bytes cannot be sealed.")
        return self._parts.seal(plain, _context(subject))

    def open(self, sealed: str, *, subject: GrantSubject) -> TokenPair:
        """See the port."""
        try:
            access_token, refresh_token = json.loads(self._parts.open(sealed, _context(subject)))
        except ValueError:
            raise _not_sealed_for(subject) from None
        return TokenPair(access_token, refresh_token)


def _context(subject: GrantSubject) -> Mapping[str, str]:
    return {
        "purpose": "zoom_grant",
        "client_id": subject.client_id,
        "account_id": subject.account_id,
        "user_id": subject.user_id,
        "org_id": subject.org_id,
    }


def _not_sealed_for(subject: GrantSubject) -> InvariantViolation:
    return InvariantViolation(
        f"The stored tokens of grant {subject.grant_id} were not sealed for it, or are damaged."
    )
