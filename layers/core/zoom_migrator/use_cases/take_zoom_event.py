"""Take what Zoom's webhook says: check it, put work into the queue, and answer at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from zoom_migrator.cleanup_ports import ProbeQueue, ReplayGuard
from zoom_migrator.domain.grant import grant_id
from zoom_migrator.domain.signed_request import (
    ZOOM_AND_SLACK,
    SignatureVerdict,
    SignedRequest,
    signing_secret,
    verify,
)
from zoom_migrator.domain.zoom_event import (
    Deauthorized,
    OtherEvent,
    ProbeOrder,
    UrlChallenge,
    event_id,
    read_event,
)
from zoom_migrator.oauth_ports import GrantRepository
from zoom_migrator.ports import Clock

# An unsigned event may have a grant looked at this often, whoever sends it.
_UNSIGNED_EVERY: Final = timedelta(hours=1)
_log = logging.getLogger(__name__)


class EventOutcome(StrEnum):
    """What became of an event.

    ``SUSPECTED``: it was not signed as it should be, and had the grant it names looked at all the
    same. Zoom is told that it was refused.
    """

    ANSWERED = "answered"
    TAKEN = "taken"
    REPEATED = "repeated"
    IGNORED = "ignored"
    SUSPECTED = "suspected"
    REFUSED = "refused"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """What to answer, with an HTTP status.

    Attributes:
        body: A JSON document; empty where nothing is said.
    """

    outcome: EventOutcome
    status: int
    body: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class EventPorts:
    """What taking events needs."""

    grants: GrantRepository
    guard: ReplayGuard
    queue: ProbeQueue
    clock: Clock


def take_zoom_event(
    request: SignedRequest, secrets: Sequence[str], *, ports: EventPorts
) -> EventAnswer:
    """Check the signature over the raw body, and act as far as that allows.

    Nothing is proven here: even a signed event only has a grant looked at, and what Zoom says to
    that look decides.

    Args:
        secrets: The secret tokens that count at present, two while one is being replaced.

    Raises:
        StoreUnavailable: The store or the queue is out of reach; Zoom sends it again.
    """
    now = ports.clock.now()
    verdict, event = verify(request, secrets, now=now), read_event(request.body)
    if verdict is not SignatureVerdict.GENUINE:
        outcome = EventOutcome.REFUSED
        if isinstance(event, Deauthorized) and _suspect(event, ports):
            outcome = EventOutcome.SUSPECTED
        _log.warning("event_not_signed", extra={"verdict": verdict, "outcome": outcome})
        return EventAnswer(outcome, 401)
    match event:
        case None:
            return EventAnswer(EventOutcome.MALFORMED, 400)
        case UrlChallenge():
            secret = signing_secret(request, secrets) or ""
            return EventAnswer(EventOutcome.ANSWERED, 200, event.answer(secret))
        case OtherEvent(name=name):
            _log.info("event_ignored", extra={"event_name": name})
            return EventAnswer(EventOutcome.IGNORED, 200)
        case Deauthorized():
            return EventAnswer(_take(event, event_id(request.body, request.timestamp), ports), 200)


def _take(event: Deauthorized, key: str, ports: EventPorts) -> EventOutcome:
    """Put a signed event into the queue, once.

    It is remembered only after the queue has it: of a crash in between comes a second look at a
    grant, which is harmless, and not a lost event.
    """
    now = ports.clock.now()
    if ports.guard.has_seen(key, now=now):
        return EventOutcome.REPEATED
    ports.queue.put(ProbeOrder.by(event, is_signed=True))
    ports.guard.remember(key, until=now + 2 * ZOOM_AND_SLACK.tolerance)
    return EventOutcome.TAKEN


def _suspect(event: Deauthorized, ports: EventPorts) -> bool:
    """Have the grant looked at that an unsigned event names, if there is one, and not too often.

    Zoom's signature of this very event was reported not to match, so it is not simply dropped.
    """
    now = ports.clock.now()
    named = grant_id(event.client_id, event.account_id, event.user_id)
    key = f"unsigned:{named}"
    if ports.grants.get(named) is None or ports.guard.has_seen(key, now=now):
        return False
    ports.queue.put(ProbeOrder.by(event, is_signed=False))
    ports.guard.remember(key, until=now + _UNSIGNED_EVERY)
    return True
