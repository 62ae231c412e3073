"""Which of Zoom's events were taken, in the table."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.fields import fields_of
from zoom_migrator.adapters.dynamodb.keys import EVENT, PARTITION, SORT, event_partition
from zoom_migrator.adapters.dynamodb.table import Table


class DynamoDbReplayGuard:
    """The :class:`~zoom_migrator.cleanup_ports.ReplayGuard` of the deployed product.

    Nothing of an event is stored but its fingerprint.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def has_seen(self, event_id: str, *, now: datetime) -> bool:
        """See the port; the table deletes days late, so the time that is stored decides.

        Raises:
            InvariantViolation: The stored item is damaged.
        """
        item = self._table.get(event_partition(event_id), EVENT)
        return item is not None and now < fields_of(item).moment("remembered_until")

    def remember(self, event_id: str, *, until: datetime) -> None:
        """See the port."""
        self._table.put(
            item_of(
                {
                    PARTITION: event_partition(event_id),
                    SORT: EVENT,
                    "remembered_until": until,
                    "ttl": ceil(until.timestamp()),
                }
            )
        )
