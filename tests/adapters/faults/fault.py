"""What can go wrong with a request on its way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tests.adapters.faults.wire import Message


class Fault(StrEnum):
    """What becomes of a request.

    ``LATE_ANSWER``: it is carried out, and the time is up before its answer is complete.
    ``LATE_REQUEST``: the time is up before it arrives; it arrives all the same, just before the
    next one. ``RESET_BEFORE``, ``THROTTLED``, ``UNAVAILABLE``: it never arrives. ``RESET_AFTER``,
    ``TRUNCATED``, ``BAD_GATEWAY``: it is carried out, and its answer is lost.
    """

    LATE_ANSWER = "late answer"
    LATE_REQUEST = "late request"
    RESET_BEFORE = "reset before it arrived"
    RESET_AFTER = "reset after it was carried out"
    TRUNCATED = "truncated answer"
    THROTTLED = "429"
    UNAVAILABLE = "503"
    BAD_GATEWAY = "502 after it was carried out"

    @property
    def is_carried_out(self) -> bool:
        """Whether the request is carried out, at once or later."""
        return self not in _NEVER_ARRIVES

    @property
    def is_a_refusal(self) -> bool:
        """Whether it is plain to everybody that the request was not carried out."""
        return self in (Fault.THROTTLED, Fault.UNAVAILABLE)

    @property
    def is_carried_out_at_once(self) -> bool:
        """Whether it is carried out while somebody waits for the answer."""
        return self.is_carried_out and self is not Fault.LATE_REQUEST


_NEVER_ARRIVES: Final = frozenset({Fault.RESET_BEFORE, Fault.THROTTLED, Fault.UNAVAILABLE})
_INSTEAD: Final = {
    Fault.THROTTLED: b"429 Too Many Requests\r\nRetry-After: 1",
    Fault.UNAVAILABLE: b"503 Service Unavailable",
    Fault.BAD_GATEWAY: b"502 Bad Gateway",
}
_PAGE: Final = b"<html><body>Something is wrong between you and the server.</body></html>"


@dataclass(frozen=True, slots=True)
class Passed:
    """A request that came to the proxy.

    Attributes:
        fault: What became of it; None where nothing went wrong.
    """

    request: Message
    fault: Fault | None = None

    @property
    def is_carried_out(self) -> bool:
        """Whether the simulator has seen it, or will."""
        return self.fault is None or self.fault.is_carried_out

    def __str__(self) -> str:
        address = f"{self.request.host}{self.request.target.partition('?')[0]}"
        return f"{self.fault or 'nothing'} at {self.request.method} {address}"


def said_instead(fault: Fault) -> bytes | None:
    """What somebody on the way answers instead of the server; None where nobody does."""
    if fault not in _INSTEAD:
        return None
    length = str(len(_PAGE)).encode()
    head = b"HTTP/1.1 " + _INSTEAD[fault] + b"\r\nContent-Type: text/html\r\nContent-Length: "
    return head + length + b"\r\n\r\n" + _PAGE


def half_of(answer: Message) -> bytes:
    """An answer that breaks off; one without a body counts as complete once its status is known."""
    if not answer.body:
        return answer.head.partition(b" ")[0]
    return answer.head + answer.body[: len(answer.body) // 2]
