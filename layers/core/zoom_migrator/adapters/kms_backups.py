"""The key that seals the backups of old keys: one of its own, which opens nothing else."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from zoom_migrator.adapters.kms_parts import KmsParts
from zoom_migrator.adapters.limits import check_backup
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.legacy_keys import KeyValues

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class KmsBackupVault:
    """The :class:`~zoom_migrator.cleanup_ports.BackupVault` of the deployed product.

    The org and the purpose are part of what is authenticated, so that a backup copied to another
    org's item cannot be opened there, and policies of the key can name the purpose.
    """

    def __init__(self, client: KMSClient, key_id: str) -> None:
        """Take what the key is reached by.

        Args:
            client: A client set up with :func:`~zoom_migrator.adapters.aws.client_config`.
            key_id: Id or ARN of a symmetric key for encryption.
        """
        self._parts = KmsParts(client, key_id)

    def seal(self, values: Collection[KeyValues], *, org_id: str) -> str:
        """See the port."""
        check_backup(org_id, values)
        rows = [[row.row_id, row.api_key, row.api_secret] for row in values]
        plain = json.dumps(rows, ensure_ascii=False).encode(errors="surrogatepass")
        return self._parts.seal(plain, _context(org_id))

    def open(self, sealed: str, *, org_id: str) -> tuple[KeyValues, ...]:
        """See the port."""
        try:
            return _values(json.loads(self._parts.open(sealed, _context(org_id))))
        except ValueError:
            raise InvariantViolation(
                f"The backup of org {org_id} was not sealed for it, or is damaged."
            ) from None


def _context(org_id: str) -> Mapping[str, str]:
    return {"purpose": "jwt_backup", "org_id": org_id}


def _values(rows: object) -> tuple[KeyValues, ...]:
    if not isinstance(rows, list):
        raise ValueError("not a list of rows")
    return tuple(_row(row) for row in rows)


def _row(row: object) -> KeyValues:
    match row:
        case [str(row_id), str() | None as api_key, str() | None as api_secret]:
            return KeyValues(row_id, api_key, api_secret)
    raise ValueError("not a row")
