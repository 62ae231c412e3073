"""What the table's stream says of notices that were recorded and of scans that are over."""

from __future__ import annotations

from typing import Final

from zoom_migrator.adapters.dynamodb.keys import NOTICE, SCAN, SORT, Item
from zoom_migrator.adapters.dynamodb.notice_items import notice_from
from zoom_migrator.adapters.dynamodb.scan_items import scan_from
from zoom_migrator.domain.notice import Notice
from zoom_migrator.domain.scan import Scan, ScanStatus

_OVER: Final = (ScanStatus.COMPLETED, ScanStatus.FAILED)


def news_of(image: Item) -> Notice | Scan | None:
    """What an item tells, or None where nobody is to be told of it.

    Args:
        image: The item as the change left it.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    sort = image.get(SORT, {}).get("S", "")
    if sort.startswith(NOTICE):
        return notice_from(image)
    if sort != SCAN:
        return None
    scan = scan_from(image)
    return scan if scan.status in _OVER else None
