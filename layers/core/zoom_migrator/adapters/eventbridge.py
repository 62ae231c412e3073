"""The product's own bus, in EventBridge."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from zoom_migrator.adapters.aws import aws_calls
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.product_event import SOURCE, ProductEvent

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

# Source: EventBridge user guide, "PutEvents": entries and bytes of one request. An entry counts
# its time as 14 bytes, and its source, type and detail by their length.
_MAX_ENTRIES: Final = 10
_MAX_BYTES: Final = 262_144
_BYTES_OF_TIME: Final = 14
_log = logging.getLogger(__name__)

type _Entry = tuple[int, PutEventsRequestEntryTypeDef]


class EventBridgeBus:
    """The :class:`~zoom_migrator.notice_ports.EventBus` of the deployed product."""

    def __init__(self, client: EventBridgeClient, bus_name: str) -> None:
        self._client = client
        self._bus_name = bus_name

    def publish(self, events: Sequence[ProductEvent]) -> list[int]:
        """See the port.

        Raises:
            InvalidSettings: There is no such bus, or access to it is denied.
        """
        entries = [(place, self._entry(event)) for place, event in enumerate(events)]
        failed = [place for some in _requests(entries) for place in self._put(some)]
        return sorted(failed)

    def _entry(self, event: ProductEvent) -> PutEventsRequestEntryTypeDef:
        return {
            "EventBusName": self._bus_name,
            "Source": SOURCE,
            "DetailType": event.detail_type,
            "Time": event.at,
            "Detail": json.dumps(event.detail, ensure_ascii=False, separators=(",", ":")),
        }

    def _put(self, entries: Sequence[_Entry]) -> Iterator[int]:
        """Put some events on the bus, and name the places of those that were not taken."""
        try:
            with aws_calls(f"EventBridge bus {self._bus_name}"):
                answers = self._client.put_events(Entries=[entry for _, entry in entries])
        except StoreUnavailable as error:
            _log.warning("bus_unavailable", extra={"reason": error.message})
            yield from (place for place, _ in entries)
            return
        for (place, _), answer in zip(entries, answers["Entries"], strict=True):
            if not answer.get("EventId"):
                _log.warning("event_not_taken", extra={"reason": answer.get("ErrorCode", "")})
                yield place


def _requests(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    """Entries in as many parts as there have to be requests."""
    some: list[_Entry] = []
    size = 0
    for place, entry in entries:
        needed = _bytes_of(entry)
        if some and (len(some) == _MAX_ENTRIES or size + needed > _MAX_BYTES):
            yield some
            some, size = [], 0
        some.append((place, entry))
        size += needed
    if some:
        yield some


def _bytes_of(entry: PutEventsRequestEntryTypeDef) -> int:
    texts = (entry["Source"], entry["DetailType"], entry["Detail"])
    return _BYTES_OF_TIME + sum(len(text.encode()) for text in texts)
