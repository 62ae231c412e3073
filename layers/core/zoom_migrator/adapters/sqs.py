"""The queue of orders to find out whether grants still work, in SQS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from zoom_migrator.adapters.aws import aws_calls
from zoom_migrator.domain.errors import InvalidTaskInput
from zoom_migrator.domain.zoom_event import ProbeOrder

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# Raised only where a reader of the former version would do the wrong thing.
MESSAGE_VERSION: Final = 1
_MAX_ID_CHARACTERS: Final = 128


class SqsProbeQueue:
    """The :class:`~zoom_migrator.cleanup_ports.ProbeQueue` of the deployed product.

    An order may arrive twice, or after a later one; looking at a grant once more does no harm.
    """

    def __init__(self, client: SQSClient, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, order: ProbeOrder) -> None:
        """See the port."""
        with aws_calls(f"SQS queue {self._queue_url}"):
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=message_of(order))


def message_of(order: ProbeOrder) -> str:
    """An order as it stands in the queue."""
    return json.dumps(
        {
            "version": MESSAGE_VERSION,
            "client_id": order.client_id,
            "account_id": order.account_id,
            "user_id": order.user_id,
            "is_signed": order.is_signed,
        }
    )


def probe_order(body: str) -> ProbeOrder:
    """The order of a message; what a later release may have added is ignored.

    Raises:
        InvalidTaskInput: It is none, or one that a later release means otherwise. Nothing of the
            message is repeated.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidTaskInput("A message in the probe queue is no JSON document.") from None
    match message:
        case {"version": int(version)} if version != MESSAGE_VERSION:
            raise InvalidTaskInput(
                f"A message in the probe queue has version {version}; only {MESSAGE_VERSION} is "
                "known.",
                remedy="Was it sent by a newer release? Deploy that one again.",
            )
        case {
            "version": int(),
            "client_id": str(client_id),
            "account_id": str(account_id),
            "user_id": str(user_id),
            "is_signed": bool(is_signed),
        } if all(_is_id(each) for each in (client_id, account_id, user_id)):
            return ProbeOrder(client_id, account_id, user_id, is_signed)
    raise InvalidTaskInput("A message in the probe queue is not an order to look at grants.")


def _is_id(text: str) -> bool:
    return 0 < len(text) <= _MAX_ID_CHARACTERS
