"""Tell one recipient: claim, send, and store what came of it, in that order.

Whoever sends has claimed before, so that nothing is sent twice. What was surely not sent is tried
again; what may have been sent never is. Every end is stored, and nothing is dropped without one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from zoom_migrator.domain.delivery import (
    Channel,
    Claim,
    DeliveryStatus,
    FailureKind,
    Recipient,
    SendFailure,
    SendResult,
    Sent,
)
from zoom_migrator.domain.errors import TransientError
from zoom_migrator.domain.mute import ChannelTrouble
from zoom_migrator.domain.notice_message import AnyMessage
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.use_cases.compose_message import Composer
from zoom_migrator.use_cases.gather_notices import Draft
from zoom_migrator.use_cases.notify_ports import NotifyPorts
from zoom_migrator.use_cases.settle_delivery import Claimed, Settler, Told

_BROKE_DOWN: Final = "whoever was sending it broke down"
_log = logging.getLogger(__name__)


def deliver(
    recipient: Recipient,
    drafts: Sequence[Draft],
    *,
    composer: Composer,
    ports: NotifyPorts,
    settings: NoticeSettings,
) -> Told:
    """Tell a recipient all of these in one message. What cannot be done is in the answer."""
    told = Told()
    teller = _Teller(Settler(recipient, told, ports, settings), composer, ports, settings)
    teller.tell(recipient, drafts)
    return told


class _Teller:
    """Tells one recipient."""

    def __init__(
        self, settler: Settler, composer: Composer, ports: NotifyPorts, settings: NoticeSettings
    ) -> None:
        self._settler = settler
        self._composer = composer
        self._ports = ports
        self._settings = settings

    def tell(self, recipient: Recipient, drafts: Sequence[Draft]) -> None:
        now = self._ports.clock.now()
        keys = [draft.key for draft in drafts]
        late = {draft.key.notice: draft.telling.late_by_days for draft in drafts}
        try:
            claims = self._ports.deliveries.claim(
                keys, at=now, late={ref: count for ref, count in late.items() if count}
            )
        except Exception as error:  # a damaged item, say: others are not to suffer for it
            if not isinstance(error, TransientError):
                _log.exception("notice_not_claimed")
            self._settler.repeat(drafts)
            return
        wanted = self._wanted(drafts, claims, now)
        if wanted:
            self._send(recipient, wanted)

    def _wanted(
        self, drafts: Sequence[Draft], claims: Sequence[Claim], now: datetime
    ) -> list[Claimed]:
        """Those that are ours to send; the others are seen to."""
        wanted: list[Claimed] = []
        for draft, claim in zip(drafts, claims, strict=True):
            if not claim.is_ours:
                self._see_to(draft, claim, now)
            elif draft.unwanted:
                self._settler.end(
                    [(draft, claim.delivery)], DeliveryStatus.SUPPRESSED, error=draft.unwanted
                )
            else:
                wanted.append((draft, claim.delivery))
        return wanted

    def _see_to(self, draft: Draft, claim: Claim, now: datetime) -> None:
        """What becomes of a delivery that somebody else has, or has had."""
        delivery = claim.delivery
        if delivery.is_stale(now, self._settings.lease):
            _log.error("notice_may_be_sent", extra={"org_id": draft.key.notice.org_id})
            self._settler.end([(draft, delivery)], DeliveryStatus.UNKNOWN, error=_BROKE_DOWN)
        elif not delivery.status.is_final:
            # Should whoever has it break down, somebody has to notice.
            self._settler.repeat([draft])
        elif delivery.status is DeliveryStatus.FAILED and not draft.unwanted:
            # Whoever gave up may not have come to telling the operators.
            self._settler.tell_operators([draft], delivery.error)

    def _send(self, recipient: Recipient, claimed: Sequence[Claimed]) -> None:
        try:
            trouble = self._trouble(recipient)
            if trouble is not None and trouble.is_left_alone(self._ports.clock.now()):
                refused = SendFailure(FailureKind.MESSAGE, f"left alone: {trouble.error}")
                self._settler.settle(claimed, refused)
                return
            drafts = [draft for draft, _ in claimed]
            message = self._composer.compose(drafts)
            unsubscribe = self._composer.unsubscribe_url(drafts, message)
        except Exception as error:  # whatever it is, nothing was sent, and others are not to suffer
            self._not_composed(claimed, error)
            return
        result = self._sent(recipient, message, unsubscribe)
        self._settler.settle(claimed, result)
        if isinstance(result, Sent) and trouble is not None:
            self._clear(trouble)

    def _sent(self, recipient: Recipient, message: AnyMessage, unsubscribe: str) -> SendResult:
        try:
            if recipient.channel is Channel.SLACK:
                return self._ports.slack.post(recipient.address, message)
            return self._ports.mailer.send(recipient.address, message, unsubscribe_url=unsubscribe)
        except TransientError as error:
            return SendFailure(FailureKind.TRANSIENT, type(error).__name__)
        except Exception as error:  # a mistake of ours: nobody knows how far it came
            _log.exception("notice_sending_broke")
            return SendFailure(FailureKind.UNKNOWN, type(error).__name__)

    def _not_composed(self, claimed: Sequence[Claimed], error: Exception) -> None:
        if not isinstance(error, TransientError):
            _log.exception("notice_not_composed")
        self._settler.end(claimed, DeliveryStatus.WAITING, error=type(error).__name__)
        # The queue counts how often, and puts what never succeeds where an alarm watches.
        self._settler.repeat(draft for draft, _ in claimed)

    def _trouble(self, recipient: Recipient) -> ChannelTrouble | None:
        if recipient.channel is not Channel.SLACK:
            return None
        channel = recipient.address
        return self._ports.contacts.troubles([channel]).get(channel)

    def _clear(self, trouble: ChannelTrouble) -> None:
        try:
            self._ports.contacts.clear_trouble(trouble.channel)
        except TransientError:
            # The next message that goes through clears it.
            _log.warning("trouble_not_cleared", extra={"slack_channel": trouble.channel})
