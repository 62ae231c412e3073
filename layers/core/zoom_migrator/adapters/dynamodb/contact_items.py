"""Mutes, suppressed addresses and channels in trouble as items, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.fields import fields_of
from zoom_migrator.adapters.dynamodb.keys import (
    MUTE,
    MUTES,
    PARTITION,
    SORT,
    SUPPRESSION,
    TROUBLE,
    Item,
    address_partition,
    channel_partition,
    key,
)
from zoom_migrator.domain.mute import ChannelTrouble, Mute, Suppression
from zoom_migrator.domain.mute_link import address_fingerprint

# Whoever asks why somebody was not told finds it for so long after it is over.
_KEPT: Final = timedelta(days=90)


def mute_item(mute: Mute) -> Item:
    """The item of a mute."""
    return item_of(
        {
            PARTITION: MUTES,
            SORT: mute_sort(mute.org_id, mute.address),
            "org_id": mute.org_id,
            "address": mute.address,
            "until": mute.until,
            "by": mute.by,
            "at": mute.at,
            "reason": mute.reason,
            "ttl": None if mute.until is None else _ttl(mute.until),
        }
    )


def mute_sort(org_id: str, address: str) -> str:
    """Names a mute after its org and its address, of which only a fingerprint is in it."""
    return f"{MUTE}#{org_id}#{address_fingerprint(address) if address else ''}"


def mute_from(item: Item) -> Mute:
    """The mute of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    return Mute(
        org_id=fields.text("org_id"),
        address=fields.text("address"),
        until=fields.parsed("until", date.fromisoformat),
        by=fields.text("by"),
        at=fields.moment("at"),
        reason=fields.text("reason", ""),
    )


def suppression_item(suppression: Suppression) -> Item:
    """The item of a suppressed address; it has no time to live."""
    fingerprint = address_fingerprint(suppression.address)
    return key(address_partition(fingerprint), SUPPRESSION) | item_of(
        {
            "address": suppression.address,
            "cause": suppression.cause,
            "at": suppression.at,
            "detail": suppression.detail,
        }
    )


def suppression_from(item: Item) -> Suppression:
    """The suppressed address of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    return Suppression(
        address=fields.text("address"),
        cause=fields.text("cause"),
        at=fields.moment("at"),
        detail=fields.text("detail", ""),
    )


def trouble_item(trouble: ChannelTrouble, *, revision: int) -> Item:
    """The item of a channel in trouble."""
    return trouble_key(trouble.channel) | item_of(
        {
            "channel": trouble.channel,
            "error": trouble.error,
            "since": trouble.since,
            "at": trouble.at,
            "revision": revision,
        }
    )


def trouble_key(channel: str) -> Item:
    """The key of a channel in trouble."""
    return key(channel_partition(channel), TROUBLE)


def trouble_from(item: Item) -> ChannelTrouble:
    """The channel in trouble of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    return ChannelTrouble(
        channel=fields.text("channel"),
        error=fields.text("error"),
        since=fields.moment("since"),
        at=fields.moment("at"),
    )


def _ttl(until: date) -> int:
    return int((datetime.combine(until, time(), UTC) + _KEPT).timestamp())
