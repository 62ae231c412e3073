"""From a request to an answer, without HTTP: applies faults, calls what is asked for, logs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from local.simulation.reply import Delivery, Reply
from local.slack import hooks, methods, replies
from local.slack.errors import RateLimited, SlackRefused, hook_status
from local.slack.faults import SPOILING, Fault, FaultKind, Phase
from local.slack.request import Incoming
from local.slack.world import RecordedRequest, World

_PLAIN: Final = "text/plain; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"
_PAGE: Final = b"<!DOCTYPE html>\n<html><head><title>Slack</title></head><body></body></html>\n"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request whose faults are known; it waits out its latency before it is answered."""

    incoming: Incoming
    phase: Phase
    faults: Sequence[Fault]

    @property
    def delay_seconds(self) -> float:
        """How long the answer is held back."""
        return sum(one.milliseconds for one in self.faults if one.kind is FaultKind.LATENCY) / 1000

    @property
    def what(self) -> str:
        """What the request is, for the log."""
        if self.phase is not Phase.METHOD:
            return self.phase.value
        return self.incoming.path.removeprefix(f"{methods.ROOT}/")


def phase_of(incoming: Incoming) -> Phase | None:
    """Return what kind of request it is; None for what Slack's machines do not answer."""
    if incoming.method != "POST":
        return None
    roots = {methods.ROOT: Phase.METHOD, hooks.ROOT: Phase.WEBHOOK, replies.ROOT: Phase.REPLY}
    return roots.get("/" + incoming.path.split("/")[1])


def admit(world: World, incoming: Incoming, phase: Phase) -> Admitted:
    """Find the faults that hit a request."""
    return Admitted(incoming, phase, world.faults.take(phase))


def answer(world: World, admitted: Admitted) -> Reply:
    """Carry a request out, unless a fault is in the way, and log it."""
    fault = next((one for one in admitted.faults if one.kind is not FaultKind.LATENCY), None)
    error = ""
    if fault is not None and fault.kind not in SPOILING:
        if fault.also_posts:
            _carried_out(world, admitted)
        reply = _instead(fault, admitted.phase)
        error = fault.error if fault.kind is FaultKind.ERROR else fault.kind.value
    else:
        reply, error = _carried_out(world, admitted)
        if fault is not None:
            reply = _spoiled(fault, reply)
    broken = reply.delivery in (Delivery.RESET_BEFORE, Delivery.RESET_MID)
    status = 0 if broken else reply.status
    world.record(RecordedRequest(admitted.phase, admitted.what, status, error))
    return reply


def _carried_out(world: World, admitted: Admitted) -> tuple[Reply, str]:
    try:
        match admitted.phase:
            case Phase.METHOD:
                document = methods.call(world, admitted.incoming)
                return Reply(200, json.dumps(document).encode()), ""
            case Phase.WEBHOOK:
                hooks.take(world, admitted.incoming)
            case _:
                hooks.reply(world, admitted.incoming)
        return Reply(200, b"ok", _PLAIN), ""
    except SlackRefused as refused:
        return _refusal(refused.error, admitted.phase), refused.error
    except RateLimited as limited:
        return _limited(limited.retry_after), "ratelimited"


def _refusal(error: str, phase: Phase) -> Reply:
    document = json.dumps({"ok": False, "error": error}).encode()
    match phase:
        case Phase.METHOD:
            return Reply(200, document)
        case Phase.REPLY:
            return Reply(404, document)
        case _:
            return Reply(hook_status(error), error.encode(), _PLAIN)


def _limited(retry_after: str | None) -> Reply:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Reply(429, b'{"ok":false,"error":"ratelimited"}', headers=headers)


def _instead(fault: Fault, phase: Phase) -> Reply:
    match fault.kind:
        case FaultKind.RESET_BEFORE:
            return Reply(0, delivery=Delivery.RESET_BEFORE)
        case FaultKind.RATE_LIMITED:
            return _limited(fault.retry_after)
        case FaultKind.REDIRECT:
            return Reply(302, b"", _HTML, {"Location": fault.location})
        case FaultKind.ERROR:
            return _refusal(fault.error, phase)
    return Reply(fault.status, _PAGE, _HTML)


def _spoiled(fault: Fault, reply: Reply) -> Reply:
    match fault.kind:
        case FaultKind.HTML_OK:
            return Reply(200, _PAGE, _HTML)
        case FaultKind.HUGE_BODY:
            reply.body += b" " * fault.size
        case FaultKind.TRUNCATED:
            reply.delivery = Delivery.CLOSED_EARLY
        case FaultKind.RESET_AFTER:
            reply.delivery = Delivery.RESET_BEFORE
        case _:
            reply.delivery = Delivery.RESET_MID
    return reply
