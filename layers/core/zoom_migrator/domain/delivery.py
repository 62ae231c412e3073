"""What became of telling one recipient of one notice: at most once, and never silently nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from zoom_migrator.domain.notice import NoticeRef

MAX_ERROR_CHARACTERS: Final = 300


class Channel(StrEnum):
    """By which way people are told."""

    SLACK = "slack"
    EMAIL = "email"


class Recipient(NamedTuple):
    """Whom to tell.

    Attributes:
        address: An e-mail address in lower case; the name or id of a Slack channel, or empty for
            the one that an incoming webhook leads to.
    """

    channel: Channel
    address: str


class DeliveryKey(NamedTuple):
    """What may be sent once at most.

    Attributes:
        again: How many times before an operator had it sent again on purpose.
    """

    notice: NoticeRef
    recipient: Recipient
    again: int = 0


class DeliveryStatus(StrEnum):
    """Where a delivery stands.

    ``CLAIMED``: somebody is sending it at this moment. ``WAITING``: it was surely not sent, and is
    tried again. ``SENT``: the service took it. ``FAILED``: it was surely not sent, and is not
    tried again by itself. ``UNKNOWN``: it may have been sent; so it is not sent again by itself.
    ``SUPPRESSED``: it was not to be sent, and the reason is kept.
    """

    CLAIMED = "claimed"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"

    @property
    def is_final(self) -> bool:
        """Whether nothing more comes of it by itself."""
        return self not in (DeliveryStatus.CLAIMED, DeliveryStatus.WAITING)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far the telling of one notice to one recipient is.

    Attributes:
        at: When it got its present status.
        tries: How many times it was claimed; each claim has its own number.
        provider_id: What the service calls it: a Slack timestamp or an SES message id.
        error: Why it was not sent, or may not have been; never an address or a secret.
        late_by_days: How long after its day it was made; only of milestones.
    """

    key: DeliveryKey
    status: DeliveryStatus
    at: datetime
    tries: int = 1
    provider_id: str = ""
    error: str = ""
    late_by_days: int = 0

    def ended(
        self, status: DeliveryStatus, at: datetime, *, provider_id: str = "", error: str = ""
    ) -> Delivery:
        """The delivery with what came of its last claim."""
        cut = error[:MAX_ERROR_CHARACTERS]
        return replace(self, status=status, at=at, provider_id=provider_id, error=cut)

    def is_stale(self, now: datetime, lease: timedelta) -> bool:
        """Whether whoever claimed it must have broken down, before or after sending."""
        return self.status is DeliveryStatus.CLAIMED and now - self.at >= lease


@dataclass(frozen=True, slots=True)
class Claim:
    """What came of claiming a delivery.

    Attributes:
        delivery: As it is stored now.
        is_ours: Whether this very call claimed it, so that only its caller may send.
    """

    delivery: Delivery
    is_ours: bool


class FailureKind(StrEnum):
    """What a channel's refusal means.

    ``ADDRESS``: this channel or address takes nothing, until somebody mends it. ``ACCESS``: we may
    send nothing at all, whoever it is for. ``MESSAGE``: this message is not acceptable.
    ``RATE_LIMITED`` and ``TRANSIENT``: surely not sent, try again. ``UNKNOWN``: it may have been
    sent.
    """

    ADDRESS = "address"
    ACCESS = "access"
    MESSAGE = "message"
    RATE_LIMITED = "rate_limited"
    TRANSIENT = "transient"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sent:
    """The service took it.

    Attributes:
        provider_id: What the service calls it; empty where it does not say.
    """

    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class SendFailure:
    """The service did not take it, or did not say so.

    Attributes:
        error: The service's own word for it, such as ``channel_not_found``; no address, no secret.
        retry_after: How long the service asks to wait, where it does.
    """

    kind: FailureKind
    error: str
    retry_after: timedelta | None = None


type SendResult = Sent | SendFailure
