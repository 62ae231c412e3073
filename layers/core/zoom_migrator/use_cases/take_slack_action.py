"""Take a press on a button in Slack: check it, put it into the queue, and answer at once.

Slack waits three seconds; what follows from the press is worked on afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from zoom_migrator.domain.signed_request import SignatureVerdict, SignedRequest, verify
from zoom_migrator.domain.slack_press import REPLY_HOSTS, read_press
from zoom_migrator.notice_ports import NoticeQueue
from zoom_migrator.ports import Clock

_log = logging.getLogger(__name__)


class PressOutcome(StrEnum):
    """What became of a press. ``IGNORED``: it is signed, and answers nothing."""

    TAKEN = "taken"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PressAnswer:
    """What to answer, with an HTTP status; the body stays empty."""

    outcome: PressOutcome
    status: int


def take_slack_action(
    request: SignedRequest,
    secrets: Sequence[str],
    *,
    queue: NoticeQueue,
    clock: Clock,
    reply_hosts: Collection[str] = REPLY_HOSTS,
) -> PressAnswer:
    """Check the signature over the raw body, and have the press acted on.

    The same press sent twice is acted on twice, which answers nothing a second time.

    Args:
        secrets: The signing secrets that count at present, two while one is being replaced; an
            empty one counts for nothing.

    Raises:
        StoreUnavailable: The queue is out of reach; whoever pressed is told so by Slack.
    """
    now = clock.now()
    verdict = verify(request, secrets, now=now)
    if verdict is not SignatureVerdict.GENUINE:
        _log.warning("press_not_signed", extra={"verdict": verdict})
        return PressAnswer(PressOutcome.REFUSED, 401)
    order = read_press(request.body, at=now, reply_hosts=reply_hosts)
    if order is None:
        return PressAnswer(PressOutcome.IGNORED, 200)
    queue.put(order)
    return PressAnswer(PressOutcome.TAKEN, 200)
