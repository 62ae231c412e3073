"""Orders as the queue of notices carries them, and back.

An event that comes over the bus is an order, too: to tell of the notice that it names. Nothing but
that name is taken from it, so that nobody is told what the store does not say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from zoom_migrator.domain.delivery import Channel, Recipient
from zoom_migrator.domain.notice import NoticeKind, NoticeRef, ref_of_scan
from zoom_migrator.domain.notice_message import ChoiceAnswer
from zoom_migrator.domain.notice_order import NoticeOrder, Presser, PressOrder, SendOrder

_SEND: Final = "send"
_PRESS: Final = "press"


def body_of(order: NoticeOrder) -> str:
    """The text that :func:`order_of` makes the same order of."""
    document = _send(order) if isinstance(order, SendOrder) else _press(order)
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def order_of(body: str) -> NoticeOrder | None:
    """The order that a text carries, or None where it carries none."""
    try:
        document = json.loads(body)
        if not isinstance(document, dict):
            return None
        return _order(document)
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


def _order(document: dict[str, object]) -> NoticeOrder:
    match document.get("order"):
        case "send":
            return _read_send(document)
        case "press":
            return _read_press(document)
        case None:
            return SendOrder((_ref_of_event(document),))
        case other:
            raise ValueError(f"no order: {other}")


def _send(order: SendOrder) -> dict[str, object]:
    to = list(order.recipient) if order.recipient is not None else None
    held = {"not_before": order.not_before.isoformat()} if order.not_before else {}
    return {
        "order": _SEND,
        "refs": [list(ref) for ref in order.refs],
        "recipient": to,
        "again": order.again,
        **held,
    }


def _read_send(document: Mapping[str, object]) -> SendOrder:
    to, again = document["recipient"], document["again"]
    recipient = None
    if to is not None:
        channel, address = _texts(to, 2)
        recipient = Recipient(Channel(channel), address)
    if not isinstance(again, int) or isinstance(again, bool):
        raise TypeError("again is a number")
    refs = document["refs"]
    if not isinstance(refs, list) or not refs:
        raise ValueError("an order names notices")
    held = document.get("not_before")
    not_before = datetime.fromisoformat(str(held)) if held is not None else None
    if not_before is not None and not_before.tzinfo is None:
        raise ValueError("a moment has a zone")
    return SendOrder(tuple(_ref(ref) for ref in refs), recipient, again, not_before)


def _ref(parts: object) -> NoticeRef:
    match parts:
        case [str(org_id), int(attempt), str(kind), str(milestone)]:
            return NoticeRef(org_id, attempt, NoticeKind(kind), milestone)
        case _:
            raise ValueError("a notice has four names")


def _ref_of_event(detail: Mapping[str, object]) -> NoticeRef:
    match detail:
        case {"kind": NoticeKind.SCAN_FINISHED, "scan": {"id": str(scan_id)}}:
            return ref_of_scan(scan_id)
        case {
            "kind": str(kind),
            "org": {"id": str(org_id)},
            "attempt": int(attempt),
            "milestone": str(milestone),
        }:
            return NoticeRef(org_id, attempt, NoticeKind(kind), milestone)
        case _:
            raise ValueError("no event")


def _press(order: PressOrder) -> dict[str, object]:
    by = order.by
    return {
        "order": _PRESS,
        "claims": order.claims,
        "answer": order.answer,
        "by": [by.user_id, by.team_id, by.name],
        "at": order.at.isoformat(),
        "reply_url": order.reply_url,
    }


def _read_press(document: Mapping[str, object]) -> PressOrder:
    names = ("claims", "answer", "at", "reply_url")
    claims, answer, at, reply_url = _texts([document[name] for name in names], len(names))
    return PressOrder(
        claims=claims,
        answer=ChoiceAnswer(answer),
        by=Presser(*_texts(document["by"], 3)),
        at=datetime.fromisoformat(at),
        reply_url=reply_url,
    )


def _texts(values: object, count: int) -> list[str]:
    if not isinstance(values, list) or len(values) != count:
        raise ValueError(f"{count} texts expected")
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) != count:
        raise TypeError("texts expected")
    return texts
