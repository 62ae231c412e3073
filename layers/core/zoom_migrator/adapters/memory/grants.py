"""Grants, and which org uses which, in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

from zoom_migrator.adapters.limits import check_link
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.grant import Grant, GrantLink


class InMemoryGrantRepository:
    """A :class:`~zoom_migrator.oauth_ports.GrantRepository` that lasts as long as the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grants: dict[str, Grant] = {}
        self._links: dict[str, GrantLink] = {}

    def get(self, grant_id: str) -> Grant | None:
        """See the port."""
        with self._lock:
            return self._grants.get(grant_id)

    def save(self, grant: Grant, *, link: GrantLink | None = None) -> Grant:
        """See the port."""
        check_link(grant, link)
        saved = replace(grant, revision=grant.revision + 1)
        with self._lock:
            stored = self._grants.get(grant.grant_id)
            if grant.revision != (stored.revision if stored else 0):
                raise ConcurrentModification(
                    f"Grant {grant.grant_id} was changed by somebody else."
                )
            self._grants[grant.grant_id] = saved
            if link is not None:
                self._links[link.org_id] = link
        return saved

    def link_of(self, org_id: str) -> GrantLink | None:
        """See the port."""
        with self._lock:
            return self._links.get(org_id)

    def list_ids(self) -> Iterator[str]:
        """See the port; ordered by id."""
        with self._lock:
            ids = sorted(self._grants)
        return iter(ids)
