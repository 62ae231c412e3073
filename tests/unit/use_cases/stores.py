"""Stores in memory to which something happens at the worst moment."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.adapters.memory.scans import InMemoryScanRepository
from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.scan import Scan, ScanResult

type Happening = Callable[[], object]


def fails_with(error: Exception) -> Happening:
    """A happening that ends the write it comes before."""

    def raise_it() -> None:
        raise error

    return raise_it


class EventfulOrgs(InMemoryOrgRepository):
    """Orgs in memory; things happen just before some of them are stored."""

    def __init__(self) -> None:
        super().__init__()
        self._happenings: deque[Happening | None] = deque()
        self.always: Happening | None = None
        self.always_with: Callable[[Org], object] | None = None

    def before_saves(self, *happenings: Happening | None) -> None:
        """Line up what happens before the next saves, one each."""
        self._happenings.extend(happenings)

    def save(self, org: Org, audit: Sequence[AuditEntry] = ()) -> Org:
        """Let it happen, then store."""
        happening = self._happenings.popleft() if self._happenings else self.always
        if happening is not None:
            happening()
        if self.always_with is not None:
            self.always_with(org)
        return super().save(org, audit)


class EventfulScans(InMemoryScanRepository):
    """Scans in memory; things happen just before some writes."""

    def __init__(self) -> None:
        super().__init__()
        self.before_save: deque[Happening] = deque()
        self.before_results: deque[Happening | None] = deque()

    def save(self, scan: Scan) -> Scan:
        """Let it happen, then store."""
        if self.before_save:
            self.before_save.popleft()()
        return super().save(scan)

    def put_results(self, results: Sequence[ScanResult]) -> None:
        """Let it happen, then store."""
        happening = self.before_results.popleft() if self.before_results else None
        if happening is not None:
            happening()
        super().put_results(results)
