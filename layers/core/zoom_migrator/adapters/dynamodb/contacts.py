"""Who is not to be told, and which channels are in trouble, in the table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from zoom_migrator.adapters.dynamodb.contact_items import (
    mute_from,
    mute_item,
    mute_sort,
    suppression_from,
    suppression_item,
    trouble_from,
    trouble_item,
    trouble_key,
)
from zoom_migrator.adapters.dynamodb.fields import fields_of, readable
from zoom_migrator.adapters.dynamodb.keys import (
    MUTE,
    MUTES,
    SUPPRESSION,
    TROUBLE,
    address_partition,
    channel_partition,
    key,
)
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.mute import ChannelTrouble, Mute, Suppression
from zoom_migrator.domain.mute_link import address_fingerprint


class DynamoDbContactRepository:
    """The :class:`~zoom_migrator.notice_ports.ContactRepository` of the deployed product.

    All mutes are in one partition: there are few of them, and whoever tells a thousand orgs wants
    them in one query.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def mute(self, mute: Mute) -> None:
        """See the port."""
        self._table.put(mute_item(mute))

    def unmute(self, org_id: str, *, address: str = "") -> bool:
        """See the port."""
        return self._table.delete(MUTES, mute_sort(org_id, address))

    def mutes(self, org_ids: Collection[str]) -> list[Mute]:
        """See the port; a mute whose item is damaged is left out and logged."""
        wanted = {"", *org_ids}
        found = readable(self._table.query(MUTES, MUTE), mute_from)
        return sorted(
            (mute for mute in found if mute.org_id in wanted),
            key=lambda mute: (mute.org_id, mute.address),
        )

    def suppress(self, suppression: Suppression) -> None:
        """See the port."""
        try:
            self._table.put_revision(suppression_item(suppression), replaces=0)
        except ConcurrentModification:
            # It is suppressed by now, for the reason that came first.
            return

    def unsuppress(self, address: str) -> bool:
        """See the port."""
        return self._table.delete(address_partition(address_fingerprint(address)), SUPPRESSION)

    def suppressed(self, addresses: Collection[str]) -> Mapping[str, Suppression]:
        """See the port.

        Raises:
            InvariantViolation: A stored item is damaged: whether anything may be sent to its
                address is not known.
        """
        prints = {address: address_fingerprint(address) for address in addresses}
        keys = (key(address_partition(each), SUPPRESSION) for each in set(prints.values()))
        found = {
            address_fingerprint(each.address): each
            for each in map(suppression_from, self._table.get_many(keys))
        }
        return {address: found[each] for address, each in prints.items() if each in found}

    def note_trouble(self, trouble: ChannelTrouble) -> None:
        """See the port. Of two that note it at the same moment, one is enough."""
        try:
            self._table.put_revision(trouble_item(trouble, revision=1), replaces=0)
        except ConcurrentModification:
            self._note_again(trouble)

    def clear_trouble(self, channel: str) -> bool:
        """See the port."""
        return self._table.delete(channel_partition(channel), TROUBLE)

    def troubles(self, channels: Collection[str]) -> Mapping[str, ChannelTrouble]:
        """See the port; trouble whose item is damaged is left out and logged."""
        items = self._table.get_many(trouble_key(channel) for channel in dict.fromkeys(channels))
        return {each.channel: each for each in readable(items, trouble_from)}

    def _note_again(self, trouble: ChannelTrouble) -> None:
        item = self._table.get(channel_partition(trouble.channel), TROUBLE)
        if item is None:
            return
        stored, revision = trouble_from(item), fields_of(item).number("revision")
        newer = trouble_item(replace(trouble, since=stored.since), revision=revision + 1)
        try:
            self._table.put_revision(newer, replaces=revision)
        except ConcurrentModification:
            return
