"""An answer ready for the wire, and how it travels."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

JSON: Final = "application/json;charset=UTF-8"


class Delivery(Enum):
    """How an answer travels."""

    WHOLE = auto()
    CLOSED_EARLY = auto()
    RESET_MID = auto()
    RESET_BEFORE = auto()


@dataclass(slots=True)
class Reply:
    """An answer ready for the wire."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
