"""Deliveries as items, and back."""

from __future__ import annotations

from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.fields import fields_of
from zoom_migrator.adapters.dynamodb.keys import (
    PARTITION,
    SORT,
    Item,
    deliveries_sort,
    partition_of_notices,
)
from zoom_migrator.domain.delivery import (
    Channel,
    Delivery,
    DeliveryKey,
    DeliveryStatus,
    Recipient,
)
from zoom_migrator.domain.mute_link import address_fingerprint
from zoom_migrator.domain.notice import NoticeKind, NoticeRef

STATUS = "status"


def delivery_item(delivery: Delivery) -> Item:
    """The item of a delivery; its tries are its revision.

    It has no time to live, like the notice that it is about.
    """
    notice, recipient, again = delivery.key
    return item_of(
        {
            PARTITION: partition_of_notices(notice.org_id),
            SORT: delivery_sort(delivery.key),
            "org_id": notice.org_id,
            "attempt": notice.attempt,
            "kind": notice.kind,
            "milestone": notice.milestone,
            "channel": recipient.channel,
            "address": recipient.address,
            "again": again,
            STATUS: delivery.status,
            "at": delivery.at,
            "revision": delivery.tries,
            "provider_id": delivery.provider_id,
            "error": delivery.error,
            "late_by_days": delivery.late_by_days,
        }
    )


def delivery_sort(key: DeliveryKey) -> str:
    """Names a delivery after all that tells it apart.

    Of the address only a fingerprint is in it: keys are shown in errors.
    """
    notice, recipient, again = key
    begin = deliveries_sort(notice.attempt, notice.kind, notice.milestone)
    return f"{begin}{recipient.channel}#{address_fingerprint(recipient.address)}#{again}"


def delivery_from(item: Item) -> Delivery:
    """The delivery of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    notice = NoticeRef(
        fields.text("org_id"),
        fields.number("attempt"),
        fields.choice("kind", NoticeKind),
        fields.text("milestone", ""),
    )
    recipient = Recipient(fields.choice("channel", Channel), fields.text("address"))
    return Delivery(
        key=DeliveryKey(notice, recipient, fields.number("again", 0)),
        status=fields.choice(STATUS, DeliveryStatus),
        at=fields.moment("at"),
        tries=fields.number("revision"),
        provider_id=fields.text("provider_id", ""),
        error=fields.text("error", ""),
        late_by_days=fields.number("late_by_days", 0),
    )
