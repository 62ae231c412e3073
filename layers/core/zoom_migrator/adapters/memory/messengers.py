"""Channels that keep what they are given, and a bus and a queue to look into."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from zoom_migrator.domain.delivery import FailureKind, SendFailure, SendResult, Sent
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.notice_message import AnyMessage
from zoom_migrator.domain.notice_order import NoticeOrder
from zoom_migrator.domain.product_event import ProductEvent

# As SQS keeps a message back at most.
_LONGEST_DELAY: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A message as it was sent."""

    address: str
    message: AnyMessage
    unsubscribe_url: str = ""


class _Outbox:
    """Keeps messages, and answers as it was told to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: list[PostedMessage] = []
        self._answers: deque[SendResult] = deque()
        self._refusals: dict[str, SendFailure] = {}
        self._numbers = itertools.count(1)

    @property
    def sent(self) -> list[PostedMessage]:
        """Every message that was taken, in that order."""
        with self._lock:
            return list(self._sent)

    def will_answer(self, *results: SendResult) -> None:
        """Let the next messages be answered like this, one each.

        A failure of kind ``UNKNOWN`` comes after the message was taken.
        """
        with self._lock:
            self._answers.extend(results)

    def refuse(self, address: str, failure: SendFailure) -> None:
        """Let an address take nothing from now on."""
        with self._lock:
            self._refusals[address] = failure

    def accept(self, address: str) -> None:
        """Let an address take messages again."""
        with self._lock:
            self._refusals.pop(address, None)

    def _take(self, posted: PostedMessage) -> SendResult:
        with self._lock:
            number = next(self._numbers)
            answer = self._answers.popleft() if self._answers else None
            answer = answer or self._refusals.get(posted.address) or Sent(f"message-{number}")
            if isinstance(answer, Sent) or answer.kind is FailureKind.UNKNOWN:
                self._sent.append(posted)
            return answer


class InMemorySlackChannel(_Outbox):
    """A :class:`~zoom_migrator.notice_ports.SlackChannel` without a Slack."""

    def __init__(self, *, takes_presses: bool = True) -> None:
        """Say whether its messages may have buttons that answer."""
        super().__init__()
        self._takes_presses = takes_presses
        self.replies: list[tuple[str, str]] = []

    def takes_presses(self) -> bool:
        """See the port."""
        return self._takes_presses

    def post(self, address: str, message: AnyMessage) -> SendResult:
        """See the port."""
        return self._take(PostedMessage(address, message))

    def reply(self, reply_url: str, text: str) -> SendResult:
        """See the port."""
        self.replies.append((reply_url, text))
        return Sent()


class InMemoryMailer(_Outbox):
    """A :class:`~zoom_migrator.notice_ports.Mailer` without a mail service."""

    def send(self, address: str, message: AnyMessage, *, unsubscribe_url: str = "") -> SendResult:
        """See the port."""
        return self._take(PostedMessage(address, message, unsubscribe_url))


class InMemoryEventBus:
    """An :class:`~zoom_migrator.notice_ports.EventBus` that tests look into."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[ProductEvent] = []
        self.refused: set[int] = set()

    @property
    def events(self) -> list[ProductEvent]:
        """Every event that was taken, in that order."""
        with self._lock:
            return list(self._events)

    def publish(self, events: Sequence[ProductEvent]) -> list[int]:
        """See the port; those at the places in ``refused`` are not taken."""
        with self._lock:
            failed = sorted(place for place in self.refused if place < len(events))
            self._events += [each for place, each in enumerate(events) if place not in failed]
        return failed


@dataclass
class InMemoryNoticeQueue:
    """A :class:`~zoom_migrator.notice_ports.NoticeQueue` that tests take orders from."""

    orders: list[NoticeOrder] = field(default_factory=list)
    delays: list[timedelta] = field(default_factory=list)
    is_down: bool = False

    def put(self, order: NoticeOrder, *, delay: timedelta = timedelta(0)) -> None:
        """See the port."""
        if self.is_down:
            raise StoreUnavailable("The queue cannot be reached.")
        self.orders.append(order)
        self.delays.append(min(delay, _LONGEST_DELAY))

    def take(self) -> list[NoticeOrder]:
        """Take all orders out, in the order they came."""
        taken, self.orders, self.delays = self.orders, [], []
        return taken
