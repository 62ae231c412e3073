"""The clock, and ids that nobody has used before."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime
from typing import Final

_RANDOM_BYTES: Final = 5
_RANDOM_CHARACTERS: Final = 6
_SECRET_BYTES: Final = 16
_SECRET_VALUE_BYTES: Final = 32


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """See the port."""
        return datetime.now(UTC)


class RandomScanIds:
    """Ids such as ``scan-20261124T015027Z-k3v7qa``.

    They are legal names of executions: at most 80 letters, digits, hyphens and underscores.
    Source: Step Functions API reference, StartExecution.
    """

    def new_scan_id(self, now: datetime) -> str:
        """See the port; ids sort by time to the second."""
        chance = base64.b32encode(secrets.token_bytes(_RANDOM_BYTES)).decode().lower()
        return f"scan-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{chance[:_RANDOM_CHARACTERS]}"


class RandomSecretIds:
    """Ids from the operating system's source of randomness."""

    def new_secret_id(self) -> str:
        """See the port."""
        return secrets.token_urlsafe(_SECRET_BYTES)


class RandomSecretValues:
    """Secrets from the operating system's source of randomness."""

    def new_secret_value(self) -> str:
        """See the port."""
        return secrets.token_urlsafe(_SECRET_VALUE_BYTES)
