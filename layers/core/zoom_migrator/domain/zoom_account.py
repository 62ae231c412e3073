"""What Zoom says of the person who consented, and of what that person may use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.org import ZoomProduct


class Possession(StrEnum):
    """Whether a product is there."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ZoomUser:
    """Who consented. Source: ``GET /v2/users/me``.

    Attributes:
        user_type: Zoom's ``type``: 1 basic, 2 licensed, 4 unassigned, 99 none; None where it was
            not told.
    """

    user_id: str
    account_id: str
    email: str
    user_type: int | None = None
    role_name: str = ""


@dataclass(frozen=True, slots=True)
class ZoomProducts:
    """Which products the person who consented may use.

    Source: ``feature`` of ``GET /v2/users/me/settings``, and the user's type for Meetings. That is
    what the *person* has; whether the account bought more is only told to billing roles.
    """

    meetings: Possession = Possession.UNKNOWN
    phone: Possession = Possession.UNKNOWN
    webinar: Possession = Possession.UNKNOWN

    def of(self, product: ZoomProduct) -> Possession:
        """Whether a product is there."""
        return {
            ZoomProduct.MEETINGS: self.meetings,
            ZoomProduct.PHONE: self.phone,
            ZoomProduct.WEBINAR: self.webinar,
        }[product]

    def lacking(self, chosen: Iterable[ZoomProduct]) -> tuple[ZoomProduct, ...]:
        """Those of the chosen products that are surely not there."""
        return tuple(product for product in chosen if self.of(product) is Possession.NO)

    def unproven(self, chosen: Iterable[ZoomProduct]) -> tuple[ZoomProduct, ...]:
        """Those of the chosen products of which nothing is known."""
        return tuple(product for product in chosen if self.of(product) is Possession.UNKNOWN)


NOTHING_KNOWN: Final = ZoomProducts()
"""Of no product is anything known."""
