"""An event on the product's own bus, as anybody may subscribe to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from zoom_migrator.domain.notice import NoticeKind, NoticeRef

SOURCE: Final = "zoom_migrator"
SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class ProductEvent:
    """One event.

    Attributes:
        detail: What ``events/schemas/KIND.json`` describes; never a secret or a signed link.
    """

    ref: NoticeRef
    at: datetime
    detail: Mapping[str, object]

    @property
    def detail_type(self) -> str:
        """The kind in words, as rules of EventBridge match it."""
        return detail_type_of(self.ref.kind)


def detail_type_of(kind: NoticeKind) -> str:
    """A kind in words, such as ``Upgrade Approval Needed``."""
    return kind.replace("_", " ").title()
