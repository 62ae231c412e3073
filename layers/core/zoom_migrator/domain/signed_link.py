"""Links that only the product can make: who may do what, until when, and a signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Self

from zoom_migrator.domain.errors import LinkRefused

_DAMAGED: Final = "This link is damaged or incomplete."
_CLAIMS: Final = re.compile(
    r"(?P<purpose>[a-z]{3,20})\.(?P<org>00D[A-Za-z0-9]{15})\.(?P<attempt>[1-9][0-9]{0,5})"
    r"\.(?P<subject>[A-Za-z0-9_-]{22})\.(?P<expires>[1-9][0-9]{9})"
)
_SIGNATURE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
MAX_LINK_CHARACTERS: Final = 160


class LinkPurpose(StrEnum):
    """What a link is for; one made for one purpose is refused for any other."""

    UPGRADE = "upgrade"
    AUTHORIZE = "authorize"
    CLEANUP = "cleanup"


@dataclass(frozen=True, slots=True)
class LinkClaims:
    """What a link says.

    Attributes:
        subject: Unguessable id of what the link is about, such as an approval.
        expires_at: In whole seconds.
    """

    purpose: LinkPurpose
    org_id: str
    attempt: int
    subject: str
    expires_at: datetime

    @property
    def text(self) -> str:
        """The part of the link that is signed; safe in an address as it is."""
        expires = int(self.expires_at.timestamp())
        return f"{self.purpose}.{self.org_id}.{self.attempt}.{self.subject}.{expires}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what was signed.

        Raises:
            LinkRefused: It is not in the form of :attr:`text`.
        """
        match = _CLAIMS.fullmatch(text)
        if match is None or match["purpose"] not in set(LinkPurpose):
            raise LinkRefused(_DAMAGED)
        return cls(
            purpose=LinkPurpose(match["purpose"]),
            org_id=match["org"],
            attempt=int(match["attempt"]),
            subject=match["subject"],
            expires_at=datetime.fromtimestamp(int(match["expires"]), UTC),
        )


def split_link(link: str) -> tuple[str, str]:
    """The signed part of a link and its signature, before either is believed.

    Raises:
        LinkRefused: It is not in the form of a link.
    """
    claims, _, signature = link.rpartition(".")
    if len(link) > MAX_LINK_CHARACTERS or _SIGNATURE.fullmatch(signature) is None:
        raise LinkRefused(_DAMAGED)
    return claims, signature
