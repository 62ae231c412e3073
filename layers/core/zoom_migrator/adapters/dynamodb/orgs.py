"""Orgs and their audit trail in the table."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from zoom_migrator.adapters.dynamodb.fields import readable
from zoom_migrator.adapters.dynamodb.keys import (
    AUDIT,
    FLEET_SHARDS,
    ORG,
    fleet_partition,
    id_in,
    key,
    org_partition,
)
from zoom_migrator.adapters.dynamodb.org_items import (
    audit_entry_from,
    audit_item,
    org_from,
    org_item,
)
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.limits import check_audit
from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.org import Org


class DynamoDbOrgRepository:
    """The :class:`~zoom_migrator.ports.OrgRepository` of the deployed product."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, org_id: str) -> Org | None:
        """See the port.

        Raises:
            InvariantViolation: The stored item is damaged.
        """
        item = self._table.get(org_partition(org_id), ORG)
        return org_from(item) if item else None

    def get_many(self, org_ids: Collection[str]) -> Mapping[str, Org]:
        """See the port; an org whose item is damaged is left out and logged."""
        wanted = dict.fromkeys(org_ids)
        items = self._table.get_many(key(org_partition(org_id), ORG) for org_id in wanted)
        found = {org.org_id: org for org in readable(items, org_from)}
        return {org_id: found[org_id] for org_id in wanted if org_id in found}

    def save(self, org: Org, audit: Sequence[AuditEntry] = ()) -> Org:
        """See the port."""
        check_audit(org.org_id, audit)
        saved = replace(org, revision=org.revision + 1)
        entries = [
            audit_item(entry, revision=saved.revision, position=position)
            for position, entry in enumerate(audit)
        ]
        self._table.put_revision(org_item(saved), replaces=org.revision, along=entries)
        return saved

    def list_ids(self) -> Iterator[str]:
        """See the port; ordered by shard, then by id."""
        for shard in range(FLEET_SHARDS):
            for partition in self._table.query_index(fleet_partition(shard)):
                yield id_in(partition)

    def audit_trail(self, org_id: str, *, limit: int) -> list[AuditEntry]:
        """See the port; a damaged entry is left out and logged."""
        items = self._table.query(org_partition(org_id), AUDIT, newest_first=True, limit=limit)
        return list(readable(items, audit_entry_from))
