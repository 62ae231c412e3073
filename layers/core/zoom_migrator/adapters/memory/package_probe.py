"""Packages in memory that show that they are connected, or do not."""

from __future__ import annotations

import threading

from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.verification import ConnectionProbe, PackageConnection


class InMemoryPackageProbe:
    """A :class:`~zoom_migrator.cleanup_ports.PackageProbe` that answers what it was told to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, PackageConnection | CheckFailure] = {}
        self._probed: list[tuple[str, ConnectionProbe]] = []

    def will_answer(self, org_id: str, answer: PackageConnection | CheckFailure) -> None:
        """What probes of an org find from now on."""
        with self._lock:
            self._answers[org_id] = answer

    @property
    def probed(self) -> list[tuple[str, ConnectionProbe]]:
        """Which orgs were looked at so far, and where."""
        with self._lock:
            return list(self._probed)

    def probe(
        self, registration: OrgRegistration, probe: ConnectionProbe
    ) -> PackageConnection | CheckFailure:
        """See the port; an org that it was not told of shows nothing."""
        with self._lock:
            self._probed.append((registration.org_id, probe))
            return self._answers.get(registration.org_id, PackageConnection.NOT_SHOWN)
