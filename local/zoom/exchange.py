"""From a request to an answer, without HTTP: applies faults, calls what is asked for, logs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from local.simulation.reply import Delivery, Reply
from local.zoom import api, refusals, token_endpoint, website
from local.zoom.errors import ApiRefused, TokenRefused
from local.zoom.faults import COMBINING, OAUTH_PHASES, SPOILING, Fault, FaultKind, Phase
from local.zoom.request import Incoming
from local.zoom.webhooks import Posting
from local.zoom.world import RecordedRequest, World

_TOKEN: Final = "/oauth/token"  # noqa: S105 - a path
_PHASES: Final = {
    "/oauth/signin": Phase.SIGN_IN,
    "/oauth/authorize": Phase.AUTHORIZE,
    "/oauth/consent": Phase.CONSENT,
    "/oauth/revoke": Phase.REVOKE,
    "/v2/users/me": Phase.USERS_ME,
    "/v2/users/me/settings": Phase.SETTINGS,
}


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request whose faults are known; it waits out its latency before it is answered."""

    incoming: Incoming
    phase: Phase | None
    faults: Sequence[Fault]

    @property
    def delay_seconds(self) -> float:
        """How long the answer is held back."""
        return sum(one.milliseconds for one in self.faults if one.kind is FaultKind.LATENCY) / 1000


def admit(world: World, incoming: Incoming) -> Admitted:
    """Find the faults that hit a request."""
    phase = _phase(incoming)
    return Admitted(incoming, phase, [] if phase is None else world.faults.take(phase))


def answer(world: World, admitted: Admitted) -> Reply | Posting:
    """Carry a request out, unless a fault is in the way, and log it."""
    fault = next((one for one in admitted.faults if one.kind not in COMBINING), None)
    reply: Reply | Posting
    if fault is None or admitted.phase is None:
        reply = _carried_out(world, admitted)
    elif fault.kind in SPOILING:
        carried = _carried_out(world, admitted)
        reply = carried if isinstance(carried, Posting) else refusals.spoiled(fault, carried)
    else:
        code = admitted.incoming.parameters.get("code", "")
        reply = refusals.instead(fault, admitted.phase, world.limits, code)
    if isinstance(reply, Reply):
        reply.headers["x-zm-trackingid"] = f"v=2.0;clid=us02;rid=WEB_{secrets.token_hex(16)}"
    world.record(_recorded(admitted, reply))
    return reply


def _phase(incoming: Incoming) -> Phase | None:
    path = incoming.path
    if path == _TOKEN:
        refresh = incoming.parameters.get("grant_type") == "refresh_token"
        return Phase.REFRESH if refresh else Phase.TOKEN
    if path in _PHASES:
        return _PHASES[path]
    return Phase.API if path.startswith(f"{api.ROOT}/") else None


def _carried_out(world: World, admitted: Admitted) -> Reply | Posting:
    incoming = admitted.incoming
    try:
        if admitted.phase is Phase.REVOKE:
            body = token_endpoint.revoke(world, incoming)
        elif admitted.phase in OAUTH_PHASES:
            body = token_endpoint.token(world, incoming)
        elif incoming.path.startswith(f"{api.ROOT}/"):
            answered = api.handle(world, incoming)
            return _json(refusals.altered(admitted.faults, answered.body), answered.headers)
        else:
            return website.handle(world, incoming)
    except TokenRefused as refused:
        return refusals.token_refusal(refused)
    except ApiRefused as refused:
        return refusals.api_refusal(refused)
    return _json(refusals.altered(admitted.faults, body), {})


def _json(body: dict[str, object], headers: dict[str, str]) -> Reply:
    return Reply(200, json.dumps(body).encode(), headers=headers)


def _recorded(admitted: Admitted, reply: Reply | Posting) -> RecordedRequest:
    incoming = admitted.incoming
    client_id, _, where = token_endpoint.credentials(incoming)
    status = 302
    if isinstance(reply, Reply):
        broken = reply.delivery in (Delivery.RESET_BEFORE, Delivery.RESET_MID)
        status = 0 if broken else reply.status
    return RecordedRequest(
        method=incoming.method,
        target=incoming.safe_target,
        status=status,
        phase=admitted.phase,
        client_id=client_id,
        credentials=where,
        parameters=tuple(incoming.parameters),
    )
