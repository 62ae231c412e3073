"""Notices as items, and back."""

from __future__ import annotations

from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.fields import fields_of
from zoom_migrator.adapters.dynamodb.keys import (
    PARTITION,
    SORT,
    Item,
    notice_sort,
    org_partition,
)
from zoom_migrator.domain.notice import Notice, NoticeKind


def notice_item(notice: Notice) -> Item:
    """The item of a notice.

    It has no time to live: it is the proof of what people were told and when, and an attempt has
    a handful of them.
    """
    return item_of(
        {
            PARTITION: org_partition(notice.org_id),
            SORT: notice_sort(notice.attempt, notice.kind, notice.milestone),
            "org_id": notice.org_id,
            "attempt": notice.attempt,
            "kind": notice.kind,
            "at": notice.at,
            "milestone": notice.milestone,
            "facts": dict(notice.facts),
        }
    )


def notice_from(item: Item) -> Notice:
    """The notice of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    facts = fields.inner("facts")
    return Notice(
        org_id=fields.text("org_id"),
        attempt=fields.number("attempt"),
        kind=fields.choice("kind", NoticeKind),
        at=fields.moment("at"),
        milestone=fields.text("milestone", ""),
        facts={name: facts.text(name) for name in facts} if facts else {},
    )
