"""What goes wrong with mail, switched on and off while the inbox runs."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, Field


class FaultKind(StrEnum):
    """What goes wrong.

    ``UNKNOWN_USER`` and ``TRY_LATER`` are answers to the recipient, ``REFUSED`` is one to the
    mail itself, and ``DROPPED`` closes the connection in its place.
    """

    UNKNOWN_USER = "unknown_user"
    TRY_LATER = "try_later"
    REFUSED = "refused"
    DROPPED = "dropped"


class Fault(BaseModel):
    """One fault.

    Attributes:
        kind: What goes wrong.
        address: Whose mail it hits; ``*`` stands for anything.
        times: How many mails it hits before it is gone; None means until it is cleared.
    """

    model_config = ConfigDict(extra="forbid")

    kind: FaultKind
    address: str = "*"
    times: int | None = Field(default=None, ge=1)

    def concerns(self, address: str) -> bool:
        """Say whether the fault is for mail to this address."""
        return fnmatchcase(address.lower(), self.address.lower())


class Faults:
    """The faults that are switched on. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        """Switch more faults on."""
        with self._lock:
            self._faults += [fault.model_copy() for fault in faults]

    def replace(self, faults: Iterable[Fault]) -> None:
        """Switch these faults on and all others off."""
        with self._lock:
            self._faults = [fault.model_copy() for fault in faults]

    def active(self) -> list[Fault]:
        """Return the faults that are on, with the number of mails they still hit."""
        with self._lock:
            return [fault.model_copy() for fault in self._faults]

    def take(self, kinds: Iterable[FaultKind], address: str) -> FaultKind | None:
        """Return what goes wrong with a mail, and count it."""
        with self._lock:
            for fault in self._faults:
                if fault.kind in kinds and fault.concerns(address):
                    if fault.times is not None:
                        fault.times -= 1
                    self._faults = [one for one in self._faults if one.times != 0]
                    return fault.kind
        return None
