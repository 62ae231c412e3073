"""What stands where a mail service would, in a stack that sends no mail."""

from __future__ import annotations

from zoom_migrator.domain.delivery import FailureKind, SendFailure, SendResult
from zoom_migrator.domain.notice_message import AnyMessage


class AbsentMailer:
    """A :class:`~zoom_migrator.notice_ports.Mailer` that sends nothing, and says so.

    Nobody is told by mail where there is no sender; an order from a time when there was one may
    still be in the queue.
    """

    def send(self, address: str, message: AnyMessage, *, unsubscribe_url: str = "") -> SendResult:
        """See the port."""
        return SendFailure(FailureKind.MESSAGE, "no_sender")
