"""Let everybody who subscribed know of what was recorded."""

from __future__ import annotations

from collections.abc import Sequence

from zoom_migrator.domain.notice import Notice
from zoom_migrator.domain.notice_events import event_of_notice, event_of_scan
from zoom_migrator.domain.scan import Scan
from zoom_migrator.notice_ports import EventBus
from zoom_migrator.ports import OrgRepository


def publish_notices(
    news: Sequence[Notice | Scan], *, orgs: OrgRepository, bus: EventBus
) -> list[int]:
    """Publish an event for each notice, and for each scan that is over.

    Whoever repeats it publishes the same events with the same ids again.

    Returns:
        The places in ``news`` of those that were not published, in order; repeat those.

    Raises:
        StoreUnavailable: The database cannot be reached; nothing was published.
    """
    org_ids = {each.org_id for each in news if isinstance(each, Notice)}
    known = orgs.get_many(org_ids) if org_ids else {}
    events = [
        event_of_scan(each)
        if isinstance(each, Scan)
        else event_of_notice(each, known.get(each.org_id))
        for each in news
    ]
    return bus.publish(events) if events else []
