"""Faults of a simulator that are switched on, each for so many requests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self


class CountedFault(Protocol):
    """A fault that hits so many requests; None means until it is cleared."""

    @property
    def times(self) -> int | None:
        """How many requests it hits before it is gone."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """The same with other values, as pydantic's models do it."""


@dataclass(slots=True)
class _Armed[F]:
    fault: F
    remaining: int | None


class ArmedFaults[F: CountedFault]:
    """The faults that are switched on. May be used from any thread."""

    def __init__(self, faults: Iterable[F] = ()) -> None:
        self._lock = threading.Lock()
        self._armed = _armed(faults)

    def __bool__(self) -> bool:
        return bool(self._armed)

    def add(self, *faults: F) -> None:
        """Switch more faults on."""
        with self._lock:
            self._armed += _armed(faults)

    def replace(self, faults: Iterable[F]) -> None:
        """Switch these faults on and all others off."""
        with self._lock:
            self._armed = _armed(faults)

    def clear(self) -> None:
        """Switch all faults off."""
        self.replace(())

    def active(self) -> list[F]:
        """Return the faults that are on, with the number of requests they still hit."""
        with self._lock:
            return [one.fault.model_copy(update={"times": one.remaining}) for one in self._armed]

    def _take(self, hits: Callable[[F], bool], *, combines: Callable[[F], bool]) -> list[F]:
        """Return the faults that hit a request, and count it.

        Args:
            combines: Whether a fault goes together with others; of the rest, only the first hits.
        """
        if not self._armed:
            return []
        with self._lock:
            taken: list[_Armed[F]] = []
            replaced = False
            for armed in self._armed:
                combining = combines(armed.fault)
                if (combining or not replaced) and hits(armed.fault):
                    replaced = replaced or not combining
                    taken.append(armed)
            self._count(taken)
            return [armed.fault for armed in taken]

    def _take_first(self, hits: Callable[[F], bool]) -> F | None:
        """Return the first fault that hits, and count it."""
        with self._lock:
            for armed in self._armed:
                if hits(armed.fault):
                    self._count([armed])
                    return armed.fault
        return None

    def _count(self, taken: Iterable[_Armed[F]]) -> None:
        for armed in taken:
            if armed.remaining is not None:
                armed.remaining -= 1
        self._armed = [armed for armed in self._armed if armed.remaining != 0]


def _armed[F: CountedFault](faults: Iterable[F]) -> list[_Armed[F]]:
    return [_Armed(fault, fault.times) for fault in faults]
