"""Orgs and their audit trail in memory."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from zoom_migrator.adapters.limits import check_audit
from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.org import Org


class InMemoryOrgRepository:
    """An :class:`~zoom_migrator.ports.OrgRepository` that lasts as long as the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orgs: dict[str, Org] = {}
        self._audit: defaultdict[str, list[AuditEntry]] = defaultdict(list)

    def get(self, org_id: str) -> Org | None:
        """See the port."""
        with self._lock:
            org = self._orgs.get(org_id)
        return _detached(org) if org else None

    def get_many(self, org_ids: Collection[str]) -> Mapping[str, Org]:
        """See the port."""
        found = {org_id: self.get(org_id) for org_id in org_ids}
        return {org_id: org for org_id, org in found.items() if org is not None}

    def save(self, org: Org, audit: Sequence[AuditEntry] = ()) -> Org:
        """See the port."""
        check_audit(org.org_id, audit)
        with self._lock:
            saved = self._next(org)
            self._orgs[org.org_id] = saved
            self._audit[org.org_id].extend(audit)
        return _detached(saved)

    def save_along(
        self,
        store: Callable[[], None],
        *,
        org_id: str,
        org: Org | None,
        audit: Sequence[AuditEntry],
    ) -> None:
        """Store what ``store`` does, an org and audit entries with it, all or nothing.

        Args:
            store: Called while nobody else saves an org; what it raises undoes everything.
            org_id: The org that the entries are about.
            org: The org with the revision it was read at, or None where it stays as it is.

        Raises:
            ConcurrentModification: The stored revision of the org is another one.
        """
        with self._lock:
            saved = self._next(org) if org else None
            store()
            if saved is not None:
                self._orgs[org_id] = saved
            self._audit[org_id].extend(audit)

    def _next(self, org: Org) -> Org:
        stored = self._orgs.get(org.org_id)
        if org.revision != (stored.revision if stored else 0):
            raise ConcurrentModification(f"Org {org.org_id} was changed by somebody else.")
        return _detached(replace(org, revision=org.revision + 1))

    def list_ids(self) -> Iterator[str]:
        """See the port; ordered by id."""
        with self._lock:
            ids = sorted(self._orgs)
        return iter(ids)

    def audit_trail(self, org_id: str, *, limit: int) -> list[AuditEntry]:
        """See the port."""
        with self._lock:
            entries = list(self._audit.get(org_id, ()))
        oldest_first = sorted(entries, key=lambda entry: entry.at)
        return oldest_first[::-1][: max(limit, 0)]


def _detached(org: Org) -> Org:
    """The same org, sharing with nobody the one thing in it that could be changed in place."""
    if org.snapshot is None:
        return org
    return replace(org, snapshot=replace(org.snapshot, unknown=dict(org.snapshot.unknown)))
