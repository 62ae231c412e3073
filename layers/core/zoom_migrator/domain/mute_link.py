"""Links with which a reader of reminders ends them for an address, without anything else.

They name no address, because links end up in logs and histories: they name an org of which the
address is known, and the address's fingerprint.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Self

from zoom_migrator.domain.errors import LinkRefused

_CLAIMS: Final = re.compile(
    r"mute-(?P<scope>one|all)\.(?P<org>00D[A-Za-z0-9]{15})\.(?P<mark>[A-Za-z0-9_-]{22})"
    r"\.(?P<expires>[1-9][0-9]{9})"
)


class MuteScope(StrEnum):
    """What a link ends reminders about: one org, or all orgs of its address."""

    ONE_ORG = "one"
    ALL_ORGS = "all"


@dataclass(frozen=True, slots=True)
class MuteClaims:
    """What a link says.

    Attributes:
        org_id: The org, or with ``ALL_ORGS`` any that the address is known of.
        fingerprint: Of the address.
    """

    scope: MuteScope
    org_id: str
    fingerprint: str
    expires_at: datetime

    @property
    def text(self) -> str:
        """The part of the link that is signed; safe in an address as it is."""
        expires = int(self.expires_at.timestamp())
        return f"mute-{self.scope}.{self.org_id}.{self.fingerprint}.{expires}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what was signed.

        Raises:
            LinkRefused: It is not in the form of :attr:`text`.
        """
        match = _CLAIMS.fullmatch(text)
        if match is None:
            raise LinkRefused("This link is damaged or incomplete.")
        return cls(
            MuteScope(match["scope"]),
            match["org"],
            match["mark"],
            datetime.fromtimestamp(int(match["expires"]), UTC),
        )


def address_fingerprint(address: str) -> str:
    """22 URL-safe characters that tell an address from others, however it is written."""
    digest = hashlib.sha256(address.strip().lower().encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
