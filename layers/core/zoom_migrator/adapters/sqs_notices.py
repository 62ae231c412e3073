"""The queue of notices to tell and of buttons that were pressed, in SQS."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from zoom_migrator.adapters.aws import aws_calls
from zoom_migrator.domain.notice_order import NoticeOrder
from zoom_migrator.domain.notice_wire import body_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# Source: SQS API reference, SendMessage, "DelaySeconds".
_LONGEST_DELAY: Final = timedelta(minutes=15)


class SqsNoticeQueue:
    """The :class:`~zoom_migrator.notice_ports.NoticeQueue` of the deployed product."""

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, order: NoticeOrder, *, delay: timedelta = timedelta(0)) -> None:
        """See the port.

        Raises:
            InvalidSettings: There is no such queue, or access to it is denied.
        """
        seconds = max(int(min(delay, _LONGEST_DELAY).total_seconds()), 0)
        with aws_calls(f"SQS queue {self._queue_url}"):
            self._client.send_message(
                QueueUrl=self._queue_url, MessageBody=body_of(order), DelaySeconds=seconds
            )
